import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { runExecution, startExecution, waitForEnd } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';
import { readBack, sha256 } from '../../local/demo/objects';
import { resourcesIn } from './account';
import { within } from './embedded';
import {
  addRegions,
  again,
  allAsIn,
  type BucketSet,
  causeOf,
  createSet,
  installed,
  named,
  removeSet,
  replicasOf,
  until,
} from './mars';

const stay: [string, string] = ['us-west-2', 'eu-west-1'];
const [home, other] = stay;
const [kept, deleted, added] = ['us-east-1', 'ap-northeast-2', 'eu-central-1'];
const set: BucketSet = { baseName: named('shrink'), regions: [home, other, kept, deleted] };

let mars: Installation;
beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(async () => {
  const Bucket = bucketName(set.baseName, kept);
  const s3 = mars.s3(kept);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  const Objects = Versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

const put = (region: string, Key: string, Body: string | Buffer) =>
  mars.s3(region).send(new PutObjectCommand({ Bucket: bucketName(set.baseName, region), Key, Body }));
const leave = (request: object) =>
  runExecution(mars.sfn(mars.homeRegion), mars.removeRegionArn, { BaseName: set.baseName, ...request });
const add = (Regions: string) => addRegions(mars, set, Regions);
/** Of this set: others come and go meanwhile. */
const everything = async () =>
  (await resourcesIn(mars, set.regions)).filter((each) => each.includes(set.baseName));

/** What a user may have put into a bucket's policy. */
const usersOwn = (Bucket: string) => ({
  Sid: 'UsersOwn',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:DeleteBucket',
  Resource: `arn:aws:s3:::${Bucket}`,
  Condition: { StringEquals: { 'aws:RequestedRegion': 'mars-north-1' } },
});
async function statementsOf(region: string): Promise<unknown> {
  const command = new GetBucketPolicyCommand({ Bucket: bucketName(set.baseName, region) });
  return JSON.parse((await mars.s3(region).send(command)).Policy ?? '').Statement;
}

/** Objects of this region that users wrote until they were refused; all that S3 took. */
async function writeUntilRefused(region: string, prefix: string): Promise<string[]> {
  const written: string[] = [];
  for (;;) {
    const key = `${prefix}/${written.length}`;
    try {
      await put(region, key, `${key} of ${region}`);
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'AccessDenied') return written;
      throw error;
    }
    written.push(key);
    await sleep(150);
  }
}

/** Writes of a region that stays, until told; their keys. */
function load(region: string, prefix: string): () => Promise<string[]> {
  const keyOf = (number: number) => `${prefix}/${number}`;
  const end = again(150, (number) => put(region, keyOf(number), keyOf(number)));
  return async () => Array.from({ length: await end() }, (_, number) => keyOf(number));
}

const allIn = (regions: BucketSet['regions'], keys: string[], from: string): Promise<void> =>
  allAsIn(mars, from, { baseName: set.baseName, regions }, keys);

test.each([
  [
    "the journal's home",
    { Regions: home, Buckets: 'Keep' },
    'Regions',
    /remove the replica in the stack region/,
  ],
  ['a region that the set has not', { Regions: added, Buckets: 'Keep' }, 'Regions', /eu-central-1 is none/],
  [
    'all but one',
    { Regions: `${other},${kept},${deleted}`, Buckets: 'Keep' },
    'Regions',
    /two regions or more/,
  ],
  ['to guess what becomes of the bucket', { Regions: kept }, 'Buckets', /"Keep"\|"Delete"/],
])('refuses %s before it touches anything', async (_, request, field, expected) => {
  const before = await everything();
  const refused = await leave(request);
  expect(refused).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expect(causeOf(refused)).toMatchObject({ field, expected: expect.stringMatching(expected) });
  expect(await everything()).toEqual(before);
});

test('not while something is missing elsewhere: then all is as before', async () => {
  const before = await everything();
  await mars.s3(kept).send(new DeleteBucketPolicyCommand({ Bucket: bucketName(set.baseName, kept) }));
  const sfn = mars.sfn(mars.homeRegion);
  const request = { BaseName: set.baseName, Regions: kept, Buckets: 'Delete' };
  const executionArn = await startExecution(sfn, mars.removeRegionArn, request);
  // The comparison is what would tell; whatever ends it but its success counts.
  const comparison = await until('a comparison', async () => {
    const { executions = [] } = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: mars.reconcileArn, statusFilter: 'RUNNING' }),
    );
    const inputs = executions.map(async ({ executionArn }) => {
      const { input = '' } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return input.includes(set.baseName) ? executionArn : undefined;
    });
    return (await Promise.all(inputs)).find((arn) => arn !== undefined);
  });
  await expect(put(kept, 'refused', 'text')).rejects.toMatchObject({ name: 'AccessDenied' });
  await sfn.send(new StopExecutionCommand({ executionArn: comparison }));
  const ended = await waitForEnd(sfn, executionArn);
  expect(ended).toMatchObject({ status: 'FAILED', error: 'DifferencesRemain' });
  expect(await everything()).toEqual(before);
  await expect(statementsOf(kept)).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
  await put(kept, 'taken again', 'text');
  await allIn([home, other, kept, deleted], ['taken again'], kept);
});

