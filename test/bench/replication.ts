import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { Installation } from '../../cli/installation';
import { bucketName, journalTable, replicasTable } from '../../functions/contracts/names';
import { deployRootStack } from '../../local/deploy';
import { startEmbeddedAws } from '../../local/embedded-aws';
import { type BucketSet, createSet } from '../end-to-end/mars';
import type { Benchmark } from './bench';
import { keysIn } from './keys-in';

const set: BucketSet = { baseName: 'bench', regions: ['us-west-2', 'eu-west-1', 'ap-southeast-1'] };
const [source, ...others] = set.regions;

type Counts = Record<string, number>;
interface Workload {
  /** What is counted per. */
  objects: number;
  run: (mars: Installation) => Promise<void>;
  /** Keys that all regions must show in the end. */
  keys: string[];
  /** Counted on the 2020 release, per object, unless of all. */
  in2020: Partial<
    Record<'API calls' | 'invocations' | 'messages' | 'DynamoDB writes' | 'seconds of all', number>
  >;
}

const keys = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}/${i}`);
const Bucket = bucketName(set.baseName, source);
const put = (mars: Installation, Key: string, bytes = 10_000) =>
  mars.s3(source).send(new PutObjectCommand({ Bucket, Key, Body: randomBytes(bytes) }));
const remove = (mars: Installation, Key: string) =>
  mars.s3(source).send(new DeleteObjectCommand({ Bucket, Key }));
async function rename(mars: Installation, from: string, Key: string): Promise<void> {
  await mars.s3(source).send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}` }));
  await remove(mars, from);
}
/** As a client with so many connections does. */
const atOnce = async <Item>(items: Item[], run: (item: Item) => Promise<unknown>): Promise<void> => {
  const limit = pLimit(16);
  await Promise.all(items.map((item) => limit(() => run(item))));
};

const small = { 'API calls': 3, 'DynamoDB writes': 4, messages: 3 };
/** In this order: what a workload leaves, a later one deletes or renames. */
const workloads: Record<string, Workload> = {
  '20 of 10 KB, spaced out': {
    objects: 20,
    keys: keys('spaced', 20),
    run: async (mars) => {
      for (const [number, key] of keys('spaced', 20).entries()) {
        await put(mars, key);
        await inStep(mars, keys('spaced', number + 1));
      }
    },
    in2020: { ...small, invocations: 7 },
  },
  '100 of 10 KB': {
    objects: 100,
    keys: keys('hundred', 100),
    run: (mars) => atOnce(keys('hundred', 100), (key) => put(mars, key)),
    in2020: { ...small, 'seconds of all': 3.2 },
  },
  '1,000 of 10 KB': {
    objects: 1000,
    keys: keys('thousand', 1000),
    run: (mars) => atOnce(keys('thousand', 1000), (key) => put(mars, key)),
    in2020: { ...small, invocations: 0.52, 'seconds of all': 16.6 },
  },
  '1 of 100 MB': {
    objects: 1,
    keys: ['large'],
    run: async (mars) => void (await put(mars, 'large', 1e8)),
    in2020: { 'seconds of all': 2.2 },
  },
  '50 deletes': {
    objects: 50,
    keys: keys('hundred', 100).slice(50),
    run: (mars) => atOnce(keys('hundred', 50), (key) => remove(mars, key)),
    in2020: { ...small, 'seconds of all': 1.1 },
  },
  '20 renames': {
    objects: 20,
    keys: keys('renamed', 20),
    run: (mars) => atOnce(keys('spaced', 20), (key) => rename(mars, key, key.replace('spaced', 'renamed'))),
    in2020: { 'API calls': 6, 'DynamoDB writes': 8, messages: 6 },
  },
};

/** Every other region shows the keys, and no others of their folders. */
async function inStep(mars: Installation, wanted: string[]): Promise<void> {
  const folders = [...new Set(wanted.map((key) => key.split('/')[0] ?? ''))];
  for (const region of others)
    while ((await keysIn(mars, region, set.baseName, folders)).length !== wanted.length) await sleep(20);
}

/** What `counts` says once it has said the same for so many milliseconds. */
async function atRest(file: string, milliseconds: number): Promise<Counts> {
  for (let before = ''; ; await sleep(milliseconds)) {
    const now = await readFile(file, 'utf8');
    if (now === before) return JSON.parse(now);
    before = now;
  }
}

/** Counts of what the embedded AWS was asked for, by workload; wall time is of this machine. */
export const replication: Benchmark = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mars-bench-'));
  const counts = join(folder, 'counts.json');
  const aws = await startEmbeddedAws({ waitScale: 0.05, tableLag: { milliseconds: 300, seed: 1 }, counts });
  const figures: Record<string, number> = {};
  try {
    const mars = await deployRootStack(aws);
    await createSet(mars, set);
    await put(mars, 'warm/up');
    await inStep(mars, ['warm/up']);
    for (const [name, workload] of Object.entries(workloads)) {
      const before = await atRest(counts, 3000);
      const start = performance.now();
      await workload.run(mars);
      await inStep(mars, workload.keys);
      const seconds = (performance.now() - start) / 1000;
      tell(figures, name, workload, difference(before, await atRest(counts, 3000)), seconds);
    }
    return figures;
  } finally {
    await aws.stop();
    await rm(folder, { recursive: true });
  }
};

const difference = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

function tell(
  figures: Record<string, number>,
  name: string,
  { objects, in2020 }: Workload,
  counts: Counts,
  seconds: number,
): void {
  const sum = (pattern: RegExp) =>
    Object.entries(counts).reduce((total, [what, count]) => (pattern.test(what) ? total + count : total), 0);
  const of = (action: string) => sum(new RegExp(`^MARS-\\S+ ${action} allowed$`));
  const on = (action: string, table: string) => sum(new RegExp(`^MARS-\\S+ dynamodb:${action} on ${table}$`));
  const users = sum(/^administrator s3:(PutObject|DeleteObject) allowed$/);
  const per: Record<string, number> = {
    'API calls': sum(/^MARS-\S+ (s3|dynamodb|sqs|states):\S+ allowed$/),
    'S3 copies': of('s3:PutObject'),
    'S3 deletes': of('s3:DeleteObject'),
    'S3 reads': of('s3:(GetObject|GetObjectVersion|GetObjectTagging|GetObjectVersionTagging|List\\S+)'),
    'journal writes': on('PutItem', journalTable(set.baseName)),
    'row writes': on('PutItem', replicasTable(set.baseName)),
    'DynamoDB writes': on('(PutItem|UpdateItem)', '\\S+'),
    'DynamoDB reads': on('(GetItem|Query)', '\\S+'),
    // S3 sends one for each change of a bucket, MARS's own included, which the filter drops.
    messages: users + of('s3:(PutObject|DeleteObject)') + of('sqs:SendMessage'),
    'messages sent by MARS': of('sqs:SendMessage'),
    invocations: sum(/ invoked$/),
    'invocations of QueueProcessor': sum(/^MARS-QueueProcessor invoked$/),
    'invocations of StreamProcessor': sum(/^MARS-StreamProcessor invoked$/),
  };
  for (const [what, count] of Object.entries(per)) {
    figures[`${name}: ${what}`] = count / objects;
    const before = in2020[what as keyof typeof in2020];
    if (before !== undefined) figures[`${name}: ${what}, 2020`] = before;
  }
  figures[`${name}: seconds of all`] = seconds;
  if (in2020['seconds of all']) figures[`${name}: seconds of all, 2020`] = in2020['seconds of all'];
}
