import { queueBatchingWindow, queueBatchSize, streamBatchSize } from '../../functions/contracts/filters';
import { maxReceives } from '../../functions/contracts/names';
import { retryDelay } from '../../functions/replication/queue';
import type { Engine } from '../simulation/engine';
import { type Call, type Invocation, Lambda } from './lambda';
import { type Limit, type Limits, limits, limitsOf, times } from './limits';

interface Message {
  key: number;
  deliveries: number;
  /** An event of a user's write; else a look. */
  isEvent: boolean;
}
interface Record {
  key: number;
  at: number;
}

/** What the regions share: who wrote a key last, and what has become of it. */
export interface Shared {
  engine: Engine;
  regions: Region[];
  /** `ParallelizationFactor` of StreamSubscription. */
  parallelization: number;
  /** By key: the number of its newest write, where it was made and when. */
  newest: Int32Array;
  origin: Int8Array;
  written: Float64Array;
  applied: (region: Region, key: number) => void;
}

/**
 * One region: Queue, the stream of its journal, both processors, and what limits them. Processors do the calls that the functions
 * do (cli/cost/counts.ts, held against the functions themselves by test/simulation/counted.test.ts) and come again as those do.
 */
export class Region {
  readonly limits: Limits;
  /** By key: the newest write that this region has heard of, and that it shows. */
  readonly heard: Int32Array;
  readonly shows: Int32Array;
  readonly lambda: Lambda;
  readonly peaks = { queue: 0, stream: 0 };
  readonly counts = { sent: 0, received: 0, again: 0, dead: 0 };
  /** Keys whose records were gone before they were read. */
  readonly trimmed: number[] = [];
  /** Functions do not run before that. */
  stoppedUntil = 0;

  private readonly queue: Message[] = [];
  /** Of a shard, what is worked on apart from the rest of it. */
  private readonly shards: { records: Record[]; isBusy: boolean }[];
  private inQueue = 0;
  private polling = 0;
  private backlogSince = 0;
  private nextPoll = Number.POSITIVE_INFINITY;

  constructor(
    readonly number: number,
    name: string,
    private readonly shared: Shared,
  ) {
    this.limits = limitsOf(name);
    this.lambda = new Lambda(shared.engine, this.limits.concurrency);
    this.heard = new Int32Array(shared.newest.length);
    this.shows = new Int32Array(shared.newest.length);
    const length = limits.shards * shared.parallelization;
    this.shards = Array.from({ length }, () => ({ records: [], isBusy: false }));
  }

  send(key: number, isEvent: boolean, deliveries = 0): void {
    this.counts.sent++;
    this.show({ key, deliveries, isEvent });
  }

  record(key: number): void {
    const shard = this.shards[key % this.shards.length] as (typeof this.shards)[number];
    shard.records.push({ key, at: this.shared.engine.now });
    this.peaks.stream = Math.max(
      this.peaks.stream,
      this.shards.reduce((sum, { records }) => sum + records.length, 0),
    );
    if (shard.isBusy) {
      if (shard.records.length > streamBatchSize) this.limits.shardCalls.met(this.shared.engine.now);
      return;
    }
    shard.isBusy = true;
    this.shared.engine.after(this.shared.engine.chance.between(0, limits.poll), () => this.read(shard));
  }

  private show(message: Message): void {
    this.queue.push(message);
    this.peaks.queue = Math.max(this.peaks.queue, ++this.inQueue);
    if (this.queue.length >= queueBatchSize) this.poll();
    else this.pollAt(this.shared.engine.now + queueBatchingWindow * 1000);
  }

  private pollAt(time: number): void {
    if (time >= this.nextPoll) return;
    this.nextPoll = time;
    this.shared.engine.at(time, () => {
      this.nextPoll = Number.POSITIVE_INFINITY;
      this.poll();
    });
  }

  private poll(): void {
    const { now } = this.shared.engine;
    if (now < this.stoppedUntil) {
      this.pollAt(this.stoppedUntil);
      return;
    }
    if (this.polling === 0) this.backlogSince = now;
    const most = Math.min(
      limits.pollers,
      limits.pollersAtFirst + ((now - this.backlogSince) / 1000) * limits.morePollers,
    );
    while (this.queue.length > 0) {
      if (this.polling >= most) {
        this.limits.pollers.met(now);
        return; // who ends, polls
      }
      if (!this.lambda.mayRun()) {
        this.pollAt(now + 100);
        return;
      }
      const batch = this.queue.splice(0, queueBatchSize);
      this.counts.received += batch.length;
      this.polling++;
      this.workOff(batch);
    }
  }

