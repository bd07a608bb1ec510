import {
  CopyObjectCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ObjectVersion,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { digestOf } from '../common/digest';
import { decodedKey } from '../common/keys';
import { bucketName } from '../contracts/names';
import type { CopySource } from '../contracts/replication';
import type { Precondition } from './decide';
import type { Version } from './knowledge';
import type { Place, Ports } from './ports';

/** The current version is not what was believed; or it is the source version that is not there any more. */
export type Refusal = 'mismatch' | 'source-gone';

/** A bucket of the set, with the owner that it must have: a stranger may have taken the name of a deleted one. */
export const bucketOf = ({ baseName }: Place, region: string, { accountId }: Ports) => ({
  Bucket: bucketName(baseName, region),
  ExpectedBucketOwner: accountId,
});

/** The exact version that a copy is made of. */
export const versionToCopy = ({ origin, versionId, source }: CopySource) =>
  source ?? { region: origin, versionId };

/** CopySource of that version. */
export const sourceOf = ({ baseName, key }: Place, item: CopySource): string => {
  const { region, versionId } = versionToCopy(item);
  return `${bucketName(baseName, region)}/${encodeURIComponent(key)}?versionId=${versionId}`;
};

/**
 * S3's refusals by their code: a long copy may be answered with 200 and an error as the body (API Reference, CopyObject,
 * "Response and special errors"), for which the SDK tells the status 503. The statuses are those of the API Reference, "Error responses".
 */
export const statuses: Record<string, number> = {
  BadDigest: 400,
  EntityTooLarge: 400,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRequest: 400,
  AccessDenied: 403,
  InvalidObjectState: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  ConditionalRequestConflict: 409,
  PreconditionFailed: 412,
};

const statusOf = (error: unknown): number =>
  error instanceof S3ServiceException ? (statuses[error.name] ?? error.$metadata.httpStatusCode ?? 0) : 0;

const isStatus = (error: unknown, ...codes: number[]): boolean => codes.includes(statusOf(error));

/** What was named is not there: the object, the version (405: it is a delete marker), the bucket. */
export const isGone = (error: unknown): boolean => isStatus(error, 404, 405);

/** S3 answered that it did not do what it was asked for. After any other failure it may have, or may do so yet. */
export const isRefused = (error: unknown): boolean => Math.floor(statusOf(error) / 100) === 4;

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
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether a delete marker is still there, by its version: S3 answers 405 for a marker, 404 for nothing. */
export async function isMarkerThere(place: Place, versionId: string, ports: Ports): Promise<boolean> {
  const { Bucket, ExpectedBucketOwner } = bucketOf(place, ports.region, ports);
  try {
    const command = { Bucket, ExpectedBucketOwner, Key: place.key, VersionId: versionId };
    await ports.s3(ports.region).send(new HeadObjectCommand(command));
    return false;
  } catch (error) {
    if (isStatus(error, 405)) return true;
    if (isStatus(error, 404)) return false;
    throw error;
  }
}

/** The key's newest versions and markers here (1,000 at most); with `below`, those that it covers only. */
export async function listVersions(place: Place, ports: Ports, below?: string): Promise<Version[]> {
  const { Versions = [], DeleteMarkers = [] } = await ports.s3(ports.region).send(
    new ListObjectVersionsCommand({
      ...bucketOf(place, ports.region, ports),
      Prefix: place.key,
      EncodingType: 'url',
      ...(below !== undefined && { KeyMarker: place.key, VersionIdMarker: below }),
    }),
  );
  const describe = (version: ObjectVersion, isMarker: boolean) => ({
    versionId: version.VersionId ?? '',
    isMarker,
    isLatest: version.IsLatest ?? false,
    lastModified: version.LastModified?.getTime() ?? 0,
    eTag: version.ETag,
    size: version.Size,
  });
  const ofKey = ({ Key = '' }: { Key?: string | undefined }) => decodedKey(Key) === place.key;
  return interleave(
    Versions.filter(ofKey).map((version) => describe(version, false)),
    DeleteMarkers.filter(ofKey).map((marker) => describe(marker, true)),
  );
}

/**
 * S3 lists newest first, but the SDK hands out versions and markers apart. Within each list S3's order is kept; between
 * the two whole seconds have to do.
 */
function interleave<Listed extends { isLatest: boolean; lastModified: number }>(
  a: Listed[],
  b: Listed[],
): Listed[] {
  const merged: Listed[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length; ) {
    const [ofA, ofB] = [a[i], b[j]];
    const isA = ofA && (!ofB || ofA.isLatest || (!ofB.isLatest && ofA.lastModified >= ofB.lastModified));
    merged.push((isA ? ofA : ofB) as Listed);
    if (isA) i++;
    else j++;
  }
  return merged;
}

/** Copies the exact version that a journal item names, if the destination still is what we believe. */
export async function copyVersion(
  place: Place,
  item: CopySource,
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
        // Those that it was journaled with: a change of tags is told of by itself, and must find known ones.
        ...(item.tags !== undefined && { TaggingDirective: 'REPLACE', Tagging: item.tags || undefined }),
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
  item: CopySource,
  ports: Ports,
): Promise<Refusal> {
  if (isStatus(error, 409, 412)) return 'mismatch';
  if (!isStatus(error, 404)) throw error;
  const source = await head(place, ports, versionToCopy(item));
  return source ? 'mismatch' : 'source-gone';
}

/** Lays a delete marker over the object that we believe is there. There is no If-None-Match for deletes. */
export async function deleteCurrent(
  place: Place,
  eTag: string,
  ports: Ports,
): Promise<{ versionId: string | undefined } | 'mismatch'> {
  try {
    const { VersionId } = await ports
      .s3(ports.region)
      .send(
        new DeleteObjectCommand({ ...bucketOf(place, ports.region, ports), Key: place.key, IfMatch: eTag }),
      );
    return { versionId: VersionId };
  } catch (error) {
    if (isStatus(error, 404, 409, 412)) return 'mismatch';
    throw error;
  }
}

const algorithms = ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;

/** The checksum of the whole object; a composite one is that of an upload's parts, and says nothing of a copy. */
export function checksumOf(object: HeadObjectCommandOutput): string | undefined {
  if (object.ChecksumType === 'COMPOSITE') return undefined;
  const algorithm = algorithms.find((name) => object[`Checksum${name}`]);
  return algorithm && `${algorithm}:${object[`Checksum${algorithm}`]}`;
}

/** What a HEAD shows besides the bytes, in 16 characters. Tags are not among it. */
export function headersOf(object: HeadObjectCommandOutput): string {
  const seen = [
    object.ContentType,
    object.ContentEncoding,
    object.ContentLanguage,
    object.ContentDisposition,
    object.CacheControl,
    object.ExpiresString,
    object.WebsiteRedirectLocation,
    Object.entries(object.Metadata ?? {}).sort(),
  ];
  return digestOf(JSON.stringify(seen));
}

export const versionOf = (object: HeadObjectCommandOutput): Version => ({
  versionId: object.VersionId ?? '',
  isMarker: false,
  lastModified: object.LastModified?.getTime() ?? 0,
  eTag: object.ETag,
  size: object.ContentLength,
  checksum: checksumOf(object),
  headers: headersOf(object),
});
