import type { Applied, Intent, JournalItem, ReplicaRow } from '../contracts/replication';
import { largeFrom } from '../large/parts';
import { isYoung } from './replicas';
import { greatest, isGreater } from './stamp';

/**
 * The protocol's decisions: what to do next with a key of one region, by what is known of it. Pure; resolve.ts does it.
 */

/** What is believed to be current: a version by its eTag, or nothing (a delete marker counts as nothing). */
export type Precondition = { eTag: string } | 'absent';

/** A version in this region's bucket. A list tells neither checksum nor headers. */
export interface Version {
  versionId: string;
  isMarker: boolean;
  lastModified: number;
  eTag?: string | undefined;
  size?: number | undefined;
  checksum?: string | undefined;
  headers?: string | undefined;
}

/** What the bucket showed: its current object, and, where that was not enough, its versions and markers, newest first. */
export interface Look {
  current: Version | undefined;
  versions?: Version[];
}

export interface Knowledge {
  region: string;
  /** Milliseconds since 1970. */
  now: number;
  /** The newest write of the key in each region. */
  items: readonly JournalItem[];
  row: ReplicaRow | undefined;
  look?: Look | undefined;
}

/** What is known without a look into the bucket. */
export type Known = Pick<Knowledge, 'items' | 'region' | 'row'>;

export interface Wish {
  /** Look into the bucket even where the row says that all is done. */
  verify: boolean;
  /** The event of what can't be explained is taken for lost: journal what the bucket shows. */
  adopt: boolean;
  /** The winner's parts are copied already. */
  isInHand?: boolean;
}

export type Action =
  | { do: 'done'; because: string }
  /** Something is on its way (an event, a call under way): ask again later. */
  | { do: 'wait'; because: string }
  /** Ask the bucket for its current object; with `versions` for all its versions. */
  | { do: 'look'; versions: boolean }
  /** The row learns what is current, or whose write must be. */
  | { do: 'settle'; applied: Applied; by?: Intent }
  | { do: 'apply'; item: JournalItem; precondition: Precondition }
  /** The journal's own item becomes what the bucket shows; `time` of its stamp. */
  | { do: 'journal'; current: Version | undefined; time: number }
  /** The journal's own item names another version of the same write. */
  | { do: 'rename'; own: JournalItem; versionId: string; eTag: string | undefined };

/** Copies of one key whose outcome is open: with more the bucket is looked at first, and no other is begun. */
const mostIntents = 10;

export const ownItem = ({ items, region }: Pick<Knowledge, 'items' | 'region'>): JournalItem | undefined =>
  items.find(({ origin }) => origin === region);

export const ownApplied = ({ time, origin, kind, versionId, eTag }: JournalItem): Applied => ({
  time,
  origin,
  kind,
  versionId,
  eTag,
  own: true,
});

/** What must be current here: the greater of what the row says was applied and what this region itself wrote last. */
export function believed(knowledge: Known): Applied | undefined {
  const own = ownItem(knowledge);
  const applied = knowledge.row?.applied;
  // A version guessed to be a copy, and then journaled as our own: the guess was wrong, nothing was applied.
  const isRefuted = applied?.kind === 'put' && applied.guessed && applied.versionId === own?.versionId;
  const states = [isRefuted ? undefined : applied, own && ownApplied(own)];
  return greatest(states.filter((state) => state !== undefined));
}

/** All that the row names by version: what was, or is, current. */
export const rowStates = (row: ReplicaRow | undefined): Applied[] =>
  row ? [...(row.applied ? [row.applied] : []), ...row.history] : [];

/** Whether we know who made a version: our own journaled writes, or what the row remembers. */
export function isKnown(versionId: string, knowledge: Known): boolean {
  const own = ownItem(knowledge);
  const ids = [own?.versionId, own?.previous, ...rowStates(knowledge.row).map((state) => state.versionId)];
  return ids.includes(versionId);
}

/**
 * The intent whose copy a version that nobody knows may be: the greatest that looks like it, by size and, where both
 * tell, headers and the checksum of the whole. A local write that looks the same is taken for the copy until its own
 * event comes.
 */
export const intentOf = (version: Version, row: ReplicaRow | undefined): Intent | undefined =>
  greatest(
    (row?.intents ?? []).filter((intent) => {
      if (version.isMarker || intent.kind === 'delete') return version.isMarker && intent.kind === 'delete';
      return (
        intent.size === version.size &&
        agree(intent.checksum, version.checksum) &&
        agree(intent.headers, version.headers)
      );
    }),
  );

const agree = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;

