import {
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
} from '@aws-sdk/client-s3';
import { decodedKey } from '../common/keys';
import { baseNameOfBucket, prepareCopyName } from '../contracts/names';
import { bucketOf } from '../replication/objects';
import type { Place, Ports } from '../replication/ports';

/** An upload in one of this region's buckets that one of our functions began. */
export interface BegunUpload {
  place: Place;
  uploadId: string;
  /** Milliseconds since 1970. */
  initiated: number;
}

/** `Initiator.ID` of an upload is the ARN of the session that began it. */
const isOurs = (initiator: string | undefined) =>
  initiator?.includes(`:assumed-role/${prepareCopyName}-Role/`);

/** Uploads under way that MARS began in a bucket of this region. */
export async function* uploadsOfMars(baseName: string, ports: Ports): AsyncGenerator<BegunUpload> {
  const bucket = bucketOf({ baseName, key: '' }, ports.region, ports);
  let next: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await ports
      .s3(ports.region)
      .send(new ListMultipartUploadsCommand({ ...bucket, ...next, EncodingType: 'url' }));
    for (const { Key = '', UploadId = '', Initiator, Initiated } of page.Uploads ?? []) {
      if (!isOurs(Initiator?.ID)) continue;
      yield {
        place: { baseName, key: decodedKey(Key) },
        uploadId: UploadId,
        initiated: Initiated?.getTime() ?? 0,
      };
    }
    next = page.IsTruncated
      ? { KeyMarker: decodedKey(page.NextKeyMarker ?? ''), UploadIdMarker: page.NextUploadIdMarker }
      : undefined;
  }
}

/** BaseNames of the sets that have a bucket in this region. */
export async function setsHere(ports: Ports): Promise<string[]> {
  const names: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await ports.s3(ports.region).send(
      new ListBucketsCommand({
        Prefix: 'mars-',
        BucketRegion: ports.region,
        MaxBuckets: 1_000, // without it S3 does not page, and refuses accounts of more than 10,000 (API Reference)
        ContinuationToken,
      }),
    );
    for (const { Name = '' } of page.Buckets ?? []) {
      const baseName = baseNameOfBucket(Name, ports.region);
      if (baseName !== undefined) names.push(baseName);
    }
    ContinuationToken = page.ContinuationToken;
  } while (ContinuationToken);
  return names;
}
