import type { Content, Landed, Version } from './models/s3';
import { Stamps } from './stamps';
import { judgeTags } from './tag-oracle';
import type { UserWrite } from './truth';
import type { World } from './world';

export interface Violation {
  oracle: string;
  detail: string;
}

/** What is counted though no rule of S3's can prevent it. */
export interface Counts {
  /** Writes of a key that another region wrote, too, before it knew of them. */
  conflicts: number;
  /** Local deletes that a put covered which lost to them; milliseconds in all. */
  hiddenDeletes: number;
  hiddenDeletesTime: number;
  /** Local puts taken for a copy that has the same bytes. */
  hiddenSame: number;
  hiddenSameTime: number;
  /** Local deletes whose event was lost, and over which a put came before anybody looked. */
  lostDeletes: number;
  /** Local puts whose event was lost, over which a copy came that was meant for another version of the same eTag. */
  lostSame: number;
  /** Changes of tags that MARS wrote over before it had heard of them. */
  lostTags: number;
}

export const noCounts: Counts = {
  conflicts: 0,
  hiddenDeletes: 0,
  hiddenDeletesTime: 0,
  hiddenSame: 0,
  hiddenSameTime: 0,
  lostDeletes: 0,
  lostSame: 0,
  lostTags: 0,
};

const shows = (version: Version | undefined, instead: Partial<Content> = {}): string =>
  version?.content ? JSON.stringify({ ...version.content, checksum: undefined, ...instead }) : 'nothing';

/** Tags may change later. */
const showsUntagged = (version: Version | undefined): string => shows(version, { tags: '' });

const keysOf = (world: World): string[] => [...new Set(world.truth.writes.map(({ key }) => key))];

/** As far as a listing tells. */
export const showsBytes = (version: Version | undefined): string => version?.content?.body ?? 'nothing';

/** Keys and regions that show something else than the first region. */
export function differences(world: World, showsOf = shows): { key: string; region: string }[] {
  return keysOf(world).flatMap((key) => {
    const [first, ...others] = world.names.map((region) => ({
      region,
      shown: showsOf(world.at(region).bucket.current(key)),
    }));
    return others.filter(({ shown }) => shown !== first?.shown).map(({ region }) => ({ key, region }));
  });
}

/** All that must hold at the end. */
export function judge(world: World): { violations: Violation[]; counts: Counts } {
  const stamps = new Stamps(world.truth);
  const { hidden, counts } = judgeHidden(world, stamps);
  const violations: Violation[] = differences(world).map(({ key, region }) => ({
    oracle: 'regions are equal',
    detail: `${region} differs for ${key}`,
  }));
  if (violations.length === 0) {
    for (const key of keysOf(world))
      violations.push(...judgeWinner(world, key, stamps, counts), ...judgeTags(world, key));
  }
  violations.push(...judgeEchoes(world), ...judgeUploads(world), ...judgeWork(world));
  return { violations: [...violations, ...hidden], counts };
}

