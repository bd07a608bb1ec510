import type { Applied, JournalItem, ReplicaRow } from '../contracts/replication';
import type { Version } from './objects';
import { isGreater } from './stamp';

/** A finished upload of one write's parts, which CopyLargeObject brings along. */
export interface UploadInHand {
  item: JournalItem;
  uploadId: string;
}

/** All that a resolver knows of a key before it looks into the bucket. */
export interface Knowledge {
  row: ReplicaRow | undefined;
  /** This region's own journal item. */
  own: JournalItem | undefined;
  /** Writes of which a copy may have been made that no row tells of. */
  hints: readonly JournalItem[];
  upload?: UploadInHand | undefined;
}

/** What must be current here: the greater of what the row says was applied and what this region itself wrote last. */
export function believed({ row, own }: Knowledge): Applied | undefined {
  const ownState = own && ownApplied(own);
  if (!row || !ownState) return row ?? ownState;
  return isGreater(ownState, row) ? ownState : row;
}

export const ownApplied = ({ time, origin, kind, versionId, eTag }: JournalItem): Applied => ({
  time,
  origin,
  kind,
  versionId,
  eTag,
  own: true,
});

/**
 * Whether we know who made a version that is current: our own journaled write, or what the row remembers. Any other is
 * a copy whose row was never written, or a local write whose event is on its way.
 */
export const isKnown = ({ versionId }: Version, { row, own }: Knowledge): boolean =>
  [row, ...(row?.history ?? []), own].some((state) => state?.versionId === versionId);
