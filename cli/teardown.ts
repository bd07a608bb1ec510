import { DeleteStackCommand, paginateListStacks } from '@aws-sdk/client-cloudformation';
import {
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  paginateListBuckets,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { findStack } from '../functions/common/cloudformation';
import { baseNameOfBucket, reportsBucketName, stateMachineArnOf } from '../functions/contracts/names';
import type { Connection } from './connection';
import { WrongUse } from './context';
import { outputOf, runExecution } from './execution';
import { rootStackName, settingsOf } from './installation';
import { baseKeysIn, keysOf, removeBase } from './remove-base';
import { stackAtRest } from './stacks';

type Report = (line: string) => void;

/**
 * Uninstalls MARS: the base resources of every region, then the root stack. Refuses while a set of buckets exists, unless it is
 * to delete the sets, with all that they hold; and while a bucket that was kept needs a region's key.
 * What it leaves are KMS keys in their waiting period, which it returns.
 */
export async function teardown(
  connection: Connection,
  report: Report,
  { deleteSets = false } = {},
): Promise<string[]> {
  const { homeRegion } = connection;
  const installed = await findRoot(connection);
  const { regions } = installed;
  const sets = await setsThatUse(regions, installed, connection);
  if (sets.length > 0 && !deleteSets)
    throw new WrongUse(`delete these first, with "mars delete", or say --delete-sets: ${sets.join(', ')}`);
  for (const BaseName of sets) {
    const machine = stateMachineArnOf('MARS-DeleteMARSBucket', homeRegion, installed.accountId);
    outputOf(await runExecution(connection.sfn(homeRegion), machine, { BaseName, EmptyBuckets: true }));
    report(`set ${BaseName} deleted, with all that it held`);
  }
  const keys = await Promise.all(regions.map((region) => removeBase(region, installed, connection, report)));
  await emptyReports(installed.accountId, connection);
  const home = connection.cloudFormation(homeRegion);
  const homeKeys = await keysOf(home, rootStackName);
  await home.send(new DeleteStackCommand({ StackName: rootStackName }));
  await stackAtRest(home, rootStackName);
  report(`${homeRegion}: root stack removed`);
  return [...keys.flat(), ...homeKeys.map((key) => `${homeRegion}: ${key}`)];
}

/** Removes the base resources of a region that no set uses any more; a later set brings them back. Returns the key. */
export async function teardownRegion(
  connection: Connection,
  report: Report,
  region: string,
): Promise<string[]> {
  const installed = await findRoot(connection);
  if (!installed.regions.includes(region))
    throw new WrongUse(`${region} is none of SupportedRegions: ${installed.regions.join(', ')}`);
  const sets = await setsThatUse([region], installed, connection);
  if (sets.length > 0) throw new WrongUse(`sets have buckets in ${region}: ${sets.join(', ')}`);
  return removeBase(region, installed, connection, report);
}

/** @throws WrongUse when MARS is not installed. */
async function findRoot({ cloudFormation, homeRegion }: Connection) {
  const root = await findStack(cloudFormation(homeRegion), rootStackName);
  if (!root) throw new WrongUse(`there is no stack ${rootStackName} in ${homeRegion}`);
  return settingsOf(root);
}

/** BaseNames. @throws WrongUse when a bucket that was kept needs a region's key. */
async function setsThatUse(
  regions: readonly string[],
  { accountId }: { accountId: string },
  connection: Connection,
): Promise<string[]> {
  const found = await Promise.all(
    regions.map(async (region) => {
      const living = await setsIn(region, connection);
      return { living, kept: await keptBucketsIn(region, living, accountId, connection) };
    }),
  );
  const kept = found.flatMap((each) => each.kept);
  const what =
    'these buckets were kept when their regions left a set, and are encrypted with a key that would go';
  if (kept.length > 0) throw new WrongUse(`${what}; delete them or re-encrypt them: ${kept.join(', ')}`);
  return [...new Set(found.flatMap(({ living }) => living))];
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
