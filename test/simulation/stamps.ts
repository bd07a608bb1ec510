import type { Version } from './models/s3';
import type { Truth, UserWrite } from './truth';

/**
 * The winner rule once more, from the recorded writes alone, without a line of the code under test. The stamp of a write
 * is known up to what no rule can fix: whether a write was heard of before the next one of its region (which matters
 * when the clock went back between the two), when the adoption of a lost event happened. So each write has a least and
 * a greatest stamp; without such things both are the same.
 */
export interface Bounds {
  least: number;
  greatest: number;
}

export class Stamps {
  private readonly known = new Map<UserWrite, Bounds>();

  constructor(private readonly truth: Truth) {}

  of(write: UserWrite): Bounds {
    const before = this.known.get(write);
    if (before) return before;
    // Guards against itself while it looks further back: nothing lies beneath itself.
    this.known.set(write, { least: 0, greatest: 0 });
    const bounds = this.bounds(write);
    this.known.set(write, bounds);
    return bounds;
  }

  /** Greater in any case: the later one of equal times is the one of the region whose name is greater. */
  isSurelyGreater(a: UserWrite, b: UserWrite): boolean {
    const [least, greatest] = [this.of(a).least, this.of(b).greatest];
    return least > greatest || (least === greatest && a.region > b.region);
  }

  /**
   * `a` was written where `b`, or a copy of it, was to be seen: whatever the clocks say, it is the later one. Unless that
   * version was removed for good, and with it all trace.
   */
  isOver(a: UserWrite, b: UserWrite): boolean {
    if (a === b || !a.shown || a.kind === 'removal' || b.kind === 'removal') return false;
    return a.beneath.some(
      (version) => version.write === b.id && version.shown && !this.truth.removed.has(version),
    );
  }

  /** A version beneath that looks like another region's write can be taken for its copy, as long as that is under way. */
  hasLookalike(write: UserWrite, beneath: readonly Version[]): boolean {
    const own = beneath.filter(({ by }) => by === 'user');
    return this.lookalikes(write, own).length > 0;
  }

  /** What other regions wrote that looks like one of the versions beneath a write, which is not its copy. */
  private lookalikes({ region, key }: UserWrite, beneath: readonly Version[]): UserWrite[] {
    const looks = beneath.map((each) => [each.write, lookOf(each)] as const);
    return this.truth.of(key).filter((other) => {
      if (other.region === region || !other.version?.content) return false;
      const wanted = lookOf(other.version);
      return looks.some(([write, look]) => write !== other.id && look === wanted);
    });
  }

  /**
   * What was taken for current beneath a write is removed for good before the write is heard of: so the write is taken
   * for what was uncovered, at that time.
   */
  private removalsBeneath(write: UserWrite): number[] {
    const heardAt = this.truth.journaledAt(write);
    return write.beneath
      .filter(({ by }) => write.lost || by === 'mars')
      .flatMap((each) => this.truth.removed.get(each) ?? [])
      .flatMap(({ at, time }) => (at <= heardAt ? [time] : []));
  }

  /** Every stamp starts from some write's time, and is raised by one for another at most. */
  private ceiling(key: string): number {
    const writes = this.truth.of(key);
    return Math.max(...writes.map(({ time }) => time)) + writes.length;
  }

  private bounds(write: UserWrite): Bounds {
    const { region, key, time, version, at } = write;
    const earlier = this.truth.of(key).filter((other) => other.at <= at && other.id < write.id);
    const latest = (writes: UserWrite[]) =>
      Math.max(0, ...writes.map((other) => this.of(other).greatest + 1));
    if (write.kind === 'removal') {
      const before = earlier.filter((other) => other.region === region);
      // After a removal whose event was lost, the version removed now is taken for a covered one; as it is after a write
      // that is heard of only later.
      const isLost = [write, ...before].some(({ kind, lost }) => kind === 'removal' && lost);
      const isLate = before.some((other) => this.truth.journaledAt(other) > at);
      const counts = write.heard && !isLost && !isLate;
      return { least: counts ? time : 0, greatest: Math.max(time, latest(earlier)) };
    }
    const removals = this.removalsBeneath(write);
    if (write.lost) {
      const lastModified = version?.lastModified ?? 0;
      const greatest =
        version?.content && this.hasLookalike(write, [version])
          ? this.ceiling(key)
          : Math.max(time, lastModified, latest(earlier), ...removals);
      return { least: Math.min(time, lastModified), greatest };
    }
    const seen = earlier.filter((other) => other.region !== region && this.isOver(write, other));
    const beneath = this.truth.everBeneath(write);
    const hasMarker = beneath.some(({ content }) => !content);
    // The copy of one write can be taken for that of another that looks the same, or of the removal that made that one current
    // again: also of a later one, if that is known by the time that the write is heard of.
    const copies = beneath.filter(({ by }) => by === 'mars');
    const lookalikes = this.lookalikes(write, copies);
    const before = lookalikes.filter(({ id }) => id < write.id);
    const heardAt = this.truth.journaledAt(write);
    const hasLater = lookalikes.some((other) => other.id > write.id && other.at <= heardAt);
    const mayHaveSeen = earlier.filter((other) => {
      if (other.region === region) return true; // heard of before
      // A replica carries the stamp of its write, or of the removal that made that one current again.
      const carried = other.kind === 'removal' ? other.version?.write : other.id;
      if (beneath.some(({ by, write: id }) => by === 'mars' && id === carried)) return true;
      return hasMarker && !other.version?.content; // which delete a marker stands for is not recorded
    });
    return {
      // Of equal times the region decides.
      least: Math.max(time, ...seen.map((o) => this.of(o).least + (region > o.region ? 0 : 1))),
      greatest:
        hasLater || this.hasLookalike(write, beneath)
          ? this.ceiling(key)
          : Math.max(time, latest([...mayHaveSeen, ...before]), ...removals),
    };
  }
}

const lookOf = ({ content }: Version) => content && JSON.stringify([content.body, content.metadata]);
