import type { Applied, CopySource, JournalItem, OtherSource, TagItem } from '../contracts/replication';
import { largeFrom } from '../large/parts';
import { believed, intentOf, isKnown, type Known, ownApplied, timeOver, type Version } from './knowledge';
import { isYoung } from './replicas';
import { greatest, isGreater, isSame } from './stamp';

/**
 * The protocol's decisions: what to do next with a key of one region, by what is known of it. Pure; resolve.ts does it.
 */

/** What is believed to be current: a version by its eTag, or nothing (a delete marker counts as nothing). */
export type Precondition = { eTag: string } | 'absent';

/** What the bucket showed: its current object, and, where that was not enough, its versions and markers, newest first. */
export interface Look {
  current: Version | undefined;
  versions?: Version[];
}

export interface Knowledge extends Known {
  /** Milliseconds since 1970. */
  now: number;
  look?: Look | undefined;
  /** The newest change of tags in each region. */
  tagged: readonly TagItem[];
}

export interface Wish {
  /** Look into the bucket even where the row says that all is done. */
  verify: boolean;
  /** What was waited for long enough (`awaited`): its event is taken for lost, and what the bucket shows is journaled. */
  adopt?: string | undefined;
  /** The winner's parts are copied already. */
  isInHand?: boolean;
  /** A copy of the winner that is not here. */
  source?: OtherSource | undefined;
  /** Look at the tags, too, though nobody told of a change. */
  tags?: boolean | undefined;
}

/** A write, and whence it is copied if not from where it was made. */
export type ToCopy = JournalItem & Pick<CopySource, 'source'>;

export type Action =
  | { do: 'done'; because: string }
  /**
   * Something is on its way (an event, a call under way): ask again later. `awaited`: the version that an event would
   * explain, or of tags their digest. Each has a wait of its own: what came since another was waited for is young.
   */
  | { do: 'wait'; because: string; awaited?: string }
  /** Ask the bucket for its current object; with `versions` for all its versions. */
  | { do: 'look'; versions: boolean }
  /** The row learns what is current, or whose write must be. */
  | { do: 'settle'; applied: Applied }
  | { do: 'apply'; item: ToCopy; precondition: Precondition }
  /** The journal's own item becomes what the bucket shows; `time` of its stamp. */
  | { do: 'journal'; current: Version | undefined; time: number }
  /** The journal's own item names another version of the same write. */
  | { do: 'rename'; own: JournalItem; versionId: string; eTag: string | undefined };

/** Copies of one key whose outcome is open: with more the bucket is looked at first, and no other is begun. */
const mostIntents = 10;

/** Why it is not done yet; `awaited` as above. */
export interface Waits {
  wait: string;
  awaited?: string | undefined;
}

/** The next step towards "the winner is current here"; after each but done and wait, decide anew. */
export function decide(knowledge: Knowledge, wish: Wish): Action {
  const { verify, isInHand } = wish;
  const { region, row, items, look } = knowledge;
  const winner = greatest(items);
  const top = believed(knowledge);
  const isApplied = winner === undefined || (top !== undefined && !isGreater(winner, top));
  const intents = row?.intents ?? [];

  if (!isApplied) {
    // At first it is tried without a look, since the call itself looks; but parts are not copied in vain.
    const isDear = verify || (winner.size ?? 0) >= largeFrom;
    if (!look && ((isDear && !isInHand) || intents.length >= mostIntents))
      return { do: 'look', versions: false };
    if (look && !isShown(top, look)) return identify(knowledge, winner, top, wish);
    return begin(from(wish.source, winner), preconditionOf(top), knowledge);
  }
  const own = winner?.origin === region ? winner : undefined;
  // Acknowledged first: resolvers under way that believe in something older find the row changed, and look again.
  // (A row may know of a greater write than the items, which were read before it.)
  if (own && !(row?.applied && !isGreater(own, row.applied)))
    return { do: 'settle', applied: ownApplied(own) };
  if (!own && !verify && intents.length === 0) return { do: 'done', because: 'applied before' };
  if (!look) return { do: 'look', versions: false };
  if (!isShown(top, look)) return identify(knowledge, winner, top, wish);

  // Our own winner was covered and put back: it lives on as a copy, and its first version may be gone. (`top` may be
  // another's write, which the items were read before.)
  const isOwn = own?.kind === 'put' && top !== undefined && !isGreater(top, own);
  if (isOwn && top.versionId !== undefined && own.versionId !== top.versionId) {
    if (!look.versions) return { do: 'look', versions: true };
    if (!look.versions.some(({ versionId }) => versionId === own.versionId)) {
      return { do: 'rename', own, versionId: top.versionId, eTag: top.eTag };
    }
  }
  // Over nothing a copy may land at any time, since S3 has no precondition that names a delete marker; over an object,
  // when a user brings back the version that the call was made for.
  if (intents.some((open) => open.kind !== 'tags' && isYoung(open, knowledge.now))) {
    return { do: 'wait', because: 'a call under way may still land over it' };
  }
  return { do: 'done', because: 'is current' };
}

