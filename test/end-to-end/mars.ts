import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { connect } from '../../cli/connection';
import { type Ended, failureText, runExecution } from '../../cli/execution';
import { findInstallation, type Installation } from '../../cli/installation';
import { strangerId } from '../../local/embedded-aws';

/** MARS as installed in the account that the environment names. */
export const installed = (): Promise<Installation> =>
  findInstallation(connect(process.env.AWS_REGION ?? 'us-east-1'));

export interface BucketSet {
  baseName: string;
  regions: [string, string, ...string[]];
}

export const create = (mars: Installation, input: object): Promise<Ended> =>
  runExecution(mars.sfn(mars.homeRegion), mars.createArn, input);

export const remove = (mars: Installation, input: object): Promise<Ended> =>
  runExecution(mars.sfn(mars.homeRegion), mars.deleteArn, input);

export async function createSet(mars: Installation, { baseName, regions }: BucketSet): Promise<void> {
  mustSucceed(await create(mars, { BaseName: baseName, Regions: regions.join(', ') }));
}

export async function removeSet(mars: Installation, { baseName }: BucketSet): Promise<void> {
  mustSucceed(await remove(mars, { BaseName: baseName, EmptyBuckets: true }));
}

function mustSucceed(ended: Ended): void {
  if (ended.status !== 'SUCCEEDED') throw new Error(failureText(ended));
}

/** S3 as somebody in another account sees it, who may take any name that is free. */
export const stranger = (region: string): S3Client =>
  new S3Client({
    region,
    endpoint: process.env.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: strangerId, secretAccessKey: 'any' },
  });

/** `Cause` of a failed execution, parsed. */
export const causeOf = ({ cause }: Ended): Record<string, unknown> => JSON.parse(cause ?? 'null');

/** Milliseconds that a region may take before a test fails. */
export const patience = 60_000;

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
