import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  DeleteObjectCommand,
  GetBucketPolicyCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { outputOf, runExecution } from '../../cli/execution';
import { portsOf, type RegionStatus } from '../../cli/status';
import {
  bucketName,
  journalTable,
  queueName,
  queueProcessorName,
  reportsBucketName,
  streamProcessorName,
} from '../../functions/contracts/names';
import type { CountsByRegion, ReconcileResult } from '../../functions/contracts/reconcile';
import { handlerOf as planReconcile } from '../../functions/plan-reconcile/plan-reconcile';
import { addCounts, compare } from '../../functions/reconcile/compare';
import { differencesKey, reportsIn } from '../../functions/reconcile/reports';
import { wholeNumber } from '../whole-number';
import { marsJson } from './command-line';
import { testEmbedded, within } from './embedded';
import { type BucketSet, named, patience } from './mars';
import { switchFunction } from './switch-function';
import { throughProxy } from './through-proxy';
import { unheard as unheardIn } from './unheard';

/**
 * Of 100 of many objects the event is lost, a region's functions are off for a while, and 50 copies fail with 403. At every
 * stage the status that a process of its own finds is that of a comparison by brute force. (OBJECTS=1000 takes a minute more.)
 */
const objects = wholeNumber('OBJECTS', process.env.OBJECTS ?? '400', 200, 100_000);
const set: BucketSet = { baseName: named('reconcile'), regions: ['us-east-1', 'ca-central-1', 'eu-north-1'] };
const [virginia, montreal, stockholm] = set.regions as [string, string, string];
const on = throughProxy(set); // Montreal's functions

/** What every region must show in the end: eTags (of plain uploads under SSE-S3 a digest of the bytes) by key. */
const wanted = new Map<string, string>();
const eTagOf = (body: string) => `"${createHash('md5').update(body).digest('hex')}"`;
const limit = pLimit(16);

async function putAll(keys: readonly string[], regionOf: (index: number) => string): Promise<void> {
  await Promise.all(
    keys.map((key, index) =>
      limit(async () => {
        const body = `${key}, ${wanted.get(key) ?? 'first'}`;
        await on.put(regionOf(index), key, body);
        wanted.set(key, eTagOf(body));
      }),
    ),
  );
}

const numbered = (what: string, number: number) => Array.from({ length: number }, (_, i) => `${what}/${i}`);

const unheard = (region: string, run: () => Promise<unknown>) => unheardIn(on.mars, set, region, run);

/** Keys of each region that do not show what they should, by listing all of it. */
async function byBruteForce(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const region of set.regions) {
    const shown = new Map<string, string>();
    const listing = { Bucket: bucketName(set.baseName, region) };
    for await (const { Contents = [] } of paginateListObjectsV2({ client: on.mars.s3(region) }, listing))
      for (const { Key = '', ETag = '' } of Contents) shown.set(Key, ETag);
    const keys = new Set([...wanted.keys(), ...shown.keys()]);
    found[region] = [...keys].filter((key) => shown.get(key) !== wanted.get(key)).sort();
  }
  return found;
}

/** Waits until exactly these keys are behind. */
async function settled(region: string, behind: readonly string[]): Promise<void> {
  const end = Date.now() + 2 * patience;
  for (;;) {
    const found = (await byBruteForce())[region] ?? [];
    if (JSON.stringify(found) === JSON.stringify([...behind].sort())) return;
    if (Date.now() > end) throw new Error(`${region} is behind with ${found.length}, not ${behind.length}`);
    await sleep(500);
  }
}

/** Asked by a process that did none of the work. */
async function status(): Promise<Record<string, RegionStatus>> {
  const { json } = await marsJson<Record<string, { regions: RegionStatus[] }>>('status', set.baseName);
  return Object.fromEntries((json[set.baseName]?.regions ?? []).map((each) => [each.region, each]));
}

