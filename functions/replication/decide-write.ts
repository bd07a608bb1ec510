import type { ReplicaRow } from '../contracts/replication';
import { intentOf, type Known, ownItem, rowStates, timeOver, type Version } from './knowledge';
import { isGreater, isLater } from './stamp';

/** The event of an object or a delete marker that came into this region's bucket. */
export interface Write {
  versionId: string;
  sequencer: string | undefined;
  /** Milliseconds since 1970, S3's. */
  time: number;
  /** The event's name. */
  by: string;
  /** A version over it that nobody knows may yet be explained by an event of its own. */
  isPatient: boolean;
}

/** What was answered so far; absent: not asked. `null`: there is none. */
export interface Answers {
  /** The order in the bucket of the write and of what is journaled; `unknown`: one of them is gone. */
  order?: 'later' | 'earlier' | 'unknown';
  row?: ReplicaRow | null;
  /** The bucket's current object. */
  current?: Version | null;
  /** The object written, wherever it lies. */
  written?: Version | null;
  /** Whether the marker written is there. */
  marker?: boolean;
  /** What covers the version written. */
  above?: readonly Version[];
  /** What it covers, newest first. */
  beneath?: readonly Version[];
}

export type WriteAction =
  | { do: 'ask'; for: keyof Answers }
  /** `stands`: the journal holds this write, so none before it counts. */
  | { do: 'done'; stands: boolean; because: string }
  /** The journal's own item is this write, which was adopted: it learns S3's order and time of it. */
  | { do: 'complete'; time: number }
  /** The journal's own item is this write, and this region must look, too. */
  | { do: 'check' }
  /** It is older than what is journaled; but who made it may be asked, so the journal remembers its version. */
  | { do: 'remember'; because: string }
  /** The event of what lies over it may be on its way: ask again later. */
  | { do: 'wait'; because: string }
  | { do: 'journal'; time: number; check: boolean };

/**
 * Whether a write goes into the journal, and under which time: S3's, but after this region's write before it, and after
 * every replica beneath it. What is cheap to know is asked for first. Pure; heard.ts does it.
 */
export function decideWrite(known: Unasked, write: Write, answers: Answers): WriteAction {
  const own = ownItem(known);
  if (own?.versionId === write.versionId) {
    // If it was adopted, its time may be less than S3's by the part of a second that lists leave out, and its order is news.
    if (own.sequencer === undefined && write.sequencer !== undefined)
      return { do: 'complete', time: Math.max(own.time, write.time) };
    // Another region's write that came while this one was journaled may have been applied over it, by what was known then.
    if (!own.check && isContended(known)) return { do: 'check' };
    return { do: 'done', stands: true, because: 'is journaled' };
  }
  return stepsBefore(known, write, answers) ?? stamp(known, write, answers);
}

type Unasked = Pick<Known, 'region' | 'items'>;

