import { believed, intentOf, isKnown, type Known, ownItem, type Version } from './knowledge';
import { isLater } from './stamp';

/** The event of a version that was removed for good. */
export interface Removal {
  versionId: string;
  sequencer: string | undefined;
  /** Milliseconds since 1970. */
  time: number;
  /** A version that nobody knows may yet be explained by an event of its own. */
  isPatient: boolean;
}

/** What the bucket showed: the object that is current, else the newest marker. */
export interface Uncovered {
  latest: Version | undefined;
}

export type RemovalAction =
  | { do: 'done' }
  /** A version may be one whose own event is on its way: ask again later. */
  | { do: 'wait' }
  /** Perhaps one of several markers that made the key absent: the key must be looked at. */
  | { do: 'resolve' }
  /** Ask the bucket what it shows now. */
  | { do: 'look' }
  /** What was applied is gone, though written over since: nothing is applied. */
  | { do: 'unsettle' }
  /** There is nothing to see, as before: another marker, or none, stands for the delete now. */
  | { do: 'remark'; versionId: string | undefined }
  /** What shows again is a write like any other. */
  | { do: 'journal'; time: number; sequencer: string | undefined };

/** What the removal of a version means, by what is known of the key. Pure; uncovered.ts does it. */
export function decideRemoval(knowledge: Known, removal: Removal, seen?: Uncovered): RemovalAction {
  const { versionId, isPatient } = removal;
  const own = ownItem(knowledge);
  const later = own?.sequencer && removal.sequencer ? isLater(removal.sequencer, own.sequencer) : true;
  // Written since.
  if (later === false) return { do: knowledge.row?.applied?.versionId === versionId ? 'unsettle' : 'done' };

  const top = believed(knowledge);
  // Several removals in a row may have left nothing by the time the first was heard of: the last one says since when.
  const isOneOfMany = top?.own === true && top.kind === 'delete' && top.versionId === undefined;
  if (!top || (top.versionId !== versionId && !(isOneOfMany && isKnown(versionId, knowledge)))) {
    const isUnheard = !isKnown(versionId, knowledge);
    if (isPatient && isUnheard) return { do: 'wait' };
    // A covered one changes nothing. But one that nobody knows may have covered a write, which so was taken for no news.
    return { do: isUnheard || top?.kind === 'delete' ? 'resolve' : 'done' };
  }
  if (!seen) return { do: 'look' };
  const { latest } = seen;
  // Of a copy that landed since, and whose answer is not written down, no event will tell: it is what the removal shows.
  const isCopy = latest?.isMarker === false && intentOf(latest, knowledge.row) !== undefined;
  const isUnheard = latest !== undefined && !isCopy && !isKnown(latest.versionId, knowledge);
  const isAbsent = latest === undefined || latest.isMarker;
  // A marker that was not heard of is a delete of its own.
  if (top.kind === 'delete' && isAbsent && !isOneOfMany) {
    return { do: 'remark', versionId: isUnheard ? undefined : latest?.versionId };
  }
  // Perhaps not uncovered, but written since: then its own event says when, and that it comes after the removal.
  if (isPatient && isUnheard) return { do: 'wait' };
  const written = isUnheard ? latest.lastModified : 0;
  return {
    do: 'journal',
    time: Math.max(removal.time, written, top.time + 1),
    // What is journaled stays the newest that is known for certain: no older event may come after it.
    sequencer: later === undefined ? own?.sequencer : removal.sequencer,
  };
}
