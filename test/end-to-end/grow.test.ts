import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { runExecution, startExecution, waitForEnd } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { findStack } from '../../functions/common/cloudformation';
import { bucketName, journalTable, stackNames } from '../../functions/contracts/names';
import { readBack } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { resourcesIn } from './account';
import { type BucketSet, causeOf, createSet, installed, patience, removeSet, until, untilSo } from './mars';

const set: BucketSet = { baseName: 'e2e-grow', regions: ['us-west-2', 'eu-west-1'] };
const [home, other] = set.regions;
/** No other test uses it: its base comes and goes with this one. */
const added = 'ca-west-1';

let mars: Installation;
beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

const put = (region: string, Key: string, Body: string | Buffer) =>
  mars.s3(region).send(new PutObjectCommand({ Bucket: bucketName(set.baseName, region), Key, Body }));
const remove = (region: string, Key: string) =>
  mars.s3(region).send(new DeleteObjectCommand({ Bucket: bucketName(set.baseName, region), Key }));
async function rename(region: string, from: string, to: string): Promise<void> {
  const Bucket = bucketName(set.baseName, region);
  await mars.s3(region).send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` }));
  await remove(region, from);
}
const add = (Regions: string) =>
  runExecution(mars.sfn(mars.homeRegion), mars.addRegionArn, { BaseName: set.baseName, Regions });
async function replicasOf(): Promise<string[]> {
  const { Table } = await mars
    .db(home)
    .send(new DescribeTableCommand({ TableName: journalTable(set.baseName) }));
  return Table?.Replicas?.map(({ RegionName = '' }) => RegionName).sort() ?? [];
}

test.each([
  ['a region that the set has', `${added}, ${other}`],
  ['a region twice', `${added}, ${added}`],
  ['an unsupported region', 'mars-north-1'],
])('refuses %s before it touches anything', async (_, Regions) => {
  const before = await resourcesIn(mars, [added]);
  const refused = await add(Regions);
  expect(refused).toMatchObject({ status: 'FAILED', error: 'InvalidInput' });
  expect(causeOf(refused)).toMatchObject({ field: 'Regions' });
  expect(await resourcesIn(mars, [added])).toEqual(before);
});

test('stopped while the region is added, all that was made goes, and the set is as before', async () => {
  const before = await resourcesIn(mars, [added]);
  const replicas = await replicasOf();
  const sfn = mars.sfn(mars.homeRegion);
  const request = { BaseName: set.baseName, Regions: added };
  const executionArn = await startExecution(sfn, mars.addRegionArn, request);
  await until('a bucket', () => findStack(mars.cloudFormation(added), stackNames.bucket(set.baseName)));
  await sfn.send(new StopExecutionCommand({ executionArn }));
  await untilSo('rolled back', async () => (await resourcesIn(mars, [added])).length === before.length);
  expect(await resourcesIn(mars, [added])).toEqual(before);
  expect(await replicasOf()).toEqual(replicas);
  expect(await waitForEnd(sfn, executionArn)).toMatchObject({ status: 'ABORTED' });
});

test('a region is added under a load of writes, and gets all that was there, and all that comes', async () => {
  const old = Array.from({ length: 60 }, (_, number) => `old/${number}`);
  for (const [number, key] of old.entries()) await put(number % 2 ? home : other, key, `old ${number}`);
  await put(other, 'old/large', Buffer.alloc(20_000_000, 'large'));
  await remove(home, 'old/0');
  let isOver = false;
  let written = 0;
  const load = (async () => {
    for (; !isOver; written++) {
      const region = written % 2 ? home : other;
      await put(region, `new/${written}`, `new ${written}`);
      if (written % 5 === 0) await put(region, `old/${1 + (written % 59)}`, `changed ${written}`);
      if (written % 7 === 0) await rename(region, `new/${written}`, `renamed/${written}`);
      await sleep(50);
    }
  })();
  const grown = await add(added);
  isOver = true;
  await load;
  expect(grown).toMatchObject({ status: 'SUCCEEDED', cause: undefined });
  expect(await replicasOf()).toContain(added);

  const regions = [home, other, added];
  const all = { baseName: set.baseName, regions };
  const news = Array.from({ length: written }, (_, number) => [`new/${number}`, `renamed/${number}`]).flat();
  for (const key of [...old, 'old/large', ...news]) {
    const atHome = await readBack(mars, set.baseName, home, key);
    await replicated(mars, all, key, atHome, patience);
  }
  await put(added, 'from the new one', 'text');
  await replicated(
    mars,
    all,
    'from the new one',
    await readBack(mars, set.baseName, added, 'from the new one'),
    patience,
  );
}, 240_000);
