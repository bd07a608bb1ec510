import { randomBytes } from 'node:crypto';
import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';
import { type BucketSet, untilSo } from '../end-to-end/mars';
import { keysIn } from './keys-in';

/** What is measured per object, but for seconds. */
export type Figures = Record<string, number>;

export interface Workload {
  objects: number;
  /** Bytes of each. */
  size: number;
  /** What is asked of the set's first region; it ends before all is in step. */
  run: (at: Bench) => Promise<unknown>;
  /** Keys that all regions must show in the end. */
  keys: string[];
  /** The same of the 2020 release, counted by its templates and code on the same emulator, three regions. */
  in2020: Figures;
}

export interface Bench {
  mars: Installation;
  set: BucketSet;
}

const keys = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}/${i}`);
const source = ({ mars, set: { baseName, regions } }: Bench) => ({
  s3: mars.s3(regions[0]),
  Bucket: bucketName(baseName, regions[0]),
});

export function put(at: Bench, Key: string, bytes = 10_000): Promise<unknown> {
  const { s3, Bucket } = source(at);
  return s3.send(new PutObjectCommand({ Bucket, Key, Body: randomBytes(bytes) }));
}
function remove(at: Bench, Key: string): Promise<unknown> {
  const { s3, Bucket } = source(at);
  return s3.send(new DeleteObjectCommand({ Bucket, Key }));
}
async function rename(at: Bench, from: string, Key: string): Promise<void> {
  const { s3, Bucket } = source(at);
  await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}` }));
  await remove(at, from);
}
/** As a client with so many connections does. */
async function atOnce<Item>(items: Item[], run: (item: Item) => Promise<unknown>): Promise<void> {
  const limit = pLimit(16);
  await Promise.all(items.map((item) => limit(() => run(item))));
}

/** Every other region shows the keys, and no others of their folders. @throws Error as {@link untilSo} */
export async function inStep({ mars, set }: Bench, wanted: readonly string[]): Promise<void> {
  const folders = [...new Set(wanted.map((key) => key.split('/')[0] ?? ''))];
  for (const region of set.regions.slice(1))
    await untilSo(
      `${region} shows ${wanted.length} keys`,
      async () => (await keysIn(mars, region, set.baseName, folders)).length === wanted.length,
    );
}

const small = { 'calls, all': 3, 'DynamoDB writes': 4, messages: 3, 'KMS requests': 5 };
/** In this order: what a workload leaves, a later one deletes or renames. */
export const workloads: Record<string, Workload> = {
  '20 x 10 KB, spaced out': {
    objects: 20,
    size: 10_000,
    keys: keys('spaced', 20),
    run: async (at) => {
      for (const [number, key] of keys('spaced', 20).entries()) {
        await put(at, key);
        await inStep(at, keys('spaced', number + 1));
      }
    },
    in2020: { ...small, invocations: 7, seconds: 7.6 },
  },
  '100 x 10 KB': {
    objects: 100,
    size: 10_000,
    keys: keys('hundred', 100),
    run: (at) => atOnce(keys('hundred', 100), (key) => put(at, key)),
    in2020: { ...small, seconds: 3.2 },
  },
  '1,000 x 10 KB': {
    objects: 1000,
    size: 10_000,
    keys: keys('thousand', 1000),
    run: (at) => atOnce(keys('thousand', 1000), (key) => put(at, key)),
    in2020: { ...small, invocations: 0.52, seconds: 16.6 },
  },
  '1 x 100 MB': {
    objects: 1,
    size: 1e8,
    keys: ['large'],
    run: (at) => put(at, 'large', 1e8),
    in2020: { 'calls, all': 53, messages: 17, seconds: 2.2 },
  },
  '50 deletes': {
    objects: 50,
    size: 0,
    keys: keys('hundred', 100).slice(50),
    run: (at) => atOnce(keys('hundred', 50), (key) => remove(at, key)),
    in2020: { 'calls, all': 3, 'DynamoDB writes': 4, messages: 3, seconds: 1.1 },
  },
  '20 renames': {
    objects: 20,
    size: 10_000,
    keys: keys('renamed', 20),
    run: (at) => atOnce(keys('spaced', 20), (key) => rename(at, key, key.replace('spaced', 'renamed'))),
    in2020: { 'calls, all': 6, 'DynamoDB writes': 8, messages: 6 },
  },
};
