import type { S3Client } from '@aws-sdk/client-s3';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { MetricName } from '../contracts/metrics';
import type { Dimensions } from './measures';

/** All that replication reaches outside of itself; the simulation hands in models of the same shape. */
export interface Ports {
  /** The region this function runs in. */
  region: string;
  accountId: string;
  s3: (region: string) => Pick<S3Client, 'send'>;
  sqs: (region: string) => Pick<SQSClient, 'send'>;
  sfn: Pick<SFNClient, 'send'>;
  db: Pick<DynamoDBDocumentClient, 'send'>;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Resolves after milliseconds, or at once when `until` is aborted. */
  sleep: (milliseconds: number, until: AbortSignal) => Promise<void>;
  log: Log;
  /** Tells CloudWatch, by one or more sets of dimensions. */
  measure: (name: MetricName, value: number, ...dimensions: Dimensions[]) => void;
}

/** For functions of the home region that look at all of a set. */
export interface RegionsPorts {
  home: Ports;
  /** The same ports as seen from a region. */
  portsOf: (region: string) => Ports;
}

/** `event` is a stable id that saved queries, alarms and tests go by. */
export type Log = (level: 'info' | 'warn' | 'error', event: string, data: Record<string, unknown>) => void;

/** A key of a set. */
export interface Place {
  baseName: string;
  key: string;
}
