import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deployRootStack } from '../../local/deploy';
import { startEmbeddedAws } from '../../local/embedded-aws';
import { createSet, installed, named, removeSet } from '../end-to-end/mars';
import { agreedPrefix, isOwnAccount } from '../own-account';
import { type Counts, difference, measuresOf } from './measures';
import { type Benchmark, enter, type Table } from './table';
import { type Bench, inStep, put, workloads } from './workloads';

const regions: [string, string, string] = ['us-west-2', 'eu-west-1', 'ap-southeast-1'];

/** Dollars, by calculation, at the prices of us-east-1: 1,300 objects written and 2,500 copied, three hours of what is priced by the month. */
const estimate = {
  'S3: 12,000 requests at $0.005 per 1,000 at most, 0.3 GB between regions': 0.07,
  'KMS: 3 keys at $1 a month; request metrics of 3 buckets, 60 alarms, 4 dashboards': 0.13,
  'DynamoDB: 30,000 units; Lambda, SQS, Step Functions': 0.03,
};

interface Place {
  bench: Bench;
  /** Absent: nobody counts on AWS. */
  counts?: () => Promise<Counts>;
  end: () => Promise<void>;
}

/**
 * Per object: what was asked of AWS, beside the 2020 release, three regions; and the seconds of all. In an account of one's own, when
 * the environment names one, seconds only, in a set that is removed in the end.
 */
export const replication: Benchmark = async () => {
  const isElsewhere = isOwnAccount(process.env) || process.env.AWS_ENDPOINT_URL !== undefined;
  const { bench, counts, end } = isElsewhere ? await elsewhere() : await embedded();
  const table: Table = {};
  try {
    await createSet(bench.mars, bench.set);
    await warmUp(bench);
    for (const [name, { run, keys, objects, size, in2020 }] of Object.entries(workloads)) {
      const before = await counts?.();
      const start = performance.now();
      await run(bench);
      await inStep(bench, keys);
      const seconds = (performance.now() - start) / 1000;
      const counted = before && counts && difference(before, await counts());
      if (counted) enter(table, name, measuresOf(counted, objects, size, bench.set.baseName));
      enter(table, name, { seconds });
      enter(table, name, in2020, ', 2020');
    }
  } finally {
    await end();
  }
  return Object.fromEntries(Object.entries(table).sort(([a], [b]) => a.localeCompare(b)));
};

async function embedded(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'mars-bench-'));
  const file = join(folder, 'counts.json');
  const tableLag = { milliseconds: 300, seed: 1 };
  const aws = await startEmbeddedAws({ waitScale: 0.05, batchingWindowScale: 1, tableLag, counts: file });
  const end = async () => {
    await aws.stop();
    await rm(folder, { recursive: true });
  };
  const mars = await deployRootStack(aws);
  return { bench: { mars, set: { baseName: 'bench', regions } }, counts: () => atRest(file), end };
}

async function elsewhere(): Promise<Place> {
  if (isOwnAccount(process.env))
    process.env.MARS_TEST_PREFIX = await agreedPrefix('npm run bench -- replication', estimate, regions);
  const bench = { mars: await installed(), set: { baseName: named('bench'), regions } };
  return { bench, end: () => removeSet(bench.mars, bench.set) };
}

/** Until events come: on AWS a bucket's notifications take minutes to come into force. */
async function warmUp(bench: Bench): Promise<void> {
  for (let written: string[] = []; ; ) {
    const key = `warm${written.length}/up`;
    written = [...written, key];
    await put(bench, key);
    try {
      return await inStep(bench, [key]);
    } catch (error) {
      if (written.length === 10) throw error;
    }
  }
}

/** What is counted once it has not changed for some seconds. */
async function atRest(file: string): Promise<Counts> {
  for (let before = ''; ; await sleep(3000)) {
    const now = await readFile(file, 'utf8');
    if (now === before) return JSON.parse(now);
    before = now;
  }
}