/** What must be asked first, or why the write is none; `undefined`: it is one. */
function stepsBefore(
  known: Unasked,
  { versionId, sequencer, by, isPatient }: Write,
  { order, row, current, above, written, marker }: Answers,
): WriteAction | undefined {
  const own = ownItem(known);
  const isUpload = by === 'ObjectCreated:CompleteMultipartUpload';
  if (own) {
    const later = sequencer && own.sequencer ? isLater(sequencer, own.sequencer) : undefined;
    if (later === undefined && !order) return ask('order');
    // An upload lies beneath all that came since it began, of which a copy may be journaled (a removal uncovered it).
    const asked = isUpload && order === 'earlier' ? 'unknown' : order;
    // It may be an upload that came late: older than what is journaled, and yet later than a put before it.
    if (!(later ?? isLaterBy(asked, sequencer, own.sequencer))) {
      const because = 'a later one is journaled';
      return own.previous?.includes(versionId) ? noWrite(because) : { do: 'remember', because };
    }
  }
  if (isUpload && current === undefined) return ask('current'); // before the row: so that knows what covered it
  // Our own functions' events are filtered out before they get here; a filter is no proof, the row is.
  if (!usersOnly.includes(by)) {
    if (row === undefined) return ask('row');
    if (isReplica(versionId, row ?? undefined)) return noWrite('it is a replica');
  }
  if (isDelete(by)) {
    if (marker === undefined) return ask('marker');
    return marker ? undefined : noWrite('the marker is gone'); // its removal has an event of its own
  }
  // An upload that began before another write and ended after it comes to lie beneath that one, and never was current: in
  // versioned buckets the upload that started last is (S3 User Guide, "Uploading and copying objects using multipart
  // upload"). So it is no news under a write of this region; of a copy nobody can say whether it came before or after.
  if (isUpload) {
    if (current?.versionId === versionId) return undefined;
    if (!above) return ask('above');
    const makers = above.map((version) => makerOf(version, { ...known, row: row ?? undefined }, isPatient));
    if (makers.includes('user')) return noWrite('a later one lies over it');
    if (makers.includes('unknown')) return { do: 'wait', because: 'what lies over it has not been heard of' };
  }
  if (written === undefined) return ask('written');
  return written ? undefined : noWrite('it is gone'); // as above
}

/** Under which time it is journaled. If that is greater than all others already, what lies beneath adds nothing. */
function stamp({ region, items }: Unasked, { time: at, by }: Write, { row, beneath }: Answers): WriteAction {
  const own = ownItem({ region, items });
  const time = own ? Math.max(at, own.time + 1) : at;
  // This region must look, too, when another's write may be greater.
  const check = isDelete(by) || isContended({ region, items });
  if (!items.some((item) => isGreater(item, { time, origin: region }))) return { do: 'journal', time, check };
  if (row === undefined) return ask('row');
  if (!beneath) return ask('beneath');
  return { do: 'journal', time: timeOver(time, beneath, { region, items, row: row ?? undefined }), check };
}

const isContended = ({ region, items }: Unasked): boolean => items.some(({ origin }) => origin !== region);

/** What a user does by other means than our functions: a plain upload is never a replica. */
const usersOnly = ['ObjectCreated:Put', 'ObjectCreated:Post'];

const isDelete = (by: string): boolean => by.startsWith('ObjectRemoved:');

const ask = (what: keyof Answers): WriteAction => ({ do: 'ask', for: what });

const noWrite = (because: string): WriteAction => ({ do: 'done', stands: false, because });

/** If one of the two has been removed since, as numbers: so the newer of AWS's texts on sequencers reads. */
const isLaterBy = (order: Answers['order'], a: string | undefined, b: string | undefined): boolean =>
  order === 'unknown' ? !a || !b || BigInt(`0x${a}`) > BigInt(`0x${b}`) : order === 'later';

const statesOf = (versionId: string, row: ReplicaRow | undefined) =>
  rowStates(row).filter((state) => state.versionId === versionId);

/** Whether the row knows a version as a copy, since S3's answer named it. */
const isReplica = (versionId: string, row: ReplicaRow | undefined): boolean =>
  statesOf(versionId, row).some(({ own, guessed }) => !own && !guessed);

/**
 * Who made a version, as far as this region can tell. The row remembers only the last few copies: so if no event of a user
 * tells of it in time, it is a copy. But one that is current the row would know; and a marker may be anybody's.
 */
function makerOf(version: Version, known: Known, isPatient: boolean): 'user' | 'mars' | 'unknown' {
  const { versionId, isMarker, isLatest } = version;
  const own = ownItem(known);
  const states = statesOf(versionId, known.row);
  if (isReplica(versionId, known.row)) return 'mars';
  if ([own?.versionId, ...(own?.previous ?? [])].includes(versionId) || states.some((state) => state.own))
    return 'user';
  if (!isMarker && (states.length > 0 || intentOf(version, known.row))) return 'mars';
  if (isPatient) return 'unknown';
  return isLatest || isMarker ? 'user' : 'mars';
}