test(
  'a region leaves under a load of writes; the others have all that it took, and its bucket stays',
  async () => {
    await put(kept, 'large', Buffer.alloc(20_000_000, 'large'));
    const Bucket = bucketName(set.baseName, kept);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: usersOwn(Bucket) });
    await mars.s3(kept).send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const ends = load(home, 'home');
    const [left, there] = await Promise.all([
      leave({ Regions: kept, Buckets: 'Keep' }),
      writeUntilRefused(kept, 'kept'),
    ]);
    const news = await ends();
    expect(left).toMatchObject({ status: 'SUCCEEDED', cause: undefined });
    expect(await replicasOf(mars, set)).toEqual([deleted, other].sort());
    await allIn([home, other, deleted], [...there, 'large'], kept);
    await allIn([home, other, deleted], news, home);

    const resources = (await resourcesIn(mars, [kept])).filter((each) => each.includes(set.baseName));
    expect(resources).toEqual([expect.stringContaining(`AWS::S3::Bucket ${Bucket}`)]);
    await put(kept, 'only here', 'text');
    expect(await statementsOf(kept)).toEqual([usersOwn(Bucket)]);
  },
  within(240_000),
);

test(
  'a region leaves with its bucket',
  async () => {
    const ends = load(other, 'other');
    const [left, there] = await Promise.all([
      leave({ Regions: deleted, Buckets: 'Delete' }),
      writeUntilRefused(deleted, 'deleted'),
    ]);
    const news = await ends();
    expect(left).toMatchObject({ status: 'SUCCEEDED', cause: undefined });
    expect(there).not.toEqual([]);
    expect(await replicasOf(mars, set)).toEqual([other]);
    for (const key of there) {
      const seen = await Promise.all(stay.map((region) => readBack(mars, set.baseName, region, key)));
      const digest = sha256(Buffer.from(`${key} of ${deleted}`));
      expect(seen.map((each) => each?.sha256)).toEqual([digest, digest]);
    }
    await allIn(stay, news, other);
    const resources = (await resourcesIn(mars, [deleted])).filter((each) => each.includes(set.baseName));
    expect(resources).toEqual([]);
  },
  within(240_000),
);

test(
  'a region that left does not come back; another one gets what only those that left had written',
  async () => {
    const refused = await add(kept);
    expect(refused).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
    expect(causeOf(refused)).toMatchObject({ expected: expect.stringContaining(`${kept} has left it`) });

    expect(await add(added)).toMatchObject({ status: 'SUCCEEDED', cause: undefined });
    const Bucket = bucketName(set.baseName, home);
    const { Contents = [] } = await mars.s3(home).send(new ListObjectsV2Command({ Bucket }));
    const keys = Contents.map(({ Key = '' }) => Key);
    expect(keys).toContain('large');
    expect(keys).toContain('kept/0');
    await allIn([home, other, added], keys, home);
    await removeSet(mars, set);
  },
  within(240_000),
);
