import type { JournalItem, ReplicaRow } from '../../functions/contracts/replication';
import type { Write } from './history';
import type { Caller, Content, Version } from './models/s3';
import type { UserWrite } from './truth';
import type { World } from './world';

const showing = ({ content }: Partial<Version> = {}) =>
  JSON.stringify(content && { ...content, checksum: undefined });

const user: Caller = { by: 'user', principal: 'AWS:AIDAUSER' };
const keys = ['a', 'b', 'renamed'];
const small = 10_000;
/** From 16,000,000 bytes on a copy is made in parts; these make two or three. */
const large = 17_000_000;

/** Users of one history: they know nothing of MARS, and write into the bucket of whatever region they are in. */
export class Users {
  private bytes = 0;

  constructor(private readonly world: World) {}

  /** Schedules all writes of the history. */
  begin(): void {
    // Somebody's upload that is not MARS's to end.
    for (const region of this.world.names) this.world.at(region).bucket.begin('a', user);
    let time = 0;
    for (const write of this.world.history.writes) {
      time += write.gap;
      this.world.engine.after(time, () => this.act(write));
    }
  }

  private act(write: Write): void {
    const region = this.world.names[write.region] as string;
    const key = keys[write.key] as string;
    const { bucket } = this.world.at(region);
    const current = bucket.current(key);
    const same = current?.content;
    const acts: Record<Write['kind'], () => void> = {
      put: () => this.put(write, region, key, this.content(small, write)),
      large: () => this.upload(write, region, key, this.content(large, write)),
      'same-bytes': () => {
        const content = { ...(same ?? this.content(small, write)), checksum: write.checksum };
        if (content.size < large) this.put(write, region, key, content);
        else this.upload(write, region, key, content);
      },
      metadata: () => {
        const { metadata, tags } = this.content(small, write);
        this.copy(write, region, key, { ...(same ?? this.content(small, write)), metadata, tags });
      },
      delete: () => this.delete(write, region, key),
      rename: () => {
        if (!same) return;
        this.copy(write, region, 'renamed', same);
        this.delete(write, region, key);
      },
      'remove-current': () => {
        if (current) this.remove(write, region, key, current);
      },
      tag: () => {
        this.tag(write, region, key);
        // Often somebody else does the same, just when the first change gets there.
        const { names, engine } = this.world;
        const other = names[(write.region + 1) % names.length] as string;
        if (write.upload > 0) engine.after(write.upload / 10, () => this.tag(write, other, key));
      },
      'remove-covered': () => {
        const covered = bucket.versions(key).at(-2);
        if (covered) this.remove(write, region, key, covered);
      },
    };
    acts[write.kind]();
  }

  private content(size: number, { checksum }: Write): Content {
    const number = ++this.bytes;
    return {
      body: `b${number}`,
      size: size + number,
      metadata: `m${number}`,
      tags: `t${number}`,
      checksum,
    };
  }

  private put(write: Write, region: string, key: string, content: Content, by = 'Put'): void {
    const { bucket } = this.world.at(region);
    const whole = { ...content, checksum: content.checksum ?? ('CRC64NVME' as const) };
    const version = bucket.put(key, whole, this.world.truth.writes.length, user, {
      isDigest: write.digest,
    });
    this.record(write, region, key, 'put', version, `ObjectCreated:${by}`);
  }

  /** Within the bucket: MARS's own copies have events of this name, too. */
  private copy(write: Write, region: string, key: string, content: Content): void {
    this.put(write, region, key, content, 'Copy');
  }

  private upload(write: Write, region: string, key: string, content: Content): void {
    if (write.upload === 0) {
      this.put(write, region, key, content);
      return;
    }
    const { bucket } = this.world.at(region);
    const id = bucket.begin(key, user);
    this.world.engine.after(write.upload, () => {
      const version = bucket.finish(id, content, this.world.truth.writes.length, user, {
        isDigest: write.digest,
      });
      const name = 'ObjectCreated:CompleteMultipartUpload';
      this.record(write, region, key, 'put', version, name);
    });
  }

  private delete(write: Write, region: string, key: string): void {
    const version = this.world.at(region).bucket.mark(key, this.world.truth.writes.length, user);
    this.record(write, region, key, 'delete', version, 'ObjectRemoved:DeleteMarkerCreated');
  }

