import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { Item } from './dynamodb';
import type { Ended } from './lambda';

const day = 24 * 3600 * 1000;

interface Setting {
  region: string;
  arn: string;
  now: () => number;
  at: (time: number, run: () => void) => void;
  polls: () => number;
  stoppedUntil: () => number | undefined;
  matches: (record: unknown) => boolean;
  invoke: (records: DynamoDBRecord[], ended: (ended: Ended) => void) => void;
  batchSize: number;
  trimmed: (record: DynamoDBRecord) => void;
}

/**
 * A shard of a table's stream with its event source mapping. Sources: DynamoDB Developer Guide, "Change data capture
 * for DynamoDB Streams" (each change once, in the item's order, for 24 hours); Lambda Developer Guide, "Using Lambda
 * with DynamoDB" (one batch of a shard at a time; with ReportBatchItemFailures it goes on from the lowest sequence
 * number that failed; a call that fails is repeated, cut in two, until the records expire).
 */
export class Shard {
  private readonly records: { at: number; record: DynamoDBRecord }[] = [];
  private busy = false;
  private sequence = 0;
  private size: number;

  constructor(private readonly setting: Setting) {
    this.size = setting.batchSize;
  }

  append(item: Item): void {
    const { region, arn, now } = this.setting;
    const record: DynamoDBRecord = {
      eventID: `${region}-${this.sequence}`,
      eventName: 'MODIFY', // the filter takes INSERT and MODIFY alike
      eventSource: 'aws:dynamodb',
      eventSourceARN: arn,
      awsRegion: region,
      dynamodb: {
        Keys: marshall({ key: item.key, origin: item.origin }) as never,
        NewImage: marshall(item) as never,
        SequenceNumber: String(++this.sequence).padStart(21, '0'),
      },
    };
    this.records.push({ at: now(), record });
    this.wake(this.setting.polls());
  }

  private wake(delay: number): void {
    if (this.busy) return;
    this.busy = true;
    this.setting.at(this.setting.now() + delay, () => this.read());
  }

  private read(): void {
    const { now, at, stoppedUntil, matches, invoke, trimmed } = this.setting;
    const later = stoppedUntil();
    if (later !== undefined) {
      at(later, () => this.read());
      return;
    }
    while ((this.records[0]?.at ?? Number.POSITIVE_INFINITY) < now() - day) {
      const [lost] = this.records.splice(0, 1);
      if (lost && matches(lost.record)) trimmed(lost.record);
    }
    const batch = this.records.slice(0, this.size).map(({ record }) => record);
    const wanted = batch.filter((record) => matches(record));
    if (wanted.length === 0) {
      this.records.splice(0, batch.length);
      this.busy = false;
      if (this.records.length > 0) this.wake(0);
      return;
    }
    invoke(wanted, (ended) => this.settle(batch, ended));
  }

  private settle(batch: DynamoDBRecord[], ended: Ended): void {
    this.busy = false;
    const failed = this.firstFailed(batch, ended);
    this.records.splice(0, failed);
    const isWhole = failed === batch.length;
    this.size = isWhole ? this.setting.batchSize : Math.max(1, Math.ceil((batch.length - failed) / 2));
    if (this.records.length > 0) this.wake(isWhole ? 0 : 1000);
  }

  private firstFailed(batch: DynamoDBRecord[], ended: Ended): number {
    if ('error' in ended) return 0;
    const { batchItemFailures } = ended.value as DynamoDBBatchResponse;
    const failed = batchItemFailures.map(({ itemIdentifier }) =>
      batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === itemIdentifier),
    );
    return Math.min(batch.length, ...failed);
  }
}
