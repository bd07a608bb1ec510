import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { reasonOf } from '../contracts/errors';
import type { CopySource } from '../contracts/replication';
import type { Precondition } from '../replication/decide';
import { head, type Refusal } from '../replication/objects';
import type { Place, Ports } from '../replication/ports';
import { completeUpload } from './uploads';

/** The upload can't become the current version any more; the copy must be made anew, with a new upload. */
export class UploadUsedUp extends Error {
  override readonly name = 'UploadUsedUp';

  /** `isRefused`: S3 made nothing of it. */
  constructor(
    message: string,
    readonly isRefused: boolean,
  ) {
    super(message);
  }
}

/**
 * Completes an upload over what is believed to be there. It looks first, so that a mismatch seen in time leaves the
 * upload usable: after a refused Complete it is used up (API Reference, CompleteMultipartUpload, If-Match), and a write
 * that began after the upload stays current even when the upload is completed later (S3 User Guide, "Uploading and
 * copying objects using multipart upload", on versioned buckets), which the look afterwards shows.
 * @throws UploadUsedUp in these two cases.
 */
export async function commitUpload(
  place: Place,
  item: CopySource,
  uploadId: string,
  precondition: Precondition,
  ports: Ports,
): Promise<{ versionId: string | undefined; eTag: string | undefined } | Refusal> {
  const before = await head(place, ports);
  const isBelieved = precondition === 'absent' ? before === undefined : before?.ETag === precondition.eTag;
  if (!isBelieved) return 'mismatch';
  const made = await completeUpload(place, item, uploadId, precondition, ports);
  if (made === 'mismatch') throw new UploadUsedUp('another write came first', true);
  if (made === 'source-gone') return made;
  const after = await lookAfter(place, ports);
  if (after?.VersionId !== made.versionId)
    throw new UploadUsedUp('a write that began later is current', false);
  return made;
}

/** A refused look must not be taken for a refused Complete. */
async function lookAfter(place: Place, ports: Ports): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await head(place, ports);
  } catch (cause) {
    throw new Error(`the upload is complete, but was not seen: ${reasonOf(cause)}`, { cause });
  }
}
