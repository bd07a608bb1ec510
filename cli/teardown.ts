import { DeleteStackCommand, paginateListStacks } from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { findStack, parameterOf } from '../functions/common/cloudformation';
import { reportsBucketName } from '../functions/contracts/names';
import { type Connection, connect } from './connection';
import { accountOf, codeBucketsOf, rootStackName } from './installation';
import { removeBase } from './remove-base';
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
  const installed = { accountId: accountOf(root), codeBuckets: codeBucketsOf(root) };
  const sets = (await Promise.all(regions.map((region) => setsIn(region, connection)))).flat();
  if (sets.length > 0) {
    throw new Error(`delete these first, with MARS-DeleteMARSBucket: ${[...new Set(sets)].join(', ')}`);
  }
  const keys = await Promise.all(regions.map((region) => removeBase(region, installed, connection, report)));
  await emptyReports(installed.accountId, connection);
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
