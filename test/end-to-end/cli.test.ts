import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import type { SetStatus } from '../../cli/commands';
import type { Installation } from '../../cli/installation';
import { portsOf } from '../../cli/status';
import {
  bucketName,
  codeBucket,
  queueProcessorName,
  streamProcessorName,
} from '../../functions/contracts/names';
import type { ReconcileResult } from '../../functions/contracts/reconcile';
import { recordFailure } from '../../functions/replication/replicas';
import { replicated } from '../../local/demo/replicated';
import { mars, marsJson, startMars, startMarsWith } from './command-line';
import { within } from './embedded';
import { type BucketSet, installed, named, patience, putText, until, untilSo } from './mars';
import { switchFunction } from './switch-function';

/** Regions of its own: what is switched off here, no other test uses. */
const set: BucketSet = { baseName: named('cli'), regions: ['eu-central-2', 'il-central-1'] };
const [zurich, telAviv] = set.regions;
const third = 'eu-south-2';
const base = set.baseName;
let home: Installation;
let created: string;

interface Ended<Output = unknown> {
  executionArn: string;
  status: string;
  output: Output;
  error?: string;
}
interface Refused {
  error: string;
  cause: Record<string, unknown>;
}
interface Failed {
  region: string;
  key: string;
  reason: string;
}

beforeAll(async () => {
  home = await installed();
  const { code, json } = await marsJson<Ended>('create', base, '--regions', set.regions.join());
  expect([code, json.status]).toEqual([0, 'SUCCEEDED']);
  created = json.executionArn;
}, within(120_000));

test('what an execution did, as text, and as a page in a file', async () => {
  const { code, stdout } = await mars('trace', created);
  expect(code).toBe(0);
  expect(stdout).toMatch(/✓ Create regional buckets[^\n]*\n +eu-central-2\n +✓ Create bucket stack/);
  const file = join(await mkdtemp(join(tmpdir(), 'mars-')), 'trace.html');
  expect((await mars('trace', created, '--html', file)).code).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('Create bucket stack: succeeded');
  const nowhere = join(dirname(file), 'no-folder', 'trace.html');
  expect(await mars('trace', created, '--html', nowhere)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`${nowhere} can't be written`),
  });
  const { code: wrong, stderr } = await mars('trace', 'no-arn');
  expect([wrong, stderr]).toEqual([2, expect.stringContaining('"no-arn" is no ARN of an execution')]);
});

test('a refused workflow ends with 1, its reason, and what to do next', async () => {
  const { code, stdout, stderr } = await mars('create', base, '--regions', set.regions.join());
  expect(code).toBe(1);
  expect(`${stdout}${stderr}`).toMatch(/BaseNameInUse: BaseName is ".*", expected a name that no set has/);
  expect(`${stdout}${stderr}`).toContain(`mars add-region ${base}`);
});

test.each([
  ['an option that is missing', ['create', base], "required option '--regions"],
  ['an option that is unknown', ['status', base, '--all'], "unknown option '--all'"],
  ['a home that is none', ['--home', 'nowhere', 'status'], 'It is no region'],
  [
    'a choice that is none',
    ['remove-region', base, telAviv, '--buckets', 'burn'],
    'Allowed choices are keep, delete',
  ],
])('wrong use ends with 2: %s', async (_, args, expected) => {
  const { code, stderr } = await mars(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
});

test('a set that is not there', async () => {
  const { code, stderr } = await mars('status', 'no-such-set');
  expect([code, stderr]).toEqual([2, expect.stringContaining('"mars status" lists all')]);
});

test('names of buckets of its own are refused at once', async () => {
  const { code, json } = await marsJson<Refused>(
    'create',
    `code-${home.accountId}`,
    '--regions',
    set.regions.join(),
  );
  expect([code, json]).toMatchObject([2, { error: 'InvalidInput', cause: { field: 'BaseName' } }]);
});

test.each([
  ['before it starts anything', ['status', 'no-such-set'], 'there is no set "no-such-set"'],
  ['wrong use', ['status', '--all'], "unknown option '--all'"],
  ['wrong use of cost', ['cost', '--all'], "Unknown option '--all'"],
])('a refusal is JSON, too: %s', async (_, args, expected) => {
  const { code, json } = await marsJson<Refused>(...args);
  expect([code, json]).toEqual([
    2,
    { error: 'WrongUse', cause: { reason: expect.stringContaining(expected) } },
  ]);
});

test('whoever has read enough ends it, without a word', async () => {
  const { child, said } = startMars('cost', '--guide');
  child.stdout?.destroy();
  expect(await said).toMatchObject({ stderr: '' });
});

test('without credentials it says where to get some', async () => {
  const nobody = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nowhere',
  };
  const { said } = startMarsWith({ ...process.env, ...nobody }, 'status');
  expect(await said).toMatchObject({ code: 1, stderr: expect.stringContaining('. .local/env') });
});