/** The winner is a write than which no other is surely greater, and over which nobody wrote. */
function judgeWinner(world: World, key: string, stamps: Stamps, counts: Counts): Violation[] {
  const all = world.truth.of(key);
  // An upload that came under copies alone counts, too, though it was not current for a moment. But not if its event was
  // lost, since no look shows it; nor under a marker, which by its looks may be a user's.
  const isUnderMarker = ({ region, version, at }: UserWrite) =>
    world.truth.landings.some(
      (each) =>
        each.region === region &&
        each.key === key &&
        each.at > at &&
        !each.version.content &&
        each.version.order > (version?.order ?? 0),
    );
  const writes = all.filter(
    (write) =>
      write.shown ||
      (!write.lost &&
        write.above.every(({ by, content }) => by === 'mars' && content) &&
        !isUnderMarker(write)),
  );
  const current = world.at(world.names[0] as string).bucket.current(key);
  const isShown = (version: Version | undefined) => showsUntagged(version) === showsUntagged(current);
  const isCandidate = (write: UserWrite): boolean =>
    isShown(write.version) || (write.kind === 'removal' && cameBefore(world, write).some(isShown));
  const unseen = writes.filter((write) => isUnseen(world, write, stamps));
  for (const { kind } of unseen) counts[kind === 'delete' ? 'lostDeletes' : 'lostSame']++;
  const isJournaled = (version: Version | undefined) =>
    world.truth.journaled.some(({ versionId }) => versionId === version?.versionId);
  const isTold = (write: UserWrite) =>
    write.kind === 'removal' ? journaledAs(world, write) !== undefined : isJournaled(write.version);
  // Or forgotten, as no news, or taken for a copy, by its looks.
  const isUnheardOf = (version: Version) =>
    !isJournaled(version) &&
    all.some(
      (write) =>
        write.version === version && (write.lost || !write.shown || stamps.hasLookalike(write, [version])),
    );
  const candidates = all.filter((write) => world.truth.mayHaveShown(write, isUnheardOf)).filter(isCandidate);
  if (candidates.length === 0) {
    return [{ oracle: 'the winner is a write', detail: `${key} shows ${shows(current)}` }];
  }
  const rivals = writes.filter(
    (write) =>
      !(write.version && world.truth.removed.has(write.version)) &&
      // Nor does, with such a write, what lies beneath it and was not journaled (its event was lost, too; or it is an
      // upload in parts, or a removal, which is no news once it is covered).
      !unseen.some(
        ({ id, region }) => id === write.id || (region === write.region && id > write.id && !isTold(write)),
      ),
  );
  // Of the writes of a region the last one stands for all that lie beneath it.
  const isSuperseded = (write: UserWrite) =>
    rivals.some(
      ({ region, version, kind, beneath }) =>
        region === write.region &&
        kind !== 'removal' &&
        version !== write.version &&
        beneath.includes(write.version as Version),
    );
  // A removal makes a write of its region of what it shows, of a copy, too. What ends beneath that was not current for a
  // moment, by S3's own order: it need not count, though it may, under what is known for a copy.
  const isUnderUncovered = ({ id, region, shown, above }: UserWrite) =>
    !shown &&
    all.some(
      (other) =>
        other.kind === 'removal' &&
        other.region === region &&
        other.id < id &&
        above.includes(other.version as Version),
    );
  // If a marker was removed, and no event told, what the region shows is taken for written after all that it knows.
  const isRestamped = ({ region }: UserWrite) =>
    all.some((write) => write.kind === 'removal' && write.lost && write.region === region);
  const isBeaten = (winner: UserWrite) =>
    rivals.find(
      (rival) =>
        (stamps.isSurelyGreater(rival, winner) && !isSuperseded(rival) && !isUnderUncovered(rival)) ||
        (stamps.isOver(rival, winner) && !isRestamped(winner)),
    );
  const beaten = candidates.map((candidate) => [candidate, isBeaten(candidate)] as const);
  if (beaten.some(([, rival]) => rival === undefined)) return [];
  const text = (write: UserWrite) => {
    const { least, greatest } = stamps.of(write);
    return `#${write.id} (${write.kind} in ${write.region}, ${least} to ${greatest})`;
  };
  const detail = beaten.map(([winner, rival]) => `${text(winner)} is beaten by ${text(rival as UserWrite)}`);
  return [{ oracle: 'the winner rule', detail: `${key}: ${detail.join('; ')}` }];
}

/**
 * S3's preconditions don't tell it from what it covers, or it was taken for a copy, and its event was lost: so it was covered.
 * A delete whose marker is gone by the time that its event is read is as one whose event was lost.
 */
function isUnseen({ truth }: World, write: UserWrite, stamps: Stamps): boolean {
  const { kind, version, beneath, region } = write;
  if (kind === 'removal' || !version) return false;
  const isGone = kind === 'delete' && truth.removed.has(version) && truth.journaledAt(write) < 0;
  if (!write.lost && !isGone) return false;
  const isAlike =
    kind === 'delete' ||
    beneath.some(({ eTag }) => eTag === version.eTag) ||
    stamps.hasLookalike(write, [version]);
  const isCovering = (landing: Landed) => landing.before === version && landing.caller.by === 'mars';
  return isAlike && truth.landings.some((each) => each.region === region && isCovering(each));
}

/** The item that tells of a removal. */
const journaledAs = ({ truth }: World, { key, sequencer }: UserWrite) =>
  truth.journaled.find((item) => item.key === key && item.sequencer === sequencer);

/**
 * Copies that came between a removal and its event: whoever hears of it then takes what is there for what it uncovered.
 * (A copy under way lands there only when the removal brings back the version that it was made for.)
 */
function cameBefore(world: World, removal: UserWrite): Version[] {
  const { region, key, at, sequencer } = removal;
  const { landings } = world.truth;
  const heard = journaledAs(world, removal);
  // It was no news: at most because a delete of MARS came in its place. (Where the order is unknown, the journal keeps its
  // own sequencer.)
  const isNoNews = sequencer !== undefined && !heard && !world.weather.has('sequencer-lengths');
  const until = heard?.at ?? Number.POSITIVE_INFINITY;
  return landings
    .filter((each) => each.region === region && each.key === key && each.caller.by === 'mars')
    .filter((each) => each.at >= at && each.at <= until && !(isNoNews && each.version.content))
    .map(({ version }) => version);
}

/** What the journals name as written is what users wrote. */
function judgeEchoes(world: World): Violation[] {
  const { truth } = world;
  return truth.journaled.flatMap(({ key, origin: region, versionId, kind, sequencer }) => {
    if (kind === 'delete') return [];
    const version = truth.landings.find((each) => each.version.versionId === versionId)?.version;
    const write = truth.writes[version?.write ?? -1];
    if (version?.by === 'user' || write?.region === region) return [];
    // A removal says what shows again, whoever made it. (Where the order is unknown it keeps another's sequencer.)
    if (truth.removals.has(sequencer ?? '')) return [];
    const removals = truth.of(key).filter((each) => each.kind === 'removal' && each.region === region);
    const came = removals.flatMap((removal) => cameBefore(world, removal));
    if (version && (truth.uncovered.has(version) || came.includes(version))) return [];
    return [{ oracle: 'no echo', detail: `${region} journaled the replica ${versionId} of ${key}` }];
  });
}

