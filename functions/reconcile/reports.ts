import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { Ports } from '../replication/ports';

/** What executions leave in a bucket of the home region: of MARS-Reconcile what it found, of others who is at work on a set. */
export interface Reports {
  /** @throws S3ServiceException 412, or 409, when the condition is not met. */
  write: (key: string, body: string, condition?: Condition) => Promise<void>;
  /** `undefined`: there is no such report. */
  read: (key: string) => Promise<string | undefined>;
  find: (key: string) => Promise<{ text: string; eTag: string | undefined } | undefined>;
}

type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

export function reportsIn(
  Bucket: string,
  { s3, region, accountId }: Pick<Ports, 's3' | 'region' | 'accountId'>,
): Reports {
  const owned = { Bucket, ExpectedBucketOwner: accountId };
  const find: Reports['find'] = async (Key) => {
    try {
      const { Body, ETag } = await s3(region).send(new GetObjectCommand({ ...owned, Key }));
      return { text: (await Body?.transformToString()) ?? '', eTag: ETag };
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };
  return {
    find,
    read: async (key) => (await find(key))?.text,
    write: async (Key, Body, condition) => {
      await s3(region).send(new PutObjectCommand({ ...owned, Key, Body, ...condition }));
    },
  };
}

/** Of one range of a round; `part`: a function call. */
export const differencesKey = (folder: string, round: number, index: number, part: number): string =>
  `${folder}differences-${round}/${index}-${part}.jsonl`;
export const countsKey = (folder: string, round: number, index: number): string =>
  `${folder}counts-${round}/${index}.json`;
export const rangesKey = (folder: string, round: number): string => `${folder}ranges-${round}.json`;
export const summaryKey = (folder: string): string => `${folder}summary.json`;
