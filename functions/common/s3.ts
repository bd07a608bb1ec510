import { S3ServiceException } from '@aws-sdk/client-s3';

/** A bucket, and whose it must be: a stranger may have taken the name of a deleted one. */
export interface OwnedBucket {
  Bucket: string;
  ExpectedBucketOwner: string;
}

export const isNoSuchBucket = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'NoSuchBucket';