/** 300 tries of CopyLargeObject to end an upload once more, 300 seconds apart at most, at random: twelve hours, give or take one. */
const longestTries = 11 * 3_600_000;

/**
 * Before any sweep: whoever closed a row has ended its upload, unless an execution was ended and nobody told, or functions were
 * stopped for longer than they are tried. Then the sweep does it.
 */
export function judgeClosedCopies(world: World): Violation[] {
  const { weather } = world;
  if (weather.fired['execution-ended']) return [];
  const tried = world.names.filter((region) => weather.longest('stopped', region) < longestTries);
  return tried.flatMap((region) => {
    const { copies, bucket } = world.at(region);
    return [...copies.items.values()]
      .filter(({ Status, UploadId }) => Status !== 'InProgress' && bucket.uploads.has(String(UploadId)))
      .map(({ Key, Status }) => ({ oracle: 'no orphan upload', detail: `${region}, ${Status}: ${Key}` }));
  });
}

/** After a sweep no upload of MARS is left, and the user's that began with the history still is there. */
const judgeUploads = (world: World): Violation[] =>
  world.names.flatMap((region) => {
    const uploads = [...world.at(region).bucket.uploads.values()];
    const left = uploads.filter(({ by }) => by === 'mars');
    return [
      ...left.map(({ key }) => ({ oracle: 'no orphan upload', detail: `${region} has an upload of ${key}` })),
      ...(uploads.length > left.length ? [] : [{ oracle: "users' uploads stay", detail: region }]),
    ];
  });

/**
 * What MARS does per write of a user and region: versions in buckets, calls to services; and to compare and to sweep. Calls by an
 * argument, not by measure: a change that a region can't apply yet is looked at ten times, by some ten calls each, and one version that
 * was removed unheard lets all changes of its key wait. So 100 would be enough if all did; that needs every write to be of one key.
 */
const mostWork = { versions: 1, calls: 60, idle: 300 };

function judgeWork(world: World): Violation[] {
  const { landings, writes, tagged, calls } = world.truth;
  const versions = landings.filter(({ caller }) => caller.by === 'mars').length;
  const unit = (writes.length + tagged.length) * world.names.length;
  if (versions <= mostWork.versions * unit && calls <= mostWork.calls * unit + mostWork.idle) return [];
  const detail = `${versions} versions and ${calls} calls for ${writes.length} writes`;
  return [{ oracle: 'bounded work', detail }];
}

/** Local writes over which a copy came that lost to them. */
function judgeHidden(world: World, stamps: Stamps): { hidden: Violation[]; counts: Counts } {
  const counts = { ...noCounts };
  const hidden: Violation[] = [];
  const { landings, writes } = world.truth;
  landings.forEach((landing, index) => {
    const { before, version, caller, region, key, at } = landing;
    const write = writes.find((each) => each.version === before && each.kind !== 'removal');
    if (caller.by === 'user' || before?.by !== 'user' || !write?.shown || version.order < before.order)
      return;
    const of = (id: number | undefined) => (id === undefined ? undefined : writes[id]);
    const source = of(version.write);
    const deletes = world.truth.of(key).filter((each) => !each.version?.content && each.at <= at);
    const rivals = source ? [source] : deletes;
    // The copy may also carry the stamp of a removal: what it uncovered may have come after it, before its event.
    const uncovered = world.truth.of(key).filter((each) => each.kind === 'removal' && each.at <= at);
    if ([...rivals, ...uncovered].some((rival) => !stamps.isSurelyGreater(write, rival))) return;
    const next = landings.slice(index + 1).find((each) => each.region === region && each.key === key);
    const time = next ? next.at - at : 0;
    if (!before.content) {
      counts.hiddenDeletes++;
      counts.hiddenDeletesTime += time;
    } else if (
      writes.some((each) => each !== write && each.version?.content?.body === before.content?.body)
    ) {
      counts.hiddenSame++;
      counts.hiddenSameTime += time;
    } else {
      hidden.push({
        oracle: 'no local put is hidden by what lost to it',
        detail: `#${write.id} of ${key} in ${region} by ${version.versionId}`,
      });
    }
  });
  counts.conflicts = conflicts(world, stamps);
  counts.lostTags = world.truth.tagged.filter(({ overwritten }) => overwritten).length;
  return { hidden, counts };
}

/** Writes made while another region's write of the key, not older than a minute, had not come yet. */
function conflicts(world: World, stamps: Stamps): number {
  const { writes } = world.truth;
  return writes.filter((write) =>
    writes.some(
      (other) =>
        other.key === write.key &&
        other.region !== write.region &&
        other.id < write.id &&
        write.at - other.at < 60_000 &&
        !stamps.isOver(write, other),
    ),
  ).length;
}
