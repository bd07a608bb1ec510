import type { Applied, Intent, JournalItem, ReplicaRow } from '../contracts/replication';
import { greatest } from './stamp';

/** What a region can know of a key, and what follows from it at once. Pure. */

/** States that are remembered besides the newest, of copies and of own writes: enough to know what a late call finds. */
export const remembered = 4;

/** A version in this region's bucket. A list tells neither checksum nor headers. */
export interface Version {
  versionId: string;
  isMarker: boolean;
  /** Of one in a list. */
  isLatest?: boolean;
  lastModified: number;
  eTag?: string | undefined;
  size?: number | undefined;
  checksum?: string | undefined;
  headers?: string | undefined;
}

/** What is known without a look into the bucket. */
export interface Known {
  region: string;
  /** The newest write of the key in each region. */
  items: readonly JournalItem[];
  row: ReplicaRow | undefined;
}

export const ownItem = ({ items, region }: Pick<Known, 'items' | 'region'>): JournalItem | undefined =>
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
export function believed(known: Known): Applied | undefined {
  const own = ownItem(known);
  const applied = known.row?.applied;
  // A version guessed to be a copy, and then journaled as our own: the guess was wrong, nothing was applied.
  const isRefuted = applied?.kind === 'put' && applied.guessed && applied.versionId === own?.versionId;
  const states = [isRefuted ? undefined : applied, own && ownApplied(own)];
  return greatest(states.filter((state) => state !== undefined));
}

/** All that the row names by version: what was, or is, current. */
export const rowStates = (row: ReplicaRow | undefined): Applied[] =>
  row ? [...(row.applied ? [row.applied] : []), ...row.history] : [];

/** Whether we know who made a version: our own journaled writes, or what the row remembers. */
export function isKnown(versionId: string, known: Known): boolean {
  const own = ownItem(known);
  const ofRow = rowStates(known.row).map((state) => state.versionId);
  const ids = [own?.versionId, ...(own?.previous ?? []), ...ofRow];
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
      if (intent.kind === 'tags') return false;
      if (version.isMarker || intent.kind === 'delete') return version.isMarker && intent.kind === 'delete';
      return (
        intent.size === version.size &&
        agreeChecksums(intent.checksum, version.checksum) &&
        agree(intent.headers, version.headers)
      );
    }),
  );

export const agree = (a: string | undefined, b: string | undefined) =>
  a === undefined || b === undefined || a === b;

/** A copy in parts can't keep its original's SHA-1 or SHA-256, and gets S3's own: those two say nothing of each other. */
export const agreeChecksums = (intended: string | undefined, found: string | undefined) =>
  agree(intended, found) ||
  (intended?.startsWith('SHA') === true && found?.startsWith('CRC64NVME:') === true);

/** The states whose stamp is that of a version. Whose marker a guessed one is, nobody can say. */
const stamped = (known: Known): { versionId?: string | undefined; time: number }[] => {
  const own = ownItem(known);
  return [
    ...rowStates(known.row).filter((state) => !(state.kind === 'delete' && state.guessed)),
    ...(own ? [own] : []),
  ];
};

/** Of what lies beneath a version, newest first, what lies above all that is known: that one's stamp counted the rest. */
export function unknownOf(beneath: readonly Version[], known: Known): readonly Version[] {
  const states = stamped(known);
  const first = beneath.findIndex(({ versionId }) => states.some((state) => state.versionId === versionId));
  return first < 0 ? beneath : beneath.slice(0, first);
}

/**
 * A write's time is after every replica that was visible beneath it (a hybrid logical clock, which loses no write when
 * clocks jump). The row knows all replicas: of one that is not settled yet it holds the intent. Of delete markers that
 * are not settled nobody can say: see "What can't be avoided" in docs/protocol.md.
 */
export function timeOver(time: number, beneath: readonly Version[], known: Known): number {
  const ids = beneath.map(({ versionId }) => versionId);
  const seen = stamped(known).filter(({ versionId }) => versionId !== undefined && ids.includes(versionId));
  const copied = unknownOf(beneath, known).filter(({ isMarker }) => !isMarker);
  const times = [...seen, ...copied.map((version) => intentOf(version, known.row))];
  return Math.max(time, ...times.map((visible) => (visible ? visible.time + 1 : 0)));
}
