import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { decodedKey } from '../common/keys';
import type { KeyRange } from '../contracts/reconcile';
import { bucketOf } from '../replication/objects';
import type { Ports } from '../replication/ports';

/** An object as a listing shows it. */
export interface Listed {
  eTag: string;
  /** Milliseconds since 1970, whole seconds. */
  lastModified: number;
}

/** What is current under a key, by region; absent where nothing is, or a delete marker. */
export interface ListedKey {
  key: string;
  shown: Map<string, Listed>;
}

/** The order in which S3 lists: that of the UTF-8 bytes, which for some characters is not that of JavaScript's strings. */
export const inListOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/**
 * The keys of a range in any of the regions' buckets, in order and in portions: a page of each bucket is in memory, however
 * many keys there are.
 */
export async function* listKeys(
  { baseName, prefix }: { baseName: string; prefix: string },
  range: KeyRange,
  places: readonly Ports[],
): AsyncGenerator<ListedKey[]> {
  const listings = places.map((ports) => new Listing({ baseName, prefix }, range, ports));
  for (;;) {
    await Promise.all(listings.map((listing) => listing.fill()));
    // Up to here every bucket has been listed.
    const ends = listings.flatMap(({ isWhole, last }) => (isWhole || last === undefined ? [] : [last]));
    const end = ends.sort(inListOrder)[0];
    const keys = new Map<string, ListedKey>();
    for (const listing of listings) {
      for (const [key, listed] of listing.take(end)) {
        const entry = keys.get(key) ?? { key, shown: new Map() };
        entry.shown.set(listing.region, listed);
        keys.set(key, entry);
      }
    }
    const portion = [...keys.values()].sort((a, b) => inListOrder(a.key, b.key));
    if (portion.length > 0) yield portion;
    if (end === undefined) return;
  }
}

/** What was listed of one bucket, and not taken yet. */
class Listing {
  readonly region: string;
  /** All of the range has been listed. */
  isWhole = false;
  private entries: [string, Listed][] = [];
  private token: string | undefined;

  constructor(
    private readonly of: { baseName: string; prefix: string },
    private readonly range: KeyRange,
    private readonly ports: Ports,
  ) {
    this.region = ports.region;
  }

  get last(): string | undefined {
    return this.entries.at(-1)?.[0];
  }

  async fill(): Promise<void> {
    while (!this.isWhole && this.entries.length === 0) await this.page();
  }

  /** Those up to a key; absent: all. */
  take(end: string | undefined): [string, Listed][] {
    const isBeyond = ([key]: [string, Listed]) => end !== undefined && inListOrder(key, end) > 0;
    const beyond = this.entries.findIndex(isBeyond);
    return this.entries.splice(0, beyond < 0 ? this.entries.length : beyond);
  }

  private async page(): Promise<void> {
    const { ports, range, of } = this;
    const page = await ports.s3(ports.region).send(
      new ListObjectsV2Command({
        ...bucketOf({ ...of, key: '' }, ports.region, ports),
        Prefix: of.prefix,
        EncodingType: 'url',
        ...(this.token ? { ContinuationToken: this.token } : { StartAfter: range.After }),
      }),
    );
    this.token = page.NextContinuationToken;
    this.isWhole = !this.token;
    for (const { Key = '', ETag = '', LastModified } of page.Contents ?? []) {
      const key = decodedKey(Key);
      if (range.Through !== undefined && inListOrder(key, range.Through) > 0) {
        this.isWhole = true;
        return;
      }
      this.entries.push([key, { eTag: ETag, lastModified: LastModified?.getTime() ?? 0 }]);
    }
  }
}
