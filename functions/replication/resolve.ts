import { type Applied, type JournalItem, lookKind } from '../contracts/replication';
import { commitUpload } from '../large/commit';
import { largeFrom } from '../large/parts';
import { startLargeCopy } from '../large/start';
import { believed, isKnown, type Knowledge, ownApplied, type UploadInHand } from './believed';
import { looksLike } from './heard';
import { readJournal, writeJournal } from './journal';
import { copyVersion, deleteCurrent, head, listVersions, type Precondition, type Version } from './objects';
import type { Place, Ports } from './ports';
import { send } from './queue';
import { clearFailure, readRow, writeRow } from './replicas';
import { greatest, isGreater, isSame } from './stamp';

/** `wait`: something is on its way (an event, a newer version); ask again later. */
export type Outcome = { done: string } | { wait: string };

const rounds = 8;

/** Milliseconds in which S3's event of a local write comes: "typically in seconds", sometimes "a minute or longer". */
const eventsTake = 150_000;

/**
 * In: makes this region's current object of a key the winner among all known writes of it. Idempotent, and the only
 * operation that changes a bucket: stream records, retries and repairs all come here, and say no more than "look".
 * `verify`: look into the bucket even where the row says that the winner is applied.
 */
export async function resolve(
  place: Place,
  hints: readonly JournalItem[],
  { verify, upload }: { verify: boolean; upload?: UploadInHand },
  ports: Ports,
): Promise<Outcome> {
  let look = verify;
  for (let round = 0; round < rounds; round++) {
    const items = await readJournal(place, ports);
    const winner = greatest(items);
    if (!winner) return { done: 'nothing-known' };
    const own = items.find((item) => item.origin === ports.region);
    const knowledge: Knowledge = {
      row: await readRow(place, ports),
      own,
      hints: [...items, ...hints],
      upload,
    };
    const step = await takeStep(place, winner, knowledge, look, ports);
    if (step !== 'again') {
      if ('done' in step) await clearFailure(place, knowledge.row, ports);
      return step;
    }
    look = true; // whatever made us come again, the bucket has the last word
  }
  return { wait: `the key changed in each of ${rounds} rounds` };
}

async function takeStep(
  place: Place,
  winner: JournalItem,
  knowledge: Knowledge,
  verify: boolean,
  ports: Ports,
): Promise<Outcome | 'again'> {
  const { row, own } = knowledge;
  const top = believed(knowledge);
  if (top && !isGreater(winner, top)) {
    const isReplica = winner.origin !== ports.region;
    if (isReplica && winner.kind === 'put' && row && isSame(row, winner) && !verify) {
      return { done: 'applied-before' };
    }
    // A fence: resolvers under way under the belief that nothing is here find the row changed, and look again.
    const fences = winner.kind === 'delete' || winner.event !== 'write' || winner.restamped === true;
    if (fences && own && !isReplica && (!row || isGreater(winner, row))) {
      await writeRow(place, ownApplied(own), row, ports);
      return 'again';
    }
    if (await isCurrent(place, top, ports)) return { done: 'is-current' };
  } else {
    const precondition: Precondition = top?.kind === 'put' && top.eTag ? { eTag: top.eTag } : 'absent';
    const applied = await apply(place, winner, precondition, knowledge, ports);
    if (applied !== 'mismatch') return applied;
    if (top && (await isCurrent(place, top, ports))) return 'again';
  }
  return identifyCurrent(place, winner, top, knowledge, ports);
}

async function isCurrent(place: Place, state: Applied, ports: Ports): Promise<boolean> {
  const current = await head(place, ports);
  return state.kind === 'delete' ? current === undefined : current?.VersionId === state.versionId;
}

