import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { connect } from '../../cli/connection';
import { type Ended, outputOf, runExecution } from '../../cli/execution';
import { findInstallation, type Installation } from '../../cli/installation';
import { journalTable } from '../../functions/contracts/names';
import { putObject, readBack, type Seen, seenOf, sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { strangerId } from '../../local/embedded-aws';

/** MARS as installed in the account that the environment names. */
export const installed = (): Promise<Installation> =>
  findInstallation(connect(process.env.AWS_REGION ?? 'us-east-1'));

/** A BaseName of the tests: in an account of somebody's they have a prefix of their own (test/own-account.ts). */
export const named = (what: string): string => `${process.env.MARS_TEST_PREFIX ?? 'e2e'}-${what}`;

const isEmbedded = process.env.AWS_ENDPOINT_URL !== undefined;

export interface BucketSet {
  baseName: string;
  regions: [string, string, ...string[]];
}

export const create = (mars: Installation, input: object): Promise<Ended> =>
  runExecution(mars.sfn(mars.homeRegion), mars.createArn, input);

export const remove = (mars: Installation, input: object): Promise<Ended> =>
  runExecution(mars.sfn(mars.homeRegion), mars.deleteArn, input);

export async function createSet(mars: Installation, { baseName, regions }: BucketSet): Promise<void> {
  outputOf(await create(mars, { BaseName: baseName, Regions: regions.join(', ') }));
}

export async function removeSet(mars: Installation, { baseName }: BucketSet): Promise<void> {
  outputOf(await remove(mars, { BaseName: baseName, EmptyBuckets: true }));
}

export const addRegions = (mars: Installation, { baseName }: BucketSet, Regions: string): Promise<Ended> =>
  runExecution(mars.sfn(mars.homeRegion), mars.addRegionArn, { BaseName: baseName, Regions });

/** Writes a text as a user does. Returns what every region must show then. */
export async function putText(
  mars: Installation,
  region: string,
  { baseName }: BucketSet,
  key: string,
  text: string,
  like: Partial<Seen> = {},
): Promise<Seen> {
  const body = Buffer.from(text);
  const seen = seenOf(body, like);
  await putObject(mars, region, baseName, key, body, seen);
  return seen;
}

/** S3 as somebody in another account sees it, who may take any name that is free. */
export const stranger = (region: string): S3Client =>
  new S3Client({
    region,
    endpoint: process.env.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: strangerId, secretAccessKey: 'any' },
  });

/** Takes a bucket's name, without MARS. */
export const takeName = (s3: S3Client, region: string, Bucket: string) =>
  s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' },
    }),
  );

/** Regions that the journal of a set has replicas in, but for the one that is asked. */
export async function replicasOf(mars: Installation, { baseName, regions }: BucketSet): Promise<string[]> {
  const command = new DescribeTableCommand({ TableName: journalTable(baseName) });
  const { Table } = await mars.db(regions[0]).send(command);
  return Table?.Replicas?.map(({ RegionName = '' }) => RegionName).sort() ?? [];
}

/** Waits until each key is in all regions what it is in one of them. @throws NotReplicated */
export async function allAsIn(
  mars: Installation,
  region: string,
  set: BucketSet,
  keys: Iterable<string>,
): Promise<void> {
  for (const key of keys)
    await replicated(mars, set, key, await readBack(mars, set.baseName, region, key), patience);
}

/** Waits until each key holds in all regions the bytes that were written last, or is deleted in all. @throws Error as {@link until} */
export async function allAsWritten(
  mars: Installation,
  { baseName, regions }: BucketSet,
  written: ReadonlyMap<string, string | Buffer | undefined>,
): Promise<void> {
  for (const [key, body] of written) {
    const digest = body === undefined ? undefined : sha256(Buffer.from(body));
    for (const region of regions)
      await untilSo(
        `${region}: ${key} is ${digest ?? 'deleted'}`,
        async () => (await readBack(mars, baseName, region, key))?.sha256 === digest,
      );
  }
}

/** Does something again and again, with its number, until told; then it tells how often. */
export function again(
  milliseconds: number,
  run: (number: number) => Promise<unknown>,
): () => Promise<number> {
  let isOver = false;
  const done = (async () => {
    let number = 0;
    for (; !isOver; await sleep(milliseconds)) await run(number++);
    return number;
  })();
  return () => {
    isOver = true;
    return done;
  };
}

/** `Cause` of a failed execution, parsed. */
export const causeOf = ({ cause }: Ended): Record<string, unknown> => JSON.parse(cause ?? 'null');

/** AWS takes minutes for a bucket's notifications, and for a table's replica. */
export const slowness = isEmbedded ? 1 : 20;

/** Milliseconds that a region may take before a test fails; less, where failures are what is wanted. */
export const patience = Number(process.env.PATIENCE ?? 60_000 * slowness);

/** What is found, once it is. @throws Error when that takes longer than `patience`. */
export async function until<Found>(what: string, find: () => Promise<Found | undefined>): Promise<Found> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
    const found = await find();
    if (found !== undefined) return found;
  }
  throw new Error(`${what}: not within ${patience} ms`);
}

/** Waits until it is so. @throws Error as {@link until}. */
export const untilSo = (what: string, isSo: () => Promise<boolean>): Promise<true> =>
  until(what, async () => (await isSo()) || undefined);