test('status, behind and failed: 3 while something is, 0 when all is well', async () => {
  const seen = await putText(home, zurich, set, 'here', 'text');
  await replicated(home, set, 'here', seen, patience);
  const status = () => marsJson<object>('status', base);
  await untilSo('in step', async () => (await status()).code === 0);
  expect(Object.keys((await marsJson<object>('status')).json)).toContain(base);

  await switchFunction(home.lambda(telAviv), streamProcessorName, false);
  await putText(home, zurich, set, 'late', 'text');
  const behind = () => marsJson<{ region: string; key: string; kind: string }[]>('behind', base);
  const found = await until('one is behind', async () => {
    const { code, json } = await behind();
    return code === 3 && json.some(({ kind }) => kind === 'NotApplied') ? json : undefined;
  });
  expect(found).toMatchObject([{ region: telAviv, key: 'late', kind: 'NotApplied' }]);
  const { code, stdout } = await mars('status', base);
  expect([code, stdout]).toEqual([3, expect.stringMatching(/il-central-1 +1 +1 +\d+ s +0/)]);
  const dry = await mars('reconcile', base, '--dry-run', '--grace', '0', '--region', telAviv);
  expect([dry.code, dry.stdout]).toEqual([
    3,
    expect.stringMatching(/il-central-1 +1 +1 NotApplied +1 NotApplied/),
  ]);
  await switchFunction(home.lambda(telAviv), queueProcessorName, false);
  await interrupted('reconcile', base, '--grace', '0'); // which waits for what it repairs
  for (const name of [streamProcessorName, queueProcessorName])
    await switchFunction(home.lambda(telAviv), name, true);
  await untilSo('nothing is behind', async () => (await behind()).code === 0);
});

/** What is interrupted goes on, until "mars stop". */
async function interrupted(...command: string[]): Promise<void> {
  const { child, output, said } = startMars(...command);
  await untilSo('it has begun', async () => /› /.test(output()));
  child.kill('SIGINT');
  const [executionArn = ''] = /arn:aws:states:[\w:-]+/.exec(output()) ?? [];
  const { code, stdout, stderr } = await said;
  const next = `"mars stop ${executionArn}" ends it`;
  expect([code, `${stdout}${stderr}`]).toEqual([130, expect.stringContaining(next)]);
  expect(await mars('stop', executionArn)).toMatchObject({
    code: 0,
    stdout: 'stopped; what it has done stays\n',
  });
  const again = await mars('stop', executionArn);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('it is ABORTED') });
}

test('what was given up is listed with its reason, and gets ten more tries', async () => {
  const seen = await putText(home, zurich, set, 'given-up', 'text');
  await replicated(home, set, 'given-up', seen, patience);
  const place = { baseName: base, key: 'given-up' };
  const quiet = { ...portsOf(home)(telAviv), log: () => {} };
  await recordFailure(place, { reason: 'AccessDenied: no', attempts: 10, since: 0 }, quiet);
  const failed = () => marsJson<Failed[]>('failed', base);
  const { code, json } = await failed();
  expect([code, json]).toMatchObject([3, [{ region: telAviv, key: 'given-up', reason: 'AccessDenied: no' }]]);
  expect((await mars('failed', base)).stdout).toContain(`mars retry ${base} KEY`);
  expect((await marsJson<Ended>('retry', base, 'given-up')).json.status).toBe('SUCCEEDED');
  await untilSo('nothing has failed', async () => (await failed()).code === 0);
  const one = await marsJson<Ended>('redrive', base, '--prefix', 'g', '--region', telAviv);
  expect([one.code, one.json.output]).toEqual([0, { Regions: [{ Region: telAviv, Keys: 0, Messages: 0 }] }]);
  expect((await mars('retry', base, 'given-up')).stdout).toContain(
    'nothing of it is listed as failed in eu-central-2, il-central-1',
  );
});