/** The next step towards "the winner is current here"; after each but done and wait, decide anew. */
export function decide(knowledge: Knowledge, { verify, adopt, isInHand }: Wish): Action {
  const { region, row, items, look } = knowledge;
  const winner = greatest(items);
  const top = believed(knowledge);
  const isApplied = winner === undefined || (top !== undefined && !isGreater(winner, top));
  const intents = row?.intents ?? [];

  if (!isApplied) {
    // Tried without a look, since the call itself looks; but parts are not copied in vain.
    const isDear = (winner.size ?? 0) >= largeFrom && !isInHand;
    if (!look && (isDear || intents.length >= mostIntents)) return { do: 'look', versions: false };
    if (look && !isShown(top, look)) return identify(knowledge, winner, top, adopt);
    return begin(winner, preconditionOf(top), knowledge);
  }
  const own = winner?.origin === region ? winner : undefined;
  // Acknowledged first: resolvers under way that believe in something older find the row changed, and look again.
  // (A row may know of a greater write than the items, which were read before it.)
  if (own && !(row?.applied && !isGreater(own, row.applied)))
    return { do: 'settle', applied: ownApplied(own) };
  if (!own && !verify && intents.length === 0) return { do: 'done', because: 'applied before' };
  if (!look) return { do: 'look', versions: false };
  if (!isShown(top, look)) return identify(knowledge, winner, top, adopt);

  // Our own winner was covered and put back: it lives on as a copy, and its first version may be gone.
  if (own?.kind === 'put' && top?.versionId !== undefined && own.versionId !== top.versionId) {
    if (!look.versions) return { do: 'look', versions: true };
    if (!look.versions.some(({ versionId }) => versionId === own.versionId)) {
      return { do: 'rename', own, versionId: top.versionId, eTag: top.eTag };
    }
  }
  // Over nothing a copy may land at any time, since S3 has no precondition that names a delete marker; over an object,
  // when a user brings back the version that the call was made for.
  if (intents.some((open) => isYoung(open, knowledge.now))) {
    return { do: 'wait', because: 'a call under way may still land over it' };
  }
  return { do: 'done', because: 'is current' };
}

function begin(item: JournalItem, precondition: Precondition, { row, look, now }: Knowledge): Action {
  const young = (row?.intents ?? []).filter((open) => isYoung(open, now));
  if (look && young.length >= mostIntents) {
    return { do: 'wait', because: `the outcome of ${young.length} copies is open` };
  }
  return { do: 'apply', item, precondition };
}

const isShown = (top: Applied | undefined, { current }: Look): boolean =>
  top?.kind === 'put' ? current?.versionId === top.versionId : current === undefined;

const preconditionOf = (
  state: { kind?: string; isMarker?: boolean; eTag?: string | undefined } | undefined,
): Precondition =>
  state && state.kind !== 'delete' && !state.isMarker && state.eTag ? { eTag: state.eTag } : 'absent';

/** The bucket shows something else than believed: it is identified, or waited for; never judged by its time. */
function identify(
  knowledge: Knowledge,
  winner: JournalItem | undefined,
  top: Applied | undefined,
  adopt: boolean,
): Action {
  const { row, look } = knowledge;
  if (!look?.versions) return { do: 'look', versions: true };
  const [latest] = look.versions;
  const current = look.current ?? latest; // a marker, if nothing is current
  const adopted = (time: number): Action => ({
    do: 'journal',
    current,
    time: Math.max(time, (top?.time ?? 0) + 1),
  });

  const cover: Action = winner
    ? begin(winner, preconditionOf(current), knowledge)
    : { do: 'done', because: 'nothing is known, and nothing is there' };
  const unheard = current && !isKnown(current.versionId, knowledge) ? current : undefined;
  const copied = unheard && intentOf(unheard, row);
  if (copied) {
    if (row?.applied && !isGreater(copied, row.applied)) return cover;
    const { time, origin, kind } = copied;
    const own = origin === knowledge.region;
    const { versionId, eTag } = unheard;
    return { do: 'settle', applied: { time, origin, kind, versionId, eTag, own, guessed: true }, by: copied };
  }
  if (top?.versionId !== undefined && !look.versions.some(({ versionId }) => versionId === top.versionId)) {
    if (adopt) return adopted(unheard?.lastModified ?? 0);
    return {
      do: 'wait',
      because: `version ${top.versionId} was removed here, and no event has told of it yet`,
    };
  }
  if (!unheard) return cover;
  if (adopt) return adopted(unheard.lastModified);
  return { do: 'wait', because: `version ${unheard.versionId} is current, and no event has told of it yet` };
}