/** The bucket shows something else than believed: it is identified, or waited for; never judged by its time. */
async function identifyCurrent(
  place: Place,
  winner: JournalItem,
  top: Applied | undefined,
  knowledge: Knowledge,
  ports: Ports,
): Promise<Outcome | 'again'> {
  const versions = await listVersions(place, ports);
  const current = versions.find((version) => version.isLatest);
  const isTopThere = versions.some((version) => version.versionId === top?.versionId);
  if (top?.kind === 'put' && !isTopThere) {
    return { wait: `version ${top.versionId} was removed here, and no event has told of it yet` };
  }
  const cover = async () => {
    const applied = await apply(place, winner, preconditionOf(current), knowledge, ports);
    return applied === 'mismatch' ? 'again' : applied;
  };
  if (!current) return cover(); // nothing there that could be lost
  if (await wroteOver(place, current, knowledge, ports)) {
    await stampAgain(place, knowledge, ports);
    return 'again';
  }
  if (isKnown(current, knowledge)) return cover();
  const isOld = ports.now() - current.lastModified > eventsTake;
  const origin = isOld ? await findOrigin(place, current, top, knowledge.hints, ports) : undefined;
  if (!origin) return { wait: `version ${current.versionId} is current, and no event has told of it yet` };
  // A copy of ours whose row was never written. What is newer than the row says, the row learns first.
  const { time, kind } = origin;
  const state = { time, origin: origin.origin, kind, versionId: current.versionId };
  const fact: Applied = { ...state, own: false, guessed: true };
  if (knowledge.row && !isGreater(fact, knowledge.row)) return cover();
  await writeRow(place, { ...fact, eTag: current.eTag }, knowledge.row, ports);
  return 'again';
}

const preconditionOf = (current: Version | undefined): Precondition =>
  current?.eTag !== undefined && !current.isMarker ? { eTag: current.eTag } : 'absent';

/** A user wrote over a replica, but the write was stamped before the row told of the replica: too low. */
async function wroteOver(
  place: Place,
  current: Version,
  { row, own }: Knowledge,
  ports: Ports,
): Promise<boolean> {
  if (!row || !own || own.versionId !== current.versionId || isGreater(own, row)) return false;
  const beneath = await listVersions(place, ports, current.versionId);
  return beneath.some((version) => version.versionId === row.versionId);
}

async function stampAgain(place: Place, { row, own }: Knowledge, ports: Ports): Promise<void> {
  if (!row || !own) return;
  await writeJournal(place, { ...own, time: row.time + 1, check: true, restamped: true }, own, ports);
}

async function findOrigin(
  place: Place,
  current: Version,
  top: Applied | undefined,
  hints: readonly JournalItem[],
  ports: Ports,
): Promise<JournalItem | undefined> {
  for (const hint of hints) {
    if (hint.origin === ports.region) continue;
    if (hint.kind === 'delete' && top && !isGreater(hint, top)) continue; // all markers look alike
    if (await looksLike(place, current.versionId, current.isMarker, hint, ports)) return hint;
  }
  return undefined;
}

/** One conditional call on the bucket, then the row. */
async function apply(
  place: Place,
  winner: JournalItem,
  precondition: Precondition,
  { row, upload }: Knowledge,
  ports: Ports,
): Promise<Outcome | 'again' | 'mismatch'> {
  const { time, origin, kind } = winner;
  const own = origin === ports.region;
  const isLarge = kind === 'put' && (winner.size ?? 0) >= largeFrom;
  const inHand = upload && isSame(upload.item, winner) ? upload : undefined;
  if (isLarge && !inHand) {
    await startLargeCopy(place, winner, ports);
    return { done: 'large-copy-started' };
  }
  const made =
    kind === 'delete'
      ? await deleteCurrent(place, precondition, ports)
      : inHand
        ? await commitUpload(place, winner, inHand.uploadId, precondition, ports)
        : await copyVersion(place, winner, precondition, ports);
  if (made === 'mismatch') return made;
  if (made === 'source-gone') {
    await send({ kind: lookKind, ...place, versionId: winner.versionId ?? '' }, origin, 0, ports);
    return { wait: `version ${winner.versionId} is gone from ${origin}; that region looks at its key again` };
  }
  const applied: Applied = { time, origin, kind, own, ...made };
  if (!(await writeRow(place, applied, row, ports))) return 'again';
  ports.log('info', 'applied', { ...place, kind, origin, time, versionId: made.versionId });
  return { done: 'applied' };
}