function begin(item: ToCopy, precondition: Precondition, { row, look, now }: Knowledge): Action {
  const young = (row?.intents ?? []).filter((open) => isYoung(open, now));
  if (look && young.length >= mostIntents) {
    return { do: 'wait', because: `the outcome of ${young.length} copies is open` };
  }
  return { do: 'apply', item, precondition };
}

const from = (source: OtherSource | undefined, write: JournalItem): ToCopy =>
  source && isSame(source, write) ? { ...write, source } : write;

const isShown = (top: Applied | undefined, { current }: Look): boolean =>
  top?.kind === 'put' ? current?.versionId === top.versionId : current === undefined;

const preconditionOf = (
  state: { kind?: string; isMarker?: boolean; eTag?: string | undefined } | undefined,
): Precondition =>
  state && state.kind !== 'delete' && !state.isMarker && state.eTag ? { eTag: state.eTag } : 'absent';

function coverWith(winner: ToCopy | undefined, current: Version | undefined, knowledge: Knowledge): Action {
  const applied = knowledge.row?.applied;
  if (!winner) return { do: 'done', because: 'nothing is known, and nothing is there' };
  if (applied && isGreater(applied, winner)) return { do: 'wait', because: 'the journal is behind the row' };
  return begin(winner, preconditionOf(current), knowledge);
}

/** The bucket shows something else than believed: it is identified, or waited for; never judged by its time. */
function identify(
  knowledge: Knowledge,
  winner: JournalItem | undefined,
  top: Applied | undefined,
  wish: Wish,
): Action {
  const { row, look } = knowledge;
  if (!look?.versions) return { do: 'look', versions: true };
  const current = look.current ?? look.versions[0]; // a marker, if nothing is current
  const covered = look.versions.slice(
    look.versions.findIndex(({ versionId }) => versionId === current?.versionId) + 1,
  );
  const adopted = (time: number): Action => ({
    do: 'journal',
    current,
    time: timeOver(Math.max(time, (top?.time ?? 0) + 1), covered, knowledge),
  });

  const cover = coverWith(winner, current, knowledge);
  const unheard = current && !isKnown(current.versionId, knowledge) ? current : undefined;
  const copied = unheard && intentOf(unheard, row);
  const awaited = top?.versionId;
  const isGone = awaited !== undefined && look.versions.every(({ versionId }) => versionId !== awaited);
  // One that is older than what was believed to be current came to light by a removal, like any known one; so did another
  // copy of the same write, if the first is gone.
  const isUncovered =
    copied && row?.applied && (isGreater(row.applied, copied) || (isSame(row.applied, copied) && isGone));
  if (copied && !isUncovered) {
    const { time, origin } = copied;
    const { versionId, eTag, isMarker } = unheard;
    const kind = isMarker ? 'delete' : 'put';
    const applied: Applied = { time, origin, kind, versionId, eTag, own: false, guessed: true };
    return { do: 'settle', applied }; // its intent stays while it is young: this is a guess, the call may yet land
  }
  if (unheard && !copied) {
    const { versionId, lastModified } = unheard;
    if (wish.adopt === versionId) return adopted(lastModified);
    const because = `version ${versionId} is current, and no event has told of it yet`;
    return { do: 'wait', because, awaited: versionId };
  }
  if (!isGone) return cover;
  // An absence is no act of anybody's, and may be damage: it is put back from wherever there is a copy.
  const isPatient = wish.adopt !== awaited;
  const putBack = winner && copyOf(winner, look.versions, knowledge.region, isPatient, wish);
  if (putBack) return coverWith(putBack, current, knowledge);
  if (!isPatient) return adopted(0);
  return {
    do: 'wait',
    because: `version ${awaited} was removed here, and no event has told of it yet`,
    awaited,
  };
}

/** The winner, if a version of it is somewhere, and no event is waited for any more. */
function copyOf(
  winner: JournalItem,
  here: readonly Version[],
  region: string,
  isPatient: boolean,
  { isInHand, source }: Wish,
): ToCopy | undefined {
  const { time, origin, kind, versionId } = winner;
  if (kind === 'delete' || versionId === undefined) return undefined;
  if (source && isSame(source, winner)) return isInHand || !isPatient ? { ...winner, source } : undefined;
  const isThere = origin !== region || here.some((version) => version.versionId === versionId);
  return isThere && !isPatient
    ? { ...winner, source: { time, origin, region: origin, versionId } }
    : undefined;
}
