import {
  type CloudFormationClient,
  DeleteStackCommand,
  paginateListStackResources,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { findStack } from '../functions/common/cloudformation';
import { codeBucket, stackNames } from '../functions/contracts/names';
import type { Connection } from './connection';
import type { Installation } from './installation';
import { stackAtRest } from './stacks';

/** Ids of the keys of a region's base resources; empty, too, if it has none. */
export async function baseKeysIn(
  region: string,
  { cloudFormation }: Pick<Connection, 'cloudFormation'>,
): Promise<string[]> {
  const client = cloudFormation(region);
  return (await findStack(client, stackNames.base)) ? keysOf(client, stackNames.base) : [];
}

/** Ids of a stack's keys. */
export async function keysOf(client: CloudFormationClient, StackName: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
    for (const { ResourceType, PhysicalResourceId = '' } of StackResourceSummaries)
      if (ResourceType === 'AWS::KMS::Key') keys.push(PhysicalResourceId);
  return keys;
}

/** Removes a region's base resources and what was staged there. Returns the key, which stays for its waiting period. */
export async function removeBase(
  region: string,
  { accountId, codeBuckets }: Pick<Installation, 'accountId' | 'codeBuckets'>,
  { cloudFormation, s3 }: Connection,
  report: (line: string) => void = () => {},
): Promise<string[]> {
  const client = cloudFormation(region);
  let keys: string[] = [];
  if (await findStack(client, stackNames.base)) {
    keys = await keysOf(client, stackNames.base);
    const open = { StackName: stackNames.base, EnableTerminationProtection: false };
    await client.send(new UpdateTerminationProtectionCommand(open)); // one that a second set came to is protected
    await client.send(new DeleteStackCommand({ StackName: stackNames.base }));
    await stackAtRest(client, stackNames.base);
    report(`${region}: base resources removed`);
  }
  const Bucket = codeBucket(codeBuckets, region);
  try {
    const owned = { Bucket, ExpectedBucketOwner: accountId };
    const { Contents = [] } = await s3(region).send(new ListObjectsV2Command(owned));
    const staged = Contents.filter(({ Key = '' }) => /^[0-9a-f]{64}\.(zip|json)$/.test(Key));
    for (const { Key } of staged) await s3(region).send(new DeleteObjectCommand({ ...owned, Key }));
    await s3(region).send(new DeleteBucketCommand(owned));
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'BucketNotEmpty') {
      report(`${region}: ${Bucket} stays, it holds more than MARS put there`);
    } else if (!(error instanceof S3ServiceException) || error.name !== 'NoSuchBucket') throw error;
  }
  return keys.map((key) => `${region}: ${key}`);
}
