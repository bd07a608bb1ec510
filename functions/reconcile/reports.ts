import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Ports } from '../replication/ports';

/** What an execution of MARS-Reconcile leaves in its bucket, in the home region. */
export interface Reports {
  write: (key: string, body: string) => Promise<void>;
  /** `undefined`: there is no such report. */
  read: (key: string) => Promise<string | undefined>;
}

export function reportsIn(Bucket: string, { s3, region, accountId }: Ports): Reports {
  const owned = { Bucket, ExpectedBucketOwner: accountId };
  return {
    write: async (Key, Body) => {
      await s3(region).send(new PutObjectCommand({ ...owned, Key, Body }));
    },
    read: async (Key) => {
      try {
        const { Body } = await s3(region).send(new GetObjectCommand({ ...owned, Key }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
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