  private workOff(batch: Message[]): void {
    // Of one key the newest event stands for all.
    const keys = new Map<number, Message[]>();
    for (const message of batch) keys.set(message.key, [...(keys.get(message.key) ?? []), message]);
    this.lambda.invoke(
      [...keys],
      ([key, messages], invocation, ended) =>
        messages.some(({ isEvent }) => isEvent)
          ? this.journal(key, invocation, ended)
          : this.resolve(key, invocation, ended),
      ([, messages]) => {
        for (const message of messages) this.again(message);
      },
      () => {
        this.inQueue -= batch.length;
        this.polling--;
        this.poll();
      },
    );
  }

  private again(message: Message): void {
    const deliveries = message.deliveries + 1;
    this.counts.again++;
    if (deliveries >= maxReceives) this.counts.dead++;
    else this.shared.engine.after(retryDelay(deliveries) * 1000, () => this.show({ ...message, deliveries }));
  }

  private read(shard: { records: Record[]; isBusy: boolean }): void {
    const { engine } = this.shared;
    if (engine.now < this.stoppedUntil) {
      engine.at(this.stoppedUntil, () => this.read(shard));
      return;
    }
    const trimmed = shard.records.findIndex(({ at }) => engine.now - at < limits.retention);
    const gone = shard.records.splice(0, trimmed < 0 ? shard.records.length : trimmed);
    for (const { key } of gone) this.trimmed.push(key);
    if (shard.records.length === 0) {
      shard.isBusy = false;
      return;
    }
    if (!this.lambda.mayRun()) {
      engine.after(100, () => this.read(shard));
      return;
    }
    const keys = [...new Set(shard.records.splice(0, streamBatchSize).map(({ key }) => key))];
    this.lambda.invoke(
      keys,
      (key, invocation, ended) => this.resolve(key, invocation, ended),
      (key) => {
        this.counts.again++;
        engine.after(retryDelay(1) * 1000, () => this.send(key, false, 1));
      },
      () => this.read(shard),
    );
  }

  private readonly dynamodb = (of: Limit): Call => ({ milliseconds: times.dynamodb, of: [of] });

  private journal(key: number, invocation: Invocation, ended: (ok: boolean) => void): void {
    const read = this.dynamodb(this.limits.reads);
    const head: Call = { milliseconds: times.head, of: [this.limits.s3Gets] };
    const { engine, regions, newest } = this.shared;
    this.lambda.calls([read, head, this.dynamodb(this.limits.journalWrites), read], invocation, (ok) => {
      if (!ok) return ended(false);
      const write = newest[key] ?? 0;
      const isNews = this.heard[key] !== write;
      this.heard[key] = write;
      if (isNews)
        for (const other of regions)
          if (other !== this)
            engine.after(times.lag[0] + engine.chance.between(0, times.lag[1]), () => {
              other.limits.journalWrites.take(engine.now); // a replica's own writes are DynamoDB's to repeat
              other.heard[key] = Math.max(other.heard[key] ?? 0, write);
              other.record(key);
            });
      ended(true);
    });
  }

  private resolve(key: number, invocation: Invocation, ended: (ok: boolean) => void): void {
    const read = this.dynamodb(this.limits.reads);
    const { regions, origin } = this.shared;
    this.lambda.calls([read, read], invocation, (ok) => {
      const write = this.heard[key] ?? 0;
      if (!ok || (this.shows[key] ?? 0) >= write) return ended(ok);
      const source = regions[origin[key] ?? 0] as Region;
      const row = this.dynamodb(this.limits.rowWrites);
      const copy: Call = { milliseconds: times.copy, of: [this.limits.s3Puts, source.limits.s3Gets] };
      this.lambda.calls([row, copy, row], invocation, (copied) => {
        if (copied && (this.shows[key] ?? 0) < write) {
          this.shows[key] = write;
          this.shared.applied(this, key);
        }
        ended(copied);
      });
    });
  }
}
