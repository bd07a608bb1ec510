import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { OwnedBucket } from '../common/s3';

type Client = Pick<S3Client, 'send'>;

/** Of the statement that closes a bucket; all others are not ours to touch. */
const Sid = 'LeavesItsSet';

/**
 * A bucket that leaves its set takes no more writes of anybody but MARS: whoever writes there is refused, and knows, instead of
 * writing what no other region will ever hear of. (S3 User Guide, "Bucket policy examples"; a role's sessions have the role's
 * ARN as aws:PrincipalArn: IAM User Guide, "AWS global condition context keys".)
 */
const closed = ({ Bucket, ExpectedBucketOwner: account }: OwnedBucket) => ({
  Sid,
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:PutObject*', 's3:DeleteObject*'],
  Resource: `arn:aws:s3:::${Bucket}/*`,
  Condition: { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:role/MARS-*` } },
});

interface Policy {
  Version: string;
  Statement: { Sid?: string }[] | { Sid?: string };
}

/** Closes a bucket, or opens it again. */
export async function setClosed(client: Client, owned: OwnedBucket, isClosed: boolean): Promise<void> {
  const { Statement, ...policy } = await policyOf(client, owned);
  const others = [Statement].flat().filter((statement) => statement.Sid !== Sid);
  const all = [...others, ...(isClosed ? [closed(owned)] : [])];
  const text = JSON.stringify({ ...policy, Statement: all });
  // S3 takes no policy without a statement.
  if (all.length === 0) await client.send(new DeleteBucketPolicyCommand(owned));
  else await client.send(new PutBucketPolicyCommand({ ...owned, Policy: text }));
}

async function policyOf(client: Client, owned: OwnedBucket): Promise<Policy> {
  try {
    const { Policy } = await client.send(new GetBucketPolicyCommand(owned));
    return JSON.parse(Policy ?? '');
  } catch (error) {
    const hasNone = error instanceof S3ServiceException && error.name === 'NoSuchBucketPolicy';
    if (hasNone) return { Version: '2012-10-17', Statement: [] };
    throw error;
  }
}
