import {
  DeleteStackCommand,
  ListStackResourcesCommand,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { findStack } from '../functions/common/cloudformation';
import { codeBucket, reportsBucketName, stackNames } from '../functions/contracts/names';
import { type Connection, connect } from './connection';
import { parameterOf, rootStackName } from './installation';
import { stackAtRest } from './stacks';

/**
 * Uninstalls MARS: the base resources of every region, then the root stack. Refuses while a set of buckets exists.
 * What it leaves are KMS keys in their waiting period, which it returns.
 */
export async function teardown(connection: Connection, report: (line: string) => void): Promise<string[]> {
  const home = connection.cloudFormation(connection.homeRegion);
  const root = await findStack(home, rootStackName);
  if (!root) throw new Error(`there is no stack ${rootStackName} in ${connection.homeRegion}`);
  const regions = parameterOf(root, 'SupportedRegions').split(',');
  const account = root.StackId?.split(':')[4] ?? '';
  const codeBuckets = parameterOf(root, 'CodeBucketBaseName') || `mars-code-${account}`;

  const sets = (await Promise.all(regions.map((region) => setsIn(region, connection)))).flat();
  if (sets.length > 0) {
    throw new Error(`delete these first, with MARS-DeleteMARSBucket: ${[...new Set(sets)].join(', ')}`);
  }
  const keys = await Promise.all(
    regions.map((region) => removeBase(region, account, codeBuckets, connection, report)),
  );
  await emptyReports(account, connection);
  await home.send(new DeleteStackCommand({ StackName: rootStackName }));
  await stackAtRest(home, rootStackName);
  report(`${connection.homeRegion}: root stack removed`);
  return keys.flat();
}

async function emptyReports(account: string, { s3, homeRegion }: Connection): Promise<void> {
  const client = s3(homeRegion);
  const owned = { Bucket: reportsBucketName(account, homeRegion), ExpectedBucketOwner: account };
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, owned)) {
    const Objects = Contents.map(({ Key }) => ({ Key }));
    if (Objects.length > 0)
      await client.send(new DeleteObjectsCommand({ ...owned, Delete: { Objects, Quiet: true } }));
  }
}

async function setsIn(region: string, { cloudFormation }: Connection): Promise<string[]> {
  const stacks = [];
  for await (const page of paginateListStacks({ client: cloudFormation(region) }, {})) {
    stacks.push(...(page.StackSummaries ?? []));
  }
  return stacks
    .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
    .map(({ StackName = '' }) => /^MARS-([a-z0-9-]+)(-RegionalResources)?$/.exec(StackName)?.[1])
    .filter((baseName) => baseName !== undefined);
}

async function removeBase(
  region: string,
  account: string,
  codeBuckets: string,
  { cloudFormation, s3 }: Connection,
  report: (line: string) => void,
): Promise<string[]> {
  const client = cloudFormation(region);
  let keys: string[] = [];
  if (await findStack(client, stackNames.base)) {
    const resources = new ListStackResourcesCommand({ StackName: stackNames.base });
    const { StackResourceSummaries = [] } = await client.send(resources);
    keys = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::KMS::Key').map(
      ({ PhysicalResourceId }) => `${region}: ${PhysicalResourceId}`,
    );
    await client.send(new DeleteStackCommand({ StackName: stackNames.base }));
    await stackAtRest(client, stackNames.base);
    report(`${region}: base resources removed`);
  }
  const Bucket = codeBucket(codeBuckets, region);
  try {
    const owned = { Bucket, ExpectedBucketOwner: account };
    const { Contents = [] } = await s3(region).send(new ListObjectsV2Command(owned));
    const staged = Contents.filter(({ Key = '' }) => /^[0-9a-f]{64}\.(zip|json)$/.test(Key));
    for (const { Key } of staged) await s3(region).send(new DeleteObjectCommand({ ...owned, Key }));
    await s3(region).send(new DeleteBucketCommand(owned));
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'BucketNotEmpty') {
      report(`${region}: ${Bucket} stays, it holds more than MARS put there`);
    } else if (!(error instanceof S3ServiceException) || error.name !== 'NoSuchBucket') throw error;
  }
  return keys;
}

if (process.argv[1] === import.meta.filename) {
  const connection = connect(process.env.AWS_REGION ?? 'us-east-1');
  try {
    const keys = await teardown(connection, console.log);
    if (keys.length > 0) console.log(`KMS keys in their waiting period:\n${keys.join('\n')}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