test('status --watch looks again and again', async () => {
  const { child, output, said } = startMars('status', base, '--watch');
  await untilSo('it has looked twice', async () => output().split(`${base} `).length > 2);
  child.kill('SIGINT');
  expect((await said).stdout).toMatch(/il-central-1 +\d+ +in step/);
});

test('update tells what it has brought up to date', async () => {
  const { code, json } = await marsJson<Ended>('update', base);
  expect([code, json.output]).toEqual([0, { Regions: [...set.regions], BaseNames: [base] }]);
});

test('cost has options of its own, and its own help', async () => {
  const use = ['--regions', '3', '--objects-per-day', '6000', '--average-size', '1MB'];
  const { code, json } = await marsJson<{ total: number }>('cost', ...use);
  expect([code, json.total]).toEqual([0, expect.any(Number)]);
  expect((await mars('cost', '--help')).stdout).toContain('--reconciles-per-month');
  expect(await mars('cost', '--regions', '1')).toMatchObject({ code: 2 });
});

test(
  'reconcile compares, and tells where its report is',
  async () => {
    const { code, json } = await marsJson<Ended<ReconcileResult>>('reconcile', base, '--dry-run');
    expect([code, json.status]).toEqual([0, 'SUCCEEDED']);
    expect(json.output.Found[telAviv]?.Objects).toBe(3);
    const { stdout } = await mars('reconcile', base, '--prefix', 'here');
    expect(stdout).toMatch(/il-central-1 +1 +none +none +0/);
    expect(stdout).toContain('report: s3://mars-reports-');
  },
  within(120_000),
);

test(
  'a region comes and goes; each step is told by region',
  async () => {
    // What a call of StageCode leaves that ended before the bucket had its policy.
    const s3 = home.s3(third);
    const Bucket = codeBucket(home.codeBuckets, third);
    const CreateBucketConfiguration = { LocationConstraint: third } as const;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    const { said } = startMars('add-region', base, third);
    const status = () => marsJson<Record<string, SetStatus>>('status', base);
    const { json } = await until('it is being worked on', async () => {
      const now = await status();
      return now.json[base]?.execution === undefined ? undefined : now;
    });
    expect(json[base]?.execution).toContain(':MARS-AddRegion:');
    const { code, stdout } = await said;
    expect((await status()).json[base]?.execution).toBeUndefined();
    expect(code).toBe(0);
    // Which of its steps are seen depends on how long they take.
    expect(stdout).toMatch(new RegExp(`› ${third} (Create|Wait for|Switch)`));
    expect(stdout).toContain(`\n${bucketName(base, third)}\n`);
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toContain('TlsOnly');
    await replicated(
      home,
      { ...set, regions: [telAviv, third] },
      'here',
      await putText(home, zurich, set, 'here', 'again'),
      patience,
    );
    expect((await mars('remove-region', base, third, '--buckets', 'delete')).code).toBe(0);
  },
  within(120_000),
);

test(
  'delete refuses while buckets hold objects',
  async () => {
    const { code, stdout, stderr } = await mars('delete', base);
    expect(code).toBe(1);
    expect(`${stdout}${stderr}`).toContain(`mars delete ${base} --empty`);
    expect(`${stdout}${stderr}`).toMatch(/eu-central-2 [1-9], il-central-1 [1-9]/);
    await home.s3(zurich).send(new DeleteObjectCommand({ Bucket: bucketName(base, zurich), Key: 'here' }));
    expect((await marsJson<Ended>('delete', base, '--empty')).json.status).toBe('SUCCEEDED');
  },
  within(120_000),
);
