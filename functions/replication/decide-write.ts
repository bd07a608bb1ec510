import type { ReplicaRow } from '../contracts/replication';
import { intentOf, isKnown, type Known, ownItem, rowStates, timeOver, type Version } from './knowledge';
import { isGreater, isLater } from './stamp';

/** The event of an object or a delete marker that came into this region's bucket. */
export interface Write {
  versionId: string;
  sequencer: string | undefined;
  /** Milliseconds since 1970, S3's. */
  time: number;
  /** The event's name. */
  by: string;
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
  /** The journal's own item is this write, and learns S3's order of it. */
  | { do: 'add-sequencer' }
  | { do: 'journal'; time: number; check: boolean };

/**
 * Whether a write goes into the journal, and under which time: S3's, but after this region's write before it, and after
 * every replica beneath it. What is cheap to know is asked for first. Pure; heard.ts does it.
 */
export function decideWrite(known: Unasked, write: Write, answers: Answers): WriteAction {
  const own = ownItem(known);
  if (own?.versionId === write.versionId) {
    // Its stamp is given. If it was adopted, S3's order of it is news.
    const isNews = own.sequencer === undefined && write.sequencer !== undefined;
    return isNews ? { do: 'add-sequencer' } : { do: 'done', stands: true, because: 'is journaled' };
  }
  return stepsBefore(known, write, answers) ?? stamp(known, write, answers);
}

type Unasked = Pick<Known, 'region' | 'items'>;

/** What must be asked first, or why the write is none; `undefined`: it is one. */
function stepsBefore(
  known: Unasked,
  { versionId, sequencer, by }: Write,
  { order, row, current, above, written, marker }: Answers,
): WriteAction | undefined {
  const own = ownItem(known);
  if (own) {
    const later = sequencer && own.sequencer ? isLater(sequencer, own.sequencer) : undefined;
    if (later === undefined && !order) return ask('order');
    // It may be an upload that came late: older than what is journaled, and yet later than a put before it.
    if (!(later ?? isLaterBy(order, sequencer, own.sequencer))) return noWrite('a later one is journaled');
  }
  const isUpload = by === 'ObjectCreated:CompleteMultipartUpload';
  if (isUpload && current === undefined) return ask('current'); // before the row: so that knows what covered it
  // Our own functions' events are filtered out before they get here; a filter is no proof, the row is.
  if (!usersOnly.includes(by)) {
    if (row === undefined) return ask('row');
    if (isReplica(versionId, row ?? undefined, false)) return noWrite('it is a replica');
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
    if (!above.every((version) => isCopy(version, { ...known, row: row ?? undefined })))
      return noWrite('a later one lies over it');
  }
  if (written === undefined) return ask('written');
  return written ? undefined : noWrite('it is gone'); // as above
}

/** Under which time it is journaled. If that is greater than all others already, what lies beneath adds nothing. */
function stamp({ region, items }: Unasked, { time: at, by }: Write, { row, beneath }: Answers): WriteAction {
  const own = ownItem({ region, items });
  const time = own ? Math.max(at, own.time + 1) : at;
  // This region must look, too, when another's write may be greater.
  const check = isDelete(by) || items.some(({ origin }) => origin !== region);
  if (!items.some((item) => isGreater(item, { time, origin: region }))) return { do: 'journal', time, check };
  if (row === undefined) return ask('row');
  if (!beneath) return ask('beneath');
  return { do: 'journal', time: timeOver(time, beneath, { region, items, row: row ?? undefined }), check };
}

/** What a user does by other means than our functions: a plain upload is never a replica. */
const usersOnly = ['ObjectCreated:Put', 'ObjectCreated:Post'];

const isDelete = (by: string): boolean => by.startsWith('ObjectRemoved:');

const ask = (what: keyof Answers): WriteAction => ({ do: 'ask', for: what });

const noWrite = (because: string): WriteAction => ({ do: 'done', stands: false, because });

/** If one of the two has been removed since, as numbers: so the newer of AWS's texts on sequencers reads. */
const isLaterBy = (order: Answers['order'], a: string | undefined, b: string | undefined): boolean =>
  order === 'unknown' ? !a || !b || BigInt(`0x${a}`) > BigInt(`0x${b}`) : order === 'later';

/** Whether the row knows a version as a copy: S3's answer named it, or (`guessed`) it was taken for one by its looks. */
const isReplica = (versionId: string, row: ReplicaRow | undefined, guessed: boolean): boolean =>
  rowStates(row).some((state) => state.versionId === versionId && !state.own && (guessed || !state.guessed));

/** Whether a version is a copy as far as this region can tell. (By its looks no marker is: all look the same.) */
function isCopy(version: Version, known: Known): boolean {
  const { versionId, isMarker } = version;
  if (isKnown(versionId, known)) return isReplica(versionId, known.row, !isMarker);
  return !isMarker && intentOf(version, known.row) !== undefined;
}
