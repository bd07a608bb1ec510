import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ObjectVersion,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { bucketName } from '../contracts/names';
import type { JournalItem } from '../contracts/replication';
import { largeFrom } from '../large/parts';
import type { Place, Ports } from './ports';

/** What is believed to be current: a version by its eTag, or nothing (a delete marker counts as nothing). */
export type Precondition = { eTag: string } | 'absent';

/** The current version is not what was believed; or it is the source version that is not there any more. */
export type Refusal = 'mismatch' | 'source-gone';

export interface Version {
  versionId: string;
  isMarker: boolean;
  isLatest: boolean;
  lastModified: number;
  eTag?: string | undefined;
}

/** A bucket of the set, with the owner that it must have: a stranger may have taken the name of a deleted one. */
export const bucketOf = ({ baseName }: Place, region: string, { accountId }: Ports) => ({
  Bucket: bucketName(baseName, region),
  ExpectedBucketOwner: accountId,
});

/** CopySource of the exact version that a journal item names. */
export const sourceOf = ({ baseName, key }: Place, { origin, versionId }: JournalItem): string =>
  `${bucketName(baseName, origin)}/${encodeURIComponent(key)}?versionId=${versionId}`;

const isStatus = (error: unknown, ...codes: number[]): boolean =>
  error instanceof S3ServiceException && codes.includes(error.$metadata.httpStatusCode ?? 0);

/** The current version in a region, or an exact one; `undefined` when it is absent or a delete marker. */
export async function head(
  place: Place,
  ports: Ports,
  { region = ports.region, versionId }: { region?: string; versionId?: string | undefined } = {},
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await ports.s3(region).send(
      new HeadObjectCommand({
        ...bucketOf(place, region, ports),
        Key: place.key,
        VersionId: versionId,
        ChecksumMode: 'ENABLED',
      }),
    );
  } catch (error) {
    if (isStatus(error, 404, 405)) return undefined; // 405: the exact version is a delete marker
    throw error;
  }
}

/** The key's newest versions and markers here (1,000 at most); with `below`, those that it covers only. */
export async function listVersions(place: Place, ports: Ports, below?: string): Promise<Version[]> {
  const { Versions = [], DeleteMarkers = [] } = await ports.s3(ports.region).send(
    new ListObjectVersionsCommand({
      ...bucketOf(place, ports.region, ports),
      Prefix: place.key,
      ...(below !== undefined && { KeyMarker: place.key, VersionIdMarker: below }),
    }),
  );
  const describe = (version: ObjectVersion, isMarker: boolean): Version => ({
    versionId: version.VersionId ?? '',
    isMarker,
    isLatest: version.IsLatest ?? false,
    lastModified: version.LastModified?.getTime() ?? 0,
    eTag: version.ETag,
  });
  const all = [
    ...Versions.filter(({ Key }) => Key === place.key).map((version) => describe(version, false)),
    ...DeleteMarkers.filter(({ Key }) => Key === place.key).map((marker) => describe(marker, true)),
  ];
  return all.toSorted((a, b) => b.lastModified - a.lastModified); // the answer has them in two lists
}

/** Copies the exact version that a journal item names, if the destination still is what we believe. */
export async function copyVersion(
  place: Place,
  item: JournalItem,
  precondition: Precondition,
  ports: Ports,
): Promise<{ versionId: string | undefined; eTag: string | undefined } | Refusal> {
  try {
    const { VersionId, CopyObjectResult } = await ports.s3(ports.region).send(
      new CopyObjectCommand({
        ...bucketOf(place, ports.region, ports),
        Key: place.key,
        CopySource: sourceOf(place, item),
        ExpectedSourceBucketOwner: ports.accountId,
        AnnotationDirective: 'EXCLUDE', // not replicated; COPY, the default, needs permissions of its own
        StorageClass: item.storageClass as 'STANDARD' | undefined,
        WebsiteRedirectLocation: item.websiteRedirectLocation,
        ...(precondition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: precondition.eTag }),
      }),
    );
    return { versionId: VersionId, eTag: CopyObjectResult?.ETag };
  } catch (error) {
    return refusalOf(error, place, item, ports);
  }
}

/**
 * What a refused conditional call means. A 404 is the source version, or a destination under If-Match that is absent or
 * a marker (S3 User Guide, "How to prevent object overwrites with conditional writes"): they look alike.
 * @throws the error, when it is no refusal.
 */
export async function refusalOf(
  error: unknown,
  place: Place,
  item: JournalItem,
  ports: Ports,
): Promise<Refusal> {
  if (isStatus(error, 409, 412)) return 'mismatch';
  if (!isStatus(error, 404)) throw error;
  const source = await head(place, ports, { region: item.origin, versionId: item.versionId });
  return source ? 'mismatch' : 'source-gone';
}

/** Lays a delete marker over what we believe is there. There is no If-None-Match for deletes: nothing there, no call. */
export async function deleteCurrent(
  place: Place,
  precondition: Precondition,
  ports: Ports,
): Promise<{ versionId: string | undefined } | 'mismatch'> {
  if (precondition === 'absent') {
    return (await head(place, ports)) === undefined ? { versionId: undefined } : 'mismatch';
  }
  try {
    const { VersionId } = await ports.s3(ports.region).send(
      new DeleteObjectCommand({
        ...bucketOf(place, ports.region, ports),
        Key: place.key,
        IfMatch: precondition.eTag,
      }),
    );
    return { versionId: VersionId };
  } catch (error) {
    if (isStatus(error, 404, 409, 412)) return 'mismatch';
    throw error;
  }
}

const checksums = [
  'ChecksumCRC64NVME',
  'ChecksumCRC32',
  'ChecksumCRC32C',
  'ChecksumSHA1',
  'ChecksumSHA256',
] as const;

/**
 * Whether two objects are the same to a user: size, headers and metadata, and a checksum of the whole by the same
 * algorithm. Large objects often share none (a copy in parts gets a new one): theirs is the size that tells. ETags say nothing between regions: under SSE-KMS they are no digests.
 */
export function isSameContent(a: HeadObjectCommandOutput, b: HeadObjectCommandOutput): boolean {
  const shared = checksums.find((name) => a[name] && b[name] && a.ChecksumType === b.ChecksumType);
  if (shared ? a[shared] !== b[shared] : (a.ContentLength ?? 0) < largeFrom) return false;
  const seen = (head: HeadObjectCommandOutput) =>
    JSON.stringify([
      head.ContentLength,
      head.ContentType,
      head.ContentEncoding,
      head.ContentLanguage,
      head.ContentDisposition,
      head.CacheControl,
      head.ExpiresString,
      Object.entries(head.Metadata ?? {}).sort(),
    ]);
  return seen(a) === seen(b);
}
