import type { JournalItem, TagItem } from '../../functions/contracts/replication';
import type { Landed, Tagged, Version } from './models/s3';

/**
 * What really happened, as no region can know it: every write of a user, and every version that came into a bucket. The
 * oracles judge by this alone.
 */
export interface UserWrite {
  id: number;
  region: string;
  key: string;
  /** `removal`: a version was removed for good, and what lay beneath shows again. */
  kind: 'put' | 'delete' | 'removal';
  /** Milliseconds: real, and by the region's clock, as the event says it. */
  at: number;
  time: number;
  /** The version written; of a removal the one uncovered, if any. */
  version: Version | undefined;
  /** What lay beneath the version when it came, by S3's order. */
  beneath: Version[];
  /** It was current when it came: an upload that began before another write may never be. */
  shown: boolean;
  /** What lay over it when it came. */
  above: Version[];
  /** Of a removal: MARS knew the version by then. A write that goes before it is heard of is as if it had never been. */
  heard: boolean;
  /** Its event never came. */
  lost: boolean;
  /** Of a removal: its event's. */
  sequencer?: string;
  /** Those that the version came with. */
  tags: string | undefined;
}

/** Of a version's tags, by a user. No two changes are to the same tags. */
export interface TagChange {
  region: string;
  key: string;
  version: Version;
  tags: string;
  before: string;
  /** As of a write. */
  at: number;
  time: number;
  lost: boolean;
  /** The region's journal has told of it. */
  heard: boolean;
  /** MARS wrote other tags over it, which it could not know of: it came after MARS had looked. */
  overwritten: boolean;
}

export class Truth {
  readonly writes: UserWrite[] = [];
  readonly tagged: TagChange[] = [];
  readonly landings: (Landed & { at: number })[] = [];
  /** All that regions ever journaled as their own. */
  readonly journaled: (JournalItem & { at: number })[] = [];
  /** Calls of functions to services. */
  calls = 0;
  /** Records of streams that nobody read in time. */
  trimmed = 0;
  /** Keys with an event that never came. */
  readonly unheard = new Set<string>();
  /** Versions that users removed for good: when, really and by the region's clock. */
  readonly removed = new Map<Version, { at: number; time: number }>();

  /** Versions that such a removal made current again. */
  readonly uncovered = new Set<Version>();
  /** Sequencers of the events of such removals. */
  readonly removals = new Set<string>();

  /**
   * An upload that never was current may yet be taken for a write that was, if only copies lay over it, which may have
   * come after it, for all that S3 tells; or what is gone for good, and with it all trace; or what nobody ever hears of, or
   * remembers: another such upload.
   */
  mayHaveShown({ above }: UserWrite, isUnheardOf: (version: Version) => boolean): boolean {
    return above.every(
      (version) => version.by === 'mars' || this.removed.has(version) || isUnheardOf(version),
    );
  }

  /** What ever came to lie beneath a write's version: a copy in parts is as old as its start, and may come later. */
  everBeneath({ region, key, version }: UserWrite): Version[] {
    if (!version) return [];
    return this.landings
      .filter((each) => each.region === region && each.key === key && each.version.order < version.order)
      .map((each) => each.version);
  }

  /** When a write came into its region's journal; -Infinity: it never did. */
  journaledAt({ version }: UserWrite): number {
    const found = this.journaled.find(({ versionId }) => versionId === version?.versionId);
    return (version && found?.at) ?? Number.NEGATIVE_INFINITY;
  }

  retagged({ region, version, before, caller }: Tagged): void {
    const { sent = Number.POSITIVE_INFINITY, looked = [] } = caller;
    const look = looked.findLast(({ versionId, at }) => versionId === version.versionId && at <= sent);
    const isThis = (change: TagChange) =>
      change.region === region &&
      change.version === version &&
      change.tags === before &&
      change.at >= (look?.at ?? 0);
    for (const change of this.tagged.filter(isThis)) change.overwritten ||= !change.heard;
  }

  heardOfTags(region: string, { key, tags }: TagItem): void {
    const isThis = (change: TagChange) =>
      change.region === region && change.key === key && tags === `tags=${change.tags}`;
    for (const change of this.tagged.filter(isThis)) change.heard = true;
  }

  /** Of one key. */
  of = (key: string): UserWrite[] => this.writes.filter((write) => write.key === key);
}
