import {
  BucketAlreadyOwnedByYou,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketPolicyCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { OwnedBucket } from '../common/s3';
import type { OrchestrationEnvironment } from '../contracts/environment';
import { inRegion } from '../contracts/errors';
import { codeBucket } from '../contracts/names';
import { stageCodeInput } from '../contracts/stacks';

interface StageCodePorts {
  s3: (region: string) => Pick<S3Client, 'send'>;
  env: OrchestrationEnvironment;
}

export const handlerOf = (ports: StageCodePorts) => (event: unknown) => {
  const { Action, Region } = stageCodeInput.parse(event);
  return inRegion(Region, () => (Action === 'Stage' ? stage : unstage)(Region, ports));
};

/**
 * Brings the regional templates and the Lambda code from the root stack's assets into the region's code bucket, where
 * Lambda asks for it (CloudFormation Template Reference, AWS::Lambda::Function Code: "An Amazon S3 bucket in the same
 * AWS Region as your function"). Asset keys are hashes of the content, so a repeat changes nothing.
 */
async function stage(Region: string, { s3, env }: StageCodePorts): Promise<void> {
  const client = s3(Region);
  const Bucket = codeBucket(env.CODE_BUCKET_BASE_NAME, Region);
  const owned = { Bucket, ExpectedBucketOwner: env.ACCOUNT_ID };
  if (!(await isThere(client, owned))) await createBucket(client, Bucket, Region);
  // Asked each time: a call that ended in between has left a bucket without one. One of the user's own stays.
  if (!(await hasPolicy(client, owned)))
    await client.send(new PutBucketPolicyCommand({ ...owned, Policy: tlsOnly(Bucket) }));
  for (const Key of stagedKeys(env)) {
    const CopySource = `${env.ASSET_BUCKET}/${Key}`;
    const ExpectedSourceBucketOwner = env.ACCOUNT_ID;
    await client.send(new CopyObjectCommand({ ...owned, Key, CopySource, ExpectedSourceBucketOwner }));
  }
}

const stagedKeys = (env: OrchestrationEnvironment) => [
  env.CODE_KEY,
  env.BASE_TEMPLATE_KEY,
  env.BUCKET_TEMPLATE_KEY,
  env.KEPT_BUCKET_TEMPLATE_KEY,
];

/** @throws S3ServiceException 403 when a stranger has the bucket. */
async function isThere(client: Pick<S3Client, 'send'>, owned: OwnedBucket): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand(owned));
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
    throw error;
  }
}

async function hasPolicy(client: Pick<S3Client, 'send'>, owned: OwnedBucket): Promise<boolean> {
  try {
    await client.send(new GetBucketPolicyCommand(owned));
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchBucketPolicy') return false;
    throw error;
  }
}

/** Removes what was staged, and the bucket if it holds nothing else: it may be one that the user had before. */
async function unstage(Region: string, { s3, env }: StageCodePorts): Promise<void> {
  const client = s3(Region);
  const Bucket = codeBucket(env.CODE_BUCKET_BASE_NAME, Region);
  const owned = { Bucket, ExpectedBucketOwner: env.ACCOUNT_ID };
  try {
    for (const Key of stagedKeys(env)) await client.send(new DeleteObjectCommand({ ...owned, Key }));
    await client.send(new DeleteBucketCommand(owned));
  } catch (error) {
    const isDone =
      error instanceof S3ServiceException && ['NoSuchBucket', 'BucketNotEmpty'].includes(error.name);
    if (!isDone) throw error;
  }
}

/** A bucket that a stranger has fails with BucketAlreadyExists; that reason reaches the user. */
async function createBucket(client: Pick<S3Client, 'send'>, Bucket: string, region: string): Promise<void> {
  // us-east-1 is S3's default and must not be named (S3 API Reference, CreateBucket, LocationConstraint).
  const elsewhere = region !== 'us-east-1';
  const configuration = { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  try {
    await client.send(new CreateBucketCommand({ Bucket, ...(elsewhere && configuration) }));
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
  }
}

const tlsOnly = (bucket: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  });