  private remove(write: Write, region: string, key: string, version: Version): void {
    const { bucket } = this.world.at(region);
    const wasCurrent = bucket.current(key) === version;
    const isHeard = this.isBelieved(region, key, version);
    const shown = showing(version);
    const above = bucket.versions(key).slice(bucket.versions(key).indexOf(version) + 1);
    bucket.remove(key, version, user);
    this.world.say(region, 'user removes', { key, version: version.versionId });
    const sequencer = this.notify(write, region, key, version, 'ObjectRemoved:Delete');
    const uncovered = bucket.current(key);
    // Covered by copies, it may still be what MARS takes for current, or an upload that it is just about to journal: the
    // removal may count.
    if (!isHeard && above.some(({ by }) => by === 'user')) return;
    if (uncovered) this.world.truth.uncovered.add(uncovered);
    const isKnown = !uncovered || this.isHeardOf(region, key, uncovered);
    // S3's preconditions don't tell two versions of one eTag apart: the removal may be overlooked.
    const isSeen = shown !== showing(uncovered) && version.eTag !== uncovered?.eTag;
    const heard = wasCurrent && isHeard && isKnown && isSeen;
    this.note(write, region, key, 'removal', uncovered, {
      heard,
      ...(sequencer !== undefined && { sequencer }),
    });
  }

  private isLost = (write: Write): boolean => write.lost && this.world.weather.has('event-lost');

  private tag(write: Write, region: string, key: string): void {
    const { truth, engine, weather } = this.world;
    const { bucket } = this.world.at(region);
    const version = bucket.current(key);
    if (!version?.content) return;
    const before = version.content.tags;
    const tags = `t${++this.bytes}`;
    bucket.tag(key, version, tags, user);
    const lost = this.isLost(write);
    const change = { region, key, version, tags, before, at: engine.now, time: weather.clock(region), lost };
    truth.tagged.push({ ...change, heard: false, overwritten: false });
    this.notify(write, region, key, version, 'ObjectTagging:Put');
  }

  private knownOf(region: string, key: string) {
    const item = this.world.journal.in(region).get({ key, origin: region });
    return {
      item: item as JournalItem | undefined,
      row: this.world.at(region).replicas.get({ key }) as ReplicaRow | undefined,
    };
  }

  /** Whether MARS takes a version for the current one: of what is journaled and what is applied it is the greater. */
  private isBelieved(region: string, key: string, { versionId }: Version): boolean {
    const { item, row } = this.knownOf(region, key);
    const states = [row?.applied, item].filter((state) => state !== undefined);
    const [top] = states.sort((a, b) => b.time - a.time || (b.origin > a.origin ? 1 : -1));
    return top?.versionId === versionId;
  }

  /** Whether the region's journal or row names a version. */
  private isHeardOf(region: string, key: string, { versionId }: Version): boolean {
    const { item, row } = this.knownOf(region, key);
    const states = row ? [row.applied, ...row.history] : [];
    return [item?.versionId, ...(item?.previous ?? []), ...states.map((state) => state?.versionId)].includes(
      versionId,
    );
  }

  private record(
    write: Write,
    region: string,
    key: string,
    kind: 'put' | 'delete',
    version: Version,
    eventName: string,
  ): void {
    this.note(write, region, key, kind, version);
    this.notify(write, region, key, version, eventName);
  }

  private note(
    write: Write,
    region: string,
    key: string,
    kind: UserWrite['kind'],
    version: Version | undefined,
    more: Pick<UserWrite, 'heard' | 'sequencer'> = { heard: true },
  ): void {
    const { truth, engine } = this.world;
    const versions = this.world.at(region).bucket.versions(key);
    truth.writes.push({
      id: truth.writes.length,
      region,
      key,
      kind,
      at: engine.now,
      time: this.world.weather.clock(region),
      version,
      beneath: version ? versions.slice(0, versions.indexOf(version)) : [],
      lost: this.isLost(write),
      shown: versions.at(-1) === version,
      above: version ? versions.slice(versions.indexOf(version) + 1) : [],
      tags: version?.content?.tags,
      ...more,
    });
  }

  /** Returns the event's sequencer; `undefined`: it is lost. */
  private notify(
    write: Write,
    region: string,
    key: string,
    version: Version,
    eventName: string,
  ): string | undefined {
    const { weather } = this.world;
    if (weather.strikes('event-lost', write.lost || undefined)) {
      this.world.truth.unheard.add(key);
      return undefined;
    }
    const delay = weather.strikes('event-delayed', write.longDelay) ?? write.delay;
    const again = weather.strikes('event-duplicated', write.again);
    const delays = again === undefined ? [delay] : [delay, delay + again];
    return this.world.notify(region, eventName, key, version, user, ...delays);
  }
}
