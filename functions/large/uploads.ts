import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type HeadObjectCommandOutput,
  ListPartsCommand,
  NoSuchUpload,
  type Part,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { isNoSuchBucket } from '../common/s3';
import { reasonOf } from '../contracts/errors';
import type { CopySource } from '../contracts/replication';
import type { Precondition } from '../replication/decide';
import { bucketOf, type Refusal, refusalOf, sourceOf, versionToCopy } from '../replication/objects';
import type { Place, Ports } from '../replication/ports';
import { tagsText } from '../replication/tags';

/** Checksums of a whole that S3 computes from those of its parts (S3 User Guide, "Checking object integrity"). */
const additive = ['CRC64NVME', 'CRC32', 'CRC32C'] as const;

/** What S3 checks the finished object against; `undefined`: the original has no checksum that can be computed of parts. */
export function wholeOf({ checksum }: CopySource) {
  const [name, value] = checksum?.split(/:(.*)/s) ?? [];
  const algorithm = additive.find((each) => each === name);
  return algorithm && { algorithm, value };
}

/** What can't be told of the original (metadata that is no header) would be lost with the replica. */
export class CannotBeKept extends Error {
  override readonly name = 'CannotBeKept';
}

/**
 * Begins the replica's upload: a multipart copy takes nothing from its source but bytes, so all else is given here.
 * @throws CannotBeKept
 */
export async function createUpload(
  place: Place,
  item: CopySource,
  source: HeadObjectCommandOutput,
  ports: Ports,
): Promise<string> {
  const { MissingMeta = 0 } = source;
  if (MissingMeta > 0)
    throw new CannotBeKept(`S3 does not show ${MissingMeta} of the object's metadata entries`);
  const tags = item.tags ?? (await tagsText(place, versionToCopy(item), ports));
  const whole = wholeOf(item);
  const command = new CreateMultipartUploadCommand({
    ...bucketOf(place, ports.region, ports),
    Key: place.key,
    CacheControl: source.CacheControl,
    ContentDisposition: source.ContentDisposition,
    ContentEncoding: source.ContentEncoding,
    ContentLanguage: source.ContentLanguage,
    ContentType: source.ContentType,
    Metadata: source.Metadata,
    StorageClass: source.StorageClass,
    WebsiteRedirectLocation: source.WebsiteRedirectLocation,
    ...(whole && { ChecksumAlgorithm: whole.algorithm, ChecksumType: 'FULL_OBJECT' }),
    ...(tags && { Tagging: tags }),
  });
  const { ExpiresString } = source;
  if (ExpiresString !== undefined) {
    // The SDK's field is a date; S3 keeps whatever text a user sent ("0" means "already expired").
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers.expires = ExpiresString;
        return next(args);
      },
      { step: 'build', name: 'expiresAsItIs' },
    );
  }
  const { UploadId = '' } = await ports.s3(ports.region).send(command);
  return UploadId;
}

/** S3 did not copy a part within the time that it was given. */
export class PartTooSlow extends Error {
  override readonly name = 'PartTooSlow';
}

/**
 * Copies one part of the exact version, server side. `range`: `bytes=first-last`.
 * @throws PartTooSlow
 */
export async function copyPart(
  place: Place,
  item: CopySource,
  UploadId: string,
  part: { number: number; range: string },
  abortSignal: AbortSignal,
  ports: Ports,
): Promise<void> {
  const command = new UploadPartCopyCommand({
    ...bucketOf(place, ports.region, ports),
    Key: place.key,
    UploadId,
    PartNumber: part.number,
    CopySource: sourceOf(place, item),
    CopySourceRange: part.range,
    ExpectedSourceBucketOwner: ports.accountId,
  });
  try {
    await ports.s3(ports.region).send(command, { abortSignal });
  } catch (error) {
    if ((error as Error).name !== 'TimeoutError') throw error;
    throw new PartTooSlow(`part ${part.number}, ${part.range}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Parts that the upload has, from a part number on, in order. */
export async function* listParts(
  place: Place,
  UploadId: string,
  { first, last }: { first: number; last: number },
  ports: Ports,
): AsyncGenerator<Part> {
  let marker = first - 1;
  for (;;) {
    const page = await ports.s3(ports.region).send(
      new ListPartsCommand({
        ...bucketOf(place, ports.region, ports),
        Key: place.key,
        UploadId,
        PartNumberMarker: String(marker),
      }),
    );
    for (const part of page.Parts ?? []) {
      if ((part.PartNumber ?? 0) > last) return;
      yield part;
    }
    if (!page.IsTruncated) return;
    marker = Number(page.NextPartNumberMarker);
  }
}

/**
 * Makes the object of its parts, if the destination still is what we believe, and its bytes are those of the original.
 * After a refusal the upload is used up.
 */
export async function completeUpload(
  place: Place,
  item: CopySource,
  UploadId: string,
  precondition: Precondition,
  ports: Ports,
): Promise<{ versionId: string | undefined; eTag: string | undefined } | Refusal> {
  const Parts = [];
  for await (const part of listParts(place, UploadId, { first: 1, last: Infinity }, ports)) {
    const { PartNumber, ETag, ChecksumCRC64NVME, ChecksumCRC32, ChecksumCRC32C } = part;
    Parts.push({ PartNumber, ETag, ChecksumCRC64NVME, ChecksumCRC32, ChecksumCRC32C });
  }
  const whole = wholeOf(item);
  try {
    const { VersionId, ETag } = await ports.s3(ports.region).send(
      new CompleteMultipartUploadCommand({
        ...bucketOf(place, ports.region, ports),
        Key: place.key,
        UploadId,
        MultipartUpload: { Parts },
        MpuObjectSize: item.size,
        ...(whole && { [`Checksum${whole.algorithm}`]: whole.value, ChecksumType: 'FULL_OBJECT' }),
        ...(precondition === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: precondition.eTag }),
      }),
    );
    return { versionId: VersionId, eTag: ETag };
  } catch (error) {
    if (error instanceof NoSuchUpload) throw error;
    return refusalOf(error, place, item, ports);
  }
}

/** S3 knows the upload no more: it was completed or aborted, or is gone with its bucket. */
export const isGone = (error: unknown): boolean => error instanceof NoSuchUpload || isNoSuchBucket(error);

/** Of one that is gone already, too. */
export async function abortUpload(place: Place, UploadId: string, ports: Ports): Promise<void> {
  const upload = { ...bucketOf(place, ports.region, ports), Key: place.key, UploadId };
  try {
    await ports.s3(ports.region).send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
