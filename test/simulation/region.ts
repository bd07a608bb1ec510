import {
  journalFilters,
  queueBatchSize,
  queueFilters,
  streamBatchSize,
} from '../../functions/contracts/filters';
import { bucketName, journalTable, maxReceives, queueVisibility } from '../../functions/contracts/names';
import cleanUpCopy from '../../statemachines/CleanUpCopy.asl.json' with { type: 'json' };
import copyLargeObject from '../../statemachines/CopyLargeObject.asl.json' with { type: 'json' };
import sweepCopies from '../../statemachines/SweepCopies.asl.json' with { type: 'json' };
import { principals } from './functions';
import { type Item, Table } from './models/dynamodb';
import { matches } from './models/filter';
import { Queue } from './models/queue';
import { Bucket } from './models/s3';
import { S3 } from './models/s3-commands';
import { type Execution, type StateMachine, StepFunctions } from './models/step-functions';
import { Shard } from './models/stream';
import { accountId, baseName, regionOfBucket } from './names';
import type { World } from './world';

/** Lambda API Reference, Invoke: what a caller is told while a function has no concurrency. */
const throttled = { name: 'Lambda.TooManyRequestsException', message: 'Rate Exceeded.' };

/** One region's share of the world: the models wired as the regional templates wire the services. */
export class Region {
  readonly bucket: Bucket;
  readonly s3: S3;
  readonly queue: Queue;
  readonly replicas: Table;
  readonly copies: Table;
  readonly machines: Record<'copies' | 'cleanUps' | 'sweeps', StepFunctions>;
  private readonly count: () => number;
  private readonly shards: Shard[];

  constructor(name: string, world: World) {
    const { engine, weather, lambda, truth } = world;
    this.count = world.count;
    const common = {
      region: name,
      now: () => engine.now,
      at: (time: number, run: () => void) => engine.at(time, run),
      polls: () => engine.chance.between(5, 250),
      stoppedUntil: () => weather.endOf('stopped', name),
    };
    const reads = { now: common.now, misses: weather.misses };
    this.replicas = new Table({ keys: ['key'], ...reads });
    this.copies = new Table({ keys: ['CopyId'], ...reads });
    this.queue = new Queue({
      ...common,
      count: world.count,
      repeats: () => weather.may('message-repeated', 20),
      matches: (body) => matches(queueFilters(principals), { body }),
      invoke: (Records, ended) => lambda.invoke(name, 'QueueProcessor', { Records }, ended),
      batchSize: queueBatchSize,
      visibility: queueVisibility,
      maxReceives,
    });
    const shard = () =>
      new Shard({
        ...common,
        arn: `arn:aws:dynamodb:${name}:${accountId}:table/${journalTable(baseName)}/stream/1`,
        matches: (record) => matches(journalFilters(name), record),
        invoke: (Records, ended) => lambda.invoke(name, 'StreamProcessor', { Records }, ended),
        batchSize: streamBatchSize,
        trimmed: () => {
          truth.trimmed++;
        },
      });
    this.shards = [shard(), shard()];
    this.bucket = new Bucket({
      region: name,
      count: world.count,
      clock: () => weather.clock(name),
      now: () => engine.now,
      comesLate: () => engine.chance.oneIn(2),
      landed: (landed) => world.landed(landed),
      tagged: (tagged) => world.tagged(tagged),
      removed: (_, version) => truth.removed.set(version, { at: engine.now, time: weather.clock(name) }),
    });
    this.s3 = new S3(this.bucket, {
      name: bucketName(baseName, name),
      bucketOf: (source) => world.at(regionOfBucket(source)).bucket,
      conflicts: () => weather.may('conflict', 30),
    });
    const machine = (definition: unknown, ended?: (execution: Execution) => void) =>
      new StepFunctions(definition as StateMachine, {
        wait: (milliseconds) => new Promise((resolve) => engine.after(milliseconds, resolve)),
        jitter: (milliseconds) => engine.chance.between(0, Math.ceil(milliseconds)),
        broken: world.broken,
        invoke: (placeholder, payload, done) => {
          const functionName = placeholder.replace(/^\$\{(.*)\}$/, '$1');
          // Unlike the event source mappings, Step Functions does not wait for functions that may not run.
          if (weather.strikesIn('stopped', name)) done({ error: throttled });
          else lambda.invoke(name, functionName, payload, done);
        },
        ...(ended && { ended }),
      });
    const cleanUps = machine(cleanUpCopy);
    const ended = ({ input, status, error, cause }: Execution) => {
      if (status === 'SUCCEEDED' || (weather.has('execution-ended') && engine.chance.oneIn(4))) return;
      const event = { detail: { input, status, error: error ?? null, cause: cause ?? null } };
      const start = () => cleanUps.start(`event-${world.count()}`, JSON.stringify(event));
      const isLate = weather.has('event-delayed') && engine.chance.oneIn(4);
      engine.after(engine.chance.between(100, isLate ? 200_000 : 5000), start);
      if (weather.has('event-duplicated') && engine.chance.oneIn(4)) {
        engine.after(engine.chance.between(100, 200_000), start);
      }
    };
    this.machines = { copies: machine(copyLargeObject, ended), cleanUps, sweeps: machine(sweepCopies) };
  }

  /** The daily schedule strikes. */
  sweep(): void {
    this.machines.sweeps.start(`sweep-${this.count()}`, '{}');
  }

  /** The journal's replica here shows a change. */
  streamed(item: Item): void {
    this.shards[String(item.key).length % this.shards.length]?.append(item);
  }
}
