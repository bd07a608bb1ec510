import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { startExecution, waitForEnd } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';
import { resourcesIn } from './account';
import { within } from './embedded';
import {
  addRegions,
  again,
  allAsWritten,
  type BucketSet,
  causeOf,
  createSet,
  installed,
  named,
  removeSet,
  replicasOf,
  untilSo,
} from './mars';

const set: BucketSet = { baseName: named('grow'), regions: ['us-west-2', 'eu-west-1'] };
const [home, other] = set.regions;
/** No other test uses it: its base comes and goes with this one. */
const added = 'ca-west-1';

let mars: Installation;
beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

/** What each key holds by its last write, wherever that was; `undefined`: it is deleted. */
const written = new Map<string, string | Buffer | undefined>();
async function put(region: string, Key: string, Body: string | Buffer): Promise<void> {
  const Bucket = bucketName(set.baseName, region);
  await mars.s3(region).send(new PutObjectCommand({ Bucket, Key, Body }));
  written.set(Key, Body);
}
async function remove(region: string, Key: string): Promise<void> {
  await mars.s3(region).send(new DeleteObjectCommand({ Bucket: bucketName(set.baseName, region), Key }));
  written.set(Key, undefined);
}
async function rename(region: string, from: string, to: string): Promise<void> {
  const Bucket = bucketName(set.baseName, region);
  await mars.s3(region).send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${from}` }));
  written.set(to, written.get(from));
  await remove(region, from);
}
const add = (Regions: string) => addRegions(mars, set, Regions);

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
  const replicas = await replicasOf(mars, set);
  const sfn = mars.sfn(mars.homeRegion);
  const request = { BaseName: set.baseName, Regions: added };
  const executionArn = await startExecution(sfn, mars.addRegionArn, request);
  await untilSo('a replica of the journal', async () => (await replicasOf(mars, set)).includes(added));
  await sfn.send(new StopExecutionCommand({ executionArn }));
  await untilSo('rolled back', async () => (await resourcesIn(mars, [added])).length === before.length);
  expect(await resourcesIn(mars, [added])).toEqual(before);
  expect(await replicasOf(mars, set)).toEqual(replicas);
  expect(await waitForEnd(sfn, executionArn)).toMatchObject({ status: 'ABORTED' });
});

test(
  'a region is added under a load of writes, and gets all that was there, and all that comes',
  async () => {
    const old = Array.from({ length: 60 }, (_, number) => `old/${number}`);
    for (const [number, key] of old.entries()) await put(number % 2 ? home : other, key, `old ${number}`);
    await put(other, 'old/large', Buffer.alloc(20_000_000, 'large'));
    await remove(home, 'old/0');
    const end = again(50, async (number) => {
      const region = number % 2 ? home : other;
      await put(region, `new/${number}`, `new ${number}`);
      if (number % 5 === 0) await put(region, `old/${1 + (number % 59)}`, `changed ${number}`);
      if (number % 7 === 0) await rename(region, `new/${number}`, `renamed/${number}`);
    });
    const grown = await add(added);
    await end();
    expect(grown).toMatchObject({ status: 'SUCCEEDED', cause: undefined });
    expect(await replicasOf(mars, set)).toContain(added);

    const all: BucketSet = { baseName: set.baseName, regions: [home, other, added] };
    await put(added, 'from the new one', 'text');
    await allAsWritten(mars, all, written);
  },
  within(240_000),
);
