import { setTimeout as sleep } from 'node:timers/promises';
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { type RegionStatus, statusOf } from '../../cli/status';
import { bucketName } from '../../functions/contracts/names';
import { replicationFunctions } from '../../infra/replication';
import { readBack, type Seen } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { endedCopies } from './copies';
import { testEmbedded } from './embedded';
import { type BucketSet, named, patience } from './mars';
import { atPart, throughProxy } from './through-proxy';

/** What can happen while the parts of a large object are copied: a test each, at the copy of the second part. */

// `there` is a region that no other test uses: its functions call through a proxy.
const set: BucketSet = { baseName: named('troubles'), regions: ['us-west-2', 'ap-northeast-2'] };
const [here, there] = set.regions;
const on = throughProxy(set);

const large = (text: string): Buffer => Buffer.alloc(20_000_000, text);

const atSecondPart = (key: string, happens: () => Promise<unknown>) => atPart(on.proxy, 2, key, happens);

const closed = (key: string) => endedCopies(on.mars, set, key);

testEmbedded('overwritten: one of the two writes is shown, whole, and then the second', async () => {
  const key = 'overwritten';
  let second: Seen | undefined;
  const overwritten = atSecondPart(key, async () => {
    second = await on.put(here, key, large('second'));
  });
  const first = await on.put(here, key, large('first'));
  await overwritten;
  const shown = new Set<string | undefined>();
  while (!shown.has(second?.sha256)) shown.add((await readBack(on.mars, set.baseName, there, key))?.sha256);
  expect([undefined, first.sha256, second?.sha256]).toEqual(expect.arrayContaining([...shown]));
  await closed(key);
});

testEmbedded('deleted: it ends deleted', async () => {
  const key = 'deleted';
  const deleted = atSecondPart(key, () =>
    on.mars.s3(here).send(new DeleteObjectCommand({ Bucket: bucketName(set.baseName, here), Key: key })),
  );
  await on.put(here, key, large(key));
  await deleted;
  await replicated(on.mars, set, key, undefined, patience);
  const [row] = await closed(key);
  expect(['Complete', 'Superseded']).toContain(row?.Status);
});

testEmbedded('its version is deleted for good: the version before is shown again', async () => {
  const key = 'removed';
  const before = await on.put(here, key, Buffer.from('before'));
  await replicated(on.mars, set, key, before, patience);
  const removed = atSecondPart(key, async () => {
    const Bucket = bucketName(set.baseName, here);
    const { VersionId } = await on.mars.s3(here).send(new HeadObjectCommand({ Bucket, Key: key }));
    await on.mars.s3(here).send(new DeleteObjectCommand({ Bucket, Key: key, VersionId }));
  });
  await on.put(here, key, large(key));
  await removed;
  await replicated(on.mars, set, key, before, patience);
  const [row] = await closed(key);
  // The write before is journaled anew, or the parts of what is gone are asked for, whichever comes first.
  expect(row?.Status === 'Failed' ? row.Reason : row?.Status).toMatch(
    /^Superseded$|^NoSuchVersion: |^SourceGone: /,
  );
});

testEmbedded('looked at meanwhile: it is behind, and so much of it is copied', async () => {
  const key = 'watched';
  let told: RegionStatus[] = [];
  const watched = atSecondPart(key, async () => {
    told = await statusOf(on.mars, set);
  });
  const seen = await on.put(here, key, large(key));
  await watched;
  const [origin, destination] = told;
  expect(origin).toMatchObject({ region: here, behind: 0, oldest: 0, copies: [] });
  expect(destination).toMatchObject({ region: there, behind: 1, failed: [] });
  const copies = destination?.copies.filter((copy) => copy.key === key); // another test's may be ending
  expect(copies).toEqual([{ key, bytes: seen.bytes, percent: expect.any(Number) }]);
  expect(copies?.[0]?.percent).toBeLessThan(100);
  await replicated(on.mars, set, key, seen, patience);
});

testEmbedded('a part fails four times: it is copied', async () => {
  const key = 'failing';
  let left = 4;
  on.proxy.fault = ({ url }) =>
    url?.includes('partNumber=2') && url.includes(key) && left-- > 0
      ? { status: 503, code: 'SlowDown' }
      : undefined;
  await replicated(on.mars, set, key, await on.put(here, key, large(key)), patience);
  expect(left).toBeLessThanOrEqual(0);
  expect(await closed(key)).toMatchObject([{ Status: 'Complete', Attempt: 1, PartsDone: 3 }]);
});

testEmbedded('the function is killed: the parts are copied by the next', async () => {
  const key = 'killed';
  const FunctionName = replicationFunctions.find(({ id }) => id === 'CopyParts')?.name;
  const lambda = on.mars.lambda(there);
  const { Timeout } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  // Lambda ends a function that takes too long, wherever it stands.
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 3 }));
  let calls = 0;
  on.proxy.fault = ({ url }) =>
    url?.includes('partNumber=2') && url.includes(key) && ++calls === 1 ? sleep(10_000) : undefined;
  try {
    const seen = await on.put(here, key, large(key));
    await replicated(on.mars, set, key, seen, patience);
  } finally {
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout }));
  }
  expect(calls).toBeGreaterThan(1);
  expect(await closed(key)).toMatchObject([{ Status: 'Complete', Attempt: 1 }]);
});

testEmbedded('both regions write one key at once: both show one of the two, whole', async () => {
  const key = 'contended';
  const [first, second] = await Promise.all([
    on.put(here, key, large('written here')),
    on.put(there, key, large('written there')),
  ]);
  const end = Date.now() + patience;
  const shown = () => Promise.all(set.regions.map((region) => readBack(on.mars, set.baseName, region, key)));
  for (;;) {
    const [a, b] = await shown();
    if (a?.sha256 === b?.sha256) {
      expect([first.sha256, second.sha256]).toContain(a?.sha256);
      break;
    }
    if (Date.now() > end) throw new Error('the regions differ');
    await sleep(100);
  }
  await closed(key);
});
