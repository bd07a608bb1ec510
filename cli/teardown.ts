import { DeleteStackCommand, paginateListStacks } from '@aws-sdk/client-cloudformation';
import {
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  paginateListBuckets,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { findStack, listOf } from '../functions/common/cloudformation';
import { baseNameOfBucket, reportsBucketName, stateMachineArnOf } from '../functions/contracts/names';
import type { Connection } from './connection';
import { WrongUse } from './context';
import { outputOf, runExecution } from './execution';
import { accountOf, codeBucketsOf, rootStackName } from './installation';
import { baseKeysIn, keysOf, removeBase } from './remove-base';
import { stackAtRest } from './stacks';

/**
 * Uninstalls MARS: the base resources of every region, then the root stack. Refuses while a set of buckets exists, unless it is
 * to delete the sets, with all that they hold; and while a bucket that was kept needs a region's key.
 * What it leaves are KMS keys in their waiting period, which it returns.
 */
export async function teardown(
  connection: Connection,
  report: (line: string) => void,
  { deleteSets = false } = {},
): Promise<string[]> {
  const home = connection.cloudFormation(connection.homeRegion);
  const root = await findStack(home, rootStackName);
  if (!root) throw new Error(`there is no stack ${rootStackName} in ${connection.homeRegion}`);
  const regions = listOf(root, 'SupportedRegions');
  const installed = { accountId: accountOf(root), codeBuckets: codeBucketsOf(root) };
  const found = await Promise.all(
    regions.map(async (region) => {
      const living = await setsIn(region, connection);
      return { living, kept: await keptBucketsIn(region, living, installed.accountId, connection) };
    }),
  );
  const kept = found.flatMap((each) => each.kept);
  if (kept.length > 0) {
    const what =
      'these buckets were kept when their regions left a set, and are encrypted with a key that would go';
    throw new WrongUse(`${what}; delete them or re-encrypt them: ${kept.join(', ')}`);
  }
  const sets = new Set(found.flatMap(({ living }) => living));
  if (sets.size > 0 && !deleteSets) {
    const todo = 'delete these first, with "mars delete", or say --delete-sets';
    throw new WrongUse(`${todo}: ${[...sets].join(', ')}`);
  }
  for (const BaseName of sets) {
    const { sfn, homeRegion } = connection;
    const machine = stateMachineArnOf('MARS-DeleteMARSBucket', homeRegion, installed.accountId);
    outputOf(await runExecution(sfn(homeRegion), machine, { BaseName, EmptyBuckets: true }));
    report(`set ${BaseName} deleted, with all that it held`);
  }
  const keys = await Promise.all(regions.map((region) => removeBase(region, installed, connection, report)));
  await emptyReports(installed.accountId, connection);
  const homeKeys = await keysOf(home, rootStackName);
  await home.send(new DeleteStackCommand({ StackName: rootStackName }));
  await stackAtRest(home, rootStackName);
  report(`${connection.homeRegion}: root stack removed`);
  return [...keys.flat(), ...homeKeys.map((key) => `${connection.homeRegion}: ${key}`)];
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

/** Those of no set any more whose objects need the region's key. */
async function keptBucketsIn(
  region: string,
  living: readonly string[],
  ExpectedBucketOwner: string,
  connection: Connection,
): Promise<string[]> {
  const keys = await baseKeysIn(region, connection);
  if (keys.length === 0) return [];
  const client = connection.s3(region);
  const found: string[] = [];
  for await (const { Buckets = [] } of paginateListBuckets({ client }, { BucketRegion: region })) {
    for (const { Name: Bucket = '' } of Buckets) {
      const baseName = baseNameOfBucket(Bucket, region);
      if (baseName === undefined || living.includes(baseName)) continue;
      const encryption = await client.send(new GetBucketEncryptionCommand({ Bucket, ExpectedBucketOwner }));
      const rules = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
      const used = rules.map((rule) => rule.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID ?? '');
      if (used.some((key) => keys.some((own) => key.endsWith(own)))) found.push(Bucket);
    }
  }
  return found;
}
