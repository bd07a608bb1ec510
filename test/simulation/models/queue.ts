import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Ended } from './lambda';

export interface Message {
  id: string;
  body: string;
  receives: number;
  /** Milliseconds since 1970. */
  firstReceived?: number;
  visibleAt: number;
  gone: boolean;
}

interface Setting {
  region: string;
  now: () => number;
  at: (time: number, run: () => void) => void;
  count: () => number;
  /** Milliseconds until the mapping's pollers see what is visible. */
  polls: () => number;
  /** SQS delivers once more what was deleted: "at least once". */
  repeats: () => boolean;
  /** Time from which functions run again in this region; undefined: they run. */
  stoppedUntil: () => number | undefined;
  matches: (body: unknown) => boolean;
  invoke: (records: SQSRecord[], ended: (ended: Ended) => void) => void;
  batchSize: number;
  /** Seconds. */
  visibility: number;
  maxReceives: number;
}

/**
 * A standard queue with its dead-letter queue and its event source mapping. Sources: SQS Developer Guide, "Visibility
 * timeout", "At-least-once delivery", "Dead-letter queues" (a message received more than maxReceiveCount times moves);
 * Lambda Developer Guide, "Using Lambda with SQS" (batches, partial batch responses: those named, or all of a call that
 * failed, are delivered again after their visibility time-out, the others are deleted) and "Event filtering" (what
 * matches no filter is deleted).
 */
export class Queue {
  readonly dead: Message[] = [];
  private readonly messages = new Set<Message>();
  private readonly receipts = new Map<string, Message>();

  constructor(private readonly setting: Setting) {}

  send(body: string, delaySeconds = 0): void {
    const id = `message-${this.setting.count()}`;
    const visibleAt = this.setting.now() + delaySeconds * 1000;
    this.show({ id, body, receives: 0, visibleAt, gone: false });
  }

  /** Seconds from now; of no effect on a message that is deleted. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.receipts.get(receiptHandle);
    if (!message || message.gone) return;
    message.visibleAt = this.setting.now() + seconds * 1000;
    this.show(message);
  }

  /** Of the dead-letter queue: the first, which a call must delete or see again. */
  receiveDead(): { Body: string; ReceiptHandle: string }[] {
    return this.dead.slice(0, 10).map(({ id, body }) => ({ Body: body, ReceiptHandle: id }));
  }

  deleteDead(id: string): void {
    const index = this.dead.findIndex((message) => message.id === id);
    if (index >= 0) this.dead.splice(index, 1);
  }

  private show(message: Message): void {
    this.messages.add(message);
    this.setting.at(message.visibleAt + this.setting.polls(), () => this.poll());
  }

  private poll(): void {
    const { now, stoppedUntil, at, batchSize, maxReceives, matches, invoke } = this.setting;
    const later = stoppedUntil();
    if (later !== undefined) {
      at(later, () => this.poll());
      return;
    }
    const batch: Message[] = [];
    for (const message of this.messages) {
      if (batch.length === batchSize) break;
      if (message.visibleAt > now()) continue;
      this.messages.delete(message);
      if (message.receives >= maxReceives) this.dead.push(message);
      else if (matches(JSON.parse(message.body))) batch.push(message);
    }
    if (batch.length === 0) return;
    for (const message of batch) this.receive(message);
    const records = batch.map((message) => this.recordOf(message));
    invoke(records, (ended) => this.settle(batch, ended));
    if (batch.length === batchSize) this.poll();
  }

  private receive(message: Message): void {
    message.receives++;
    message.firstReceived ??= this.setting.now();
    message.visibleAt = this.setting.now() + this.setting.visibility * 1000;
    this.show(message);
  }

  private recordOf(message: Message): SQSRecord {
    const receiptHandle = `receipt-${this.setting.count()}`;
    this.receipts.set(receiptHandle, message);
    return {
      messageId: message.id,
      receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.receives),
        ApproximateFirstReceiveTimestamp: String(message.firstReceived),
      } as SQSRecord['attributes'],
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:${this.setting.region}:1:MARS-Queue`,
      awsRegion: this.setting.region,
    };
  }

  private settle(batch: Message[], ended: Ended): void {
    if ('error' in ended) return;
    const { batchItemFailures } = ended.value as SQSBatchResponse;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const message of batch) {
      if (failed.has(message.id) || this.setting.repeats()) continue;
      message.gone = true;
      this.messages.delete(message);
    }
  }
}