async function statusIsTrue(): Promise<Record<string, RegionStatus>> {
  const [told, found] = [await status(), await byBruteForce()];
  for (const region of set.regions) {
    expect([region, told[region]?.behind]).toEqual([region, found[region]?.length]);
    if (found[region]?.length === 0) expect(told[region]?.oldest).toBe(0);
    else expect(told[region]?.oldest).toBeGreaterThan(0);
  }
  return told;
}

async function execute(stateMachineArn: string, input: object): Promise<unknown> {
  const sfn = on.mars.sfn(on.mars.homeRegion);
  return outputOf(await runExecution(sfn, stateMachineArn, { BaseName: set.baseName, ...input }));
}

const reconcile = async (input: object) =>
  (await execute(on.mars.reconcileArn, { GraceMinutes: 0, ...input })) as ReconcileResult;

/** Lines of a report's first round, which had one range. */
async function reported({
  Report,
}: ReconcileResult): Promise<{ key: string; region: string; kind: string }[]> {
  const [, Bucket = '', folder = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(Report) ?? [];
  const of = portsOf(on.mars)(on.mars.homeRegion);
  const text = (await reportsIn(Bucket, of).read(differencesKey(folder, 1, 0, 0))) ?? '';
  return text.split('\n').map((line) => JSON.parse(line));
}

const isDenied = ({ method, url, headers }: IncomingMessage) =>
  method === 'PUT' && headers['x-amz-copy-source'] !== undefined && url?.includes('/denied/') === true;

/** Delivers all messages of a region's Queue until the next time is the tenth, their last, and lets them come then. */
async function nineDeliveries(region: string, number: number): Promise<void> {
  const sqs = on.mars.sqs(region);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  const show = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  const held = new Set<string | undefined>();
  const end = Date.now() + 5 * patience;
  while (held.size < number) {
    if (Date.now() > end) throw new Error(`${held.size} messages of ${number} were seen nine times`);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        VisibilityTimeout: 600,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    for (const { ReceiptHandle, Attributes } of Messages) {
      if (Number(Attributes?.ApproximateReceiveCount) < 9) await show(ReceiptHandle, 0);
      else held.add(ReceiptHandle);
    }
  }
  for (const receipt of held) await show(receipt, 0);
}

const lost = numbered('lost', 90);
const denied = numbered('denied', 50);
const gone = numbered('gone', 10);

testEmbedded(
  'lost events, functions that were off, copies that were refused: status is true, and all ends in step',
  async () => {
    const { lambda } = on.mars;
    on.proxy.fault = (call) => (isDenied(call) ? { status: 403, code: 'AccessDenied' } : undefined);
    for (const name of [streamProcessorName, queueProcessorName])
      await switchFunction(lambda(stockholm), name, false);

    // All but Stockholm go on; what Stockholm itself writes waits in its queue.
    await putAll([...numbered('plain', objects - 150), ...gone], (index) =>
      index % 2 ? virginia : montreal,
    );
    await putAll(denied, () => virginia);
    await settled(virginia, []);
    await settled(montreal, denied);
    await settled(stockholm, [...wanted.keys()]);
    await unheard(virginia, async () => {
      await putAll(lost, () => virginia);
      const Bucket = bucketName(set.baseName, virginia);
      for (const Key of gone) {
        await on.mars.s3(virginia).send(new DeleteObjectCommand({ Bucket, Key }));
        wanted.delete(Key);
      }
    });
    await statusIsTrue();

    await switchFunction(lambda(stockholm), streamProcessorName, true);
    await switchFunction(lambda(stockholm), queueProcessorName, true);
    await settled(stockholm, [...lost, ...gone]);
    const midway = await statusIsTrue();
    expect(midway[montreal]).toMatchObject({ behind: lost.length + denied.length + gone.length, failed: [] });

    // The 50 are given up.
    await switchFunction(lambda(montreal), queueProcessorName, false);
    await nineDeliveries(montreal, denied.length);
    await switchFunction(lambda(montreal), queueProcessorName, true);
    let told = await status();
    for (
      const end = Date.now() + 2 * patience;
      told[montreal]?.failed.length !== denied.length;
      told = await status()
    )
      if (Date.now() > end) throw new Error(`${told[montreal]?.failed.length} keys are listed as failed`);
    expect(told[montreal]?.failed[0]).toMatchObject({
      attempts: 10,
      reason: expect.stringContaining('AccessDenied'),
    });

    const dry = await reconcile({ Repair: false });
    const found = await byBruteForce();
    const lines = await reported(dry);
    for (const region of set.regions) {
      const keys = lines.filter((line) => line.region === region).map(({ key }) => key);
      // Virginia shows what the others must: that no event told of it is a difference, too.
      const expected = region === virginia ? [...lost, ...gone] : found[region];
      expect([region, keys.sort()]).toEqual([region, expected?.toSorted()]);
    }
    expect(dry.Found).toMatchObject({
      [virginia]: { Behind: 0, Differences: { Unheard: lost.length + gone.length } },
      [montreal]: { Differences: { NotApplied: denied.length, Untold: lost.length + gone.length } },
      [stockholm]: { Differences: { Untold: lost.length + gone.length } },
    });

    on.proxy.fault = undefined;
    const { Regions } = (await execute(on.mars.redriveArn, { Prefix: 'denied/' })) as { Regions: object[] };
    const none = { Keys: 0, Messages: 0 };
    expect(Regions).toEqual(
      set.regions.map((Region) => ({ Region, ...(Region === montreal ? { Keys: 50, Messages: 0 } : none) })),
    );
    await reconcile({});
    for (const region of set.regions) await settled(region, []);
    for (const each of Object.values(await statusIsTrue()))
      expect(each).toMatchObject({ behind: 0, oldest: 0, failed: [], copies: [], objects: wanted.size });
  },
  within(480_000),
);

testEmbedded(
  'what a listing does not show, a deep comparison finds: tags; and a version that is gone',
  async () => {
    const [tagged, removed] = ['plain/1', 'plain/2'];
    await unheard(virginia, () => {
      const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
      const target = { Bucket: bucketName(set.baseName, virginia), Key: tagged };
      return on.mars.s3(virginia).send(new PutObjectTaggingCommand({ ...target, Tagging }));
    });
    await unheard(stockholm, async () => {
      const target = { Bucket: bucketName(set.baseName, stockholm), Key: removed };
      const { VersionId } = await on.mars.s3(stockholm).send(new HeadObjectCommand(target));
      await on.mars.s3(stockholm).send(new DeleteObjectCommand({ ...target, VersionId }));
    });
    const missing = expect.objectContaining({ key: removed, region: stockholm, kind: 'Missing' });
    const shallow = await reported(await reconcile({ Repair: false, Prefix: 'plain/' }));
    expect(shallow).toEqual([missing]);
    const deep = await reported(await reconcile({ Repair: false, Deep: true, Prefix: 'plain/' }));
    const tags = [virginia, montreal, stockholm].map((region) =>
      expect.objectContaining({ key: tagged, region, kind: region === virginia ? 'Tags' : 'Untold' }),
    );
    expect(deep).toHaveLength(4);
    expect(deep).toEqual(expect.arrayContaining([missing, ...tags]));
    const { Found } = await reconcile({ Repair: false, Deep: true, Region: montreal, Prefix: 'plain/1' });
    expect(Found).toEqual({ [montreal]: expect.objectContaining({ Differences: { Untold: 1 } }) });
  },
);

testEmbedded('bytes or headers that are not those of the write are told of', async () => {
  const TableName = journalTable(set.baseName);
  await on.mars.db(virginia).send(
    new UpdateCommand({
      TableName,
      Key: { key: 'plain/5', origin: virginia },
      UpdateExpression: 'SET headers = :other',
      ExpressionAttributeValues: { ':other': 'of another write' },
    }),
  );
  const lines = await reported(
    await reconcile({ Repair: false, Deep: true, Prefix: 'plain/5', Region: virginia }),
  );
  expect(lines).toEqual([expect.objectContaining({ key: 'plain/5', region: virginia, kind: 'Altered' })]);
});

testEmbedded('ranges by a sample of the journal hold every key once', async () => {
  const of = portsOf(on.mars);
  const home = of(on.mars.homeRegion);
  const Comparison = {
    BaseName: set.baseName,
    Regions: [...set.regions],
    Targets: [...set.regions],
    Prefix: '',
    Deep: false,
  };
  const bucket = reportsBucketName(on.mars.accountId, on.mars.homeRegion);
  const plan = planReconcile({ home, portsOf: of, bucket }, objects / 10);
  const run = await plan({ Comparison: { ...Comparison, Repair: false }, Execution: 'by-hand', Started: '' });
  expect(run.Ranges).toBeGreaterThan(5);
  let counts: CountsByRegion = {};
  for (const range of JSON.parse((await reportsIn(bucket, home).read(run.RangesKey)) ?? '[]'))
    for await (const portion of compare(Comparison, range, 0, of)) counts = addCounts(counts, portion.counts);
  const counted = Object.values(counts).map(({ Objects }) => Objects);
  expect(counted).toEqual([wanted.size, wanted.size, wanted.size - 1]); // one was removed above
});

testEmbedded.each<[object, string, object]>([
  [{ BaseName: 'no-such-set' }, 'BaseName', {}],
  [{ Region: 'us-west-2' }, 'Region', { value: 'us-west-2', expected: `one of ${set.regions.join(', ')}` }],
  [{ Repair: 'yes' }, 'Repair', { expected: 'a boolean' }],
  [{ Prefx: 'a' }, 'Prefx', { expected: 'no such field' }],
])('MARS-Reconcile refuses %j before it looks at anything', async (input, field, detail) => {
  await expect(execute(on.mars.reconcileArn, input)).rejects.toThrow('InvalidInput');
  const { sfn, homeRegion, reconcileArn } = on.mars;
  const payload = { BaseName: set.baseName, ...input };
  const ended = await runExecution(sfn(homeRegion), reconcileArn, payload);
  expect(JSON.parse(ended.cause ?? '')).toMatchObject({ field, ...detail });
});

testEmbedded('an object that S3 refuses to show is listed as such, and all others are compared', async () => {
  const s3 = on.mars.s3(stockholm);
  const Bucket = bucketName(set.baseName, stockholm);
  await unheard(stockholm, async () => {
    for (const key of ['kept/readable', 'kept/unreadable']) await on.put(stockholm, key, key);
  });
  const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy);
  const refuse = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${Bucket}/kept/unreadable`,
  };
  const refusing = JSON.stringify({ ...policy, Statement: [...policy.Statement, refuse] });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: refusing }));
  const lines = await reported(await reconcile({ Repair: false, Prefix: 'kept/', Region: stockholm }));
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect(lines.map(({ key, region, kind }) => [key, region, kind])).toEqual([
    ['kept/readable', stockholm, 'Unheard'],
    ['kept/unreadable', stockholm, 'Unreadable'],
  ]);
});

testEmbedded('what holds nothing is in step', async () => {
  const { Found } = await reconcile({ Repair: false, Prefix: 'no such prefix' });
  const inStep = { Objects: 0, Behind: 0, Differences: {} };
  expect(Found).toEqual(Object.fromEntries(set.regions.map((region) => [region, inStep])));
});

testEmbedded('the schedule starts MARS-Reconcile for all sets there are', async () => {
  const { sfn, homeRegion, reconcileArn } = on.mars;
  const ended = await runExecution(sfn(homeRegion), `${reconcileArn}All`, {});
  expect(ended.status).toBe('SUCCEEDED');
  const started = await Promise.all(
    (ended.output as string[]).map((executionArn) =>
      sfn(homeRegion).send(new DescribeExecutionCommand({ executionArn })),
    ),
  );
  expect(started.map(({ input }) => JSON.parse(input ?? ''))).toContainEqual({ BaseName: set.baseName });
});

testEmbedded('what stands open is counted by the clock', async () => {
  const command = new InvokeCommand({ FunctionName: 'MARS-Measure' });
  const { FunctionError, Payload } = await on.mars.lambda(montreal).send(command);
  expect([FunctionError, Payload?.transformToString()]).toEqual([undefined, 'null']);
});
