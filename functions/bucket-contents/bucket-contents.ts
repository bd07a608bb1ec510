import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodedKey, isXmlText } from '../common/keys';
import { isNoSuchBucket, type OwnedBucket } from '../common/s3';
import { BucketNotEmpty, inRegion, RegionFailed } from '../contracts/errors';
import { bucketName } from '../contracts/names';
import { type BucketContentsOutput, bucketContentsInput } from '../contracts/stacks';

interface BucketContentsPorts {
  s3: (region: string) => Pick<S3Client, 'send'>;
  accountId: string;
}

/** Pages of 1,000 versions removed in one call: some seconds' work, far below the function's time-out. */
const pagesPerCall = 20;

/** Counts a regional bucket's current objects, or removes all its versions and delete markers. */
export const handlerOf =
  ({ s3, accountId }: BucketContentsPorts) =>
  (event: unknown): Promise<BucketContentsOutput> => {
    const input = bucketContentsInput.parse(event);
    const { Action, Region, BaseName } = input;
    const owned = { Bucket: bucketName(BaseName, Region), ExpectedBucketOwner: accountId };
    return inRegion(Region, async () => {
      try {
        if (input.Action === 'Count') return await count(s3(Region), owned, Region);
        return await empty(s3(Region), owned, Region, input.EmptyBuckets);
      } catch (error) {
        // A repeated deletion finds some buckets gone.
        if (!isNoSuchBucket(error)) throw error;
        return Action === 'Count' ? { Region, Objects: 0, More: false } : { Region, Status: 'Complete' };
      }
    });
  };

async function count(client: Pick<S3Client, 'send'>, owned: OwnedBucket, Region: string) {
  const page = await client.send(new ListObjectsV2Command(owned));
  return { Region, Objects: page.KeyCount ?? 0, More: page.IsTruncated ?? false };
}

async function empty(
  client: Pick<S3Client, 'send'>,
  owned: OwnedBucket,
  Region: string,
  emptyBuckets: boolean,
) {
  for (let page = 0; page < pagesPerCall; page++) {
    const list = new ListObjectVersionsCommand({ ...owned, EncodingType: 'url' });
    const { Versions = [], DeleteMarkers = [] } = await client.send(list);
    const current = Versions.filter(({ IsLatest }) => IsLatest);
    if (current.length > 0 && !emptyBuckets) {
      const buckets = [{ region: Region, objects: current.length, more: false }];
      throw new BucketNotEmpty({ reason: 'written while the buckets were being removed', buckets });
    }
    const all = [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({
      Key: decodedKey(Key),
      VersionId,
    }));
    if (all.length === 0) return { Region, Status: 'Complete' as const };
    // DeleteObjects refuses, or passes over, keys that XML can't hold.
    for (const each of all.filter(({ Key }) => !isXmlText(Key)))
      await client.send(new DeleteObjectCommand({ ...owned, ...each }));
    const Objects = all.filter(({ Key }) => isXmlText(Key));
    if (Objects.length === 0) continue;
    const { Errors } = await client.send(
      new DeleteObjectsCommand({ ...owned, Delete: { Objects, Quiet: true } }),
    );
    const failed = Errors?.[0];
    if (failed) {
      const reason = `${failed.Key}: ${failed.Code}: ${failed.Message}`;
      throw new RegionFailed({ region: Region, reason });
    }
  }
  return { Region, Status: 'InProgress' as const };
}
