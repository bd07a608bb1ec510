import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { handlerOf as abortCopy } from '../../functions/abort-copy/abort-copy';
import { handlerOf as completeCopy } from '../../functions/complete-copy/complete-copy';
import {
  journalFilters,
  principalOf,
  queueBatchSize,
  queueFilters,
  streamBatchSize,
} from '../../functions/contracts/filters';
import { bucketName, journalTable, maxReceives, queueVisibility } from '../../functions/contracts/names';
import { handlerOf as copyParts } from '../../functions/copy-parts/copy-parts';
import { handlerOf as prepareCopy } from '../../functions/prepare-copy/prepare-copy';
import { handlerOf as queueProcessor } from '../../functions/queue-processor/queue-processor';
import type { Ports } from '../../functions/replication/ports';
import { handlerOf as streamProcessor } from '../../functions/stream-processor/stream-processor';
import copyLargeObject from '../../statemachines/CopyLargeObject.asl.json';
import { Engine } from './engine';
import type { FaultName, Fired, WindowName } from './faults';
import type { History } from './history';
import { GlobalTable, type Item, Table } from './models/dynamodb';
import { matches } from './models/filter';
import { type Invocation, Lambda } from './models/lambda';
import { Queue } from './models/queue';
import { Bucket, type Caller, type Version } from './models/s3';
import { type StateMachine, StepFunctions } from './models/step-functions';
import { Shard } from './models/stream';
import { Truth } from './truth';

export const baseName = 'set';
const accountId = '111122223333';
export const regionNames = [
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'us-east-1',
  'eu-central-1',
  'ap-northeast-1',
  'us-east-2',
  'eu-west-2',
  'ap-southeast-2',
];

type Handler = (ports: Ports) => (event: never) => Promise<unknown>;
/** The exported handlers, and the seconds that each has (infra/replication.ts; a test holds the two together). */
export const functions: Record<string, { handlerOf: Handler; timeout: number }> = {
  QueueProcessor: { handlerOf: queueProcessor, timeout: 60 },
  StreamProcessor: { handlerOf: streamProcessor, timeout: 60 },
  PrepareCopy: { handlerOf: prepareCopy, timeout: 60 },
  CopyParts: { handlerOf: copyParts, timeout: 900 },
  CompleteCopy: { handlerOf: completeCopy, timeout: 300 },
  AbortCopy: { handlerOf: abortCopy, timeout: 60 },
};
const principals = Object.keys(functions).map((name) => principalOf('AROA', name));

/** Milliseconds after which the SDK gives up on S3 (aws-ports.ts): what was asked for may happen all the same. */
const requestTimeout = 30_000;

interface Region {
  bucket: Bucket;
  queue: Queue;
  replicas: Table;
  copies: Table;
  shards: Shard[];
  sfn: StepFunctions;
}

/** The models wired as the templates wire them, the faults of one history, and the functions' code as it is exported. */
export class World {
  readonly engine: Engine;
  readonly truth = new Truth();
  readonly fired: Fired = {};
  readonly names: string[];
  readonly journal: GlobalTable;
  private readonly regions = new Map<string, Region>();
  private readonly lambda: Lambda;
  private readonly start: number;
  private counted = 0;
  private calls = 0;

  constructor(
    readonly history: History,
    private readonly trace?: (line: string) => void,
  ) {
    this.engine = new Engine(history.seed, 60_000);
    this.start = this.engine.now;
    this.names = regionNames.slice(0, history.regions);
    this.lambda = new Lambda({
      after: (milliseconds, run) => this.engine.after(milliseconds, run),
      broken: (error) => this.break(error),
      timeout: (name) => functions[name]?.timeout ?? 0,
      run: (invocation, event) =>
        (functions[invocation.functionName] as (typeof functions)[string]).handlerOf(this.ports(invocation))(
          event as never,
        ),
    });
    this.journal = new GlobalTable(['key', 'origin'], {
      regions: this.names,
      after: (milliseconds, run) => this.engine.after(milliseconds, run),
      lag: (from, to) => this.lag(from, to),
      merges: () => this.engine.chance.oneIn(3),
      streamed: (region, item) => this.shardOf(region, item).append(item),
    });
    for (const name of this.names) this.regions.set(name, this.region(name));
    for (const window of history.windows) {
      if (window.fault !== 'deployed' && window.fault !== 'stopped') continue;
      this.engine.after(window.from, () => {
        if (this.active(window.fault, this.names[window.region] ?? '', true))
          this.lambda.killAllIn(this.names[window.region] ?? '', 'Runtime.ExitError');
      });
    }
  }

  at = (region: string): Region => {
    const found = this.regions.get(region);
    if (!found) throw new Error(`no region ${region}`);
    return found;
  };

  /** Milliseconds, by the region's clock. */
  clock(region: string): number {
    const index = this.names.indexOf(region);
    const skew = this.has('clock-skew') ? (this.history.skews[index] ?? 0) : 0;
    return this.engine.now + skew + (this.active('clock-jump', region)?.jump ?? 0);
  }

  has(fault: FaultName): boolean {
    return this.history.faults.includes(fault);
  }

  fire(fault: FaultName): void {
    this.fired[fault] = (this.fired[fault] ?? 0) + 1;
  }

  count = (): number => ++this.counted;

  say(region: string, what: string, data: unknown): void {
    if (!this.trace) return;
    const time = ((this.engine.now - this.start) / 1000).toFixed(3).padStart(9);
    this.trace(`${time} ${region.padEnd(14)} ${what} ${JSON.stringify(data)}`);
  }

  /** The window of a fault that is open in a region now. `silently`: it does nothing by itself. */
  private active(
    fault: WindowName,
    region: string,
    silently = fault === 'clock-jump' || fault === 'deployed',
  ) {
    if (!this.has(fault)) return undefined;
    const time = this.engine.now - this.start;
    const open = this.history.windows.find(
      (window) =>
        window.fault === fault &&
        this.names[window.region] === region &&
        time >= window.from &&
        time <= window.from + window.length,
    );
    if (open && (!silently || fault === 'deployed')) this.fire(fault);
    return open;
  }

  private endOf(fault: WindowName, region: string): number | undefined {
    const open = this.active(fault, region);
    return open && this.start + open.from + open.length + 1;
  }

  private lag(from: string, to: string): number {
    const { chance, now } = this.engine;
    const ends = [this.endOf('cut', from), this.endOf('cut', to)].map((end) => (end ?? now) - now);
    const late = this.has('table-lag') && chance.oneIn(4) ? chance.between(0, 60_000) : 0;
    if (late > 0) this.fire('table-lag');
    return Math.max(...ends, 0) + late + chance.between(300, 1500);
  }

  private shardOf(region: string, { key }: Item): Shard {
    const { shards } = this.at(region);
    return shards[String(key).length % shards.length] as Shard;
  }

  private region(name: string): Region {
    const { engine } = this;
    const common = {
      region: name,
      now: () => engine.now,
      at: (time: number, run: () => void) => engine.at(time, run),
      polls: () => engine.chance.between(5, 250),
      stoppedUntil: () => this.endOf('stopped', name),
    };
    const queue = new Queue({
      ...common,
      count: this.count,
      repeats: () => this.may('message-repeated', 20),
      matches: (body) => matches(queueFilters(principals), { body }),
      invoke: (Records, ended) => this.lambda.invoke(name, 'QueueProcessor', { Records }, ended),
      batchSize: queueBatchSize,
      visibility: queueVisibility,
      maxReceives,
    });
    const shard = () =>
      new Shard({
        ...common,
        arn: `arn:aws:dynamodb:${name}:${accountId}:table/${journalTable(baseName)}/stream/1`,
        matches: (record) => matches(journalFilters(name), record),
        invoke: (Records, ended) => this.lambda.invoke(name, 'StreamProcessor', { Records }, ended),
        batchSize: streamBatchSize,
        trimmed: () => {
          this.trimmed++;
        },
      });
    const bucket = new Bucket({
      region: name,
      count: this.count,
      clock: () => this.clock(name),
      bucketOf: (source) => this.at(this.regionOfBucket(source)).bucket,
      conflicts: () => this.may('conflict', 30),
      landed: (landed) => {
        this.truth.landings.push({ ...landed, at: engine.now });
        const { key, version, eventName, caller } = landed;
        this.say(name, `S3 ${eventName}`, {
          key,
          version: version.versionId,
          write: version.write,
          by: caller.by,
        });
        if (caller.by === 'mars') this.notify(name, eventName, key, version, caller, 100);
      },
      removed: (_, version) => this.truth.removed.add(version),
    });
    const sfn = new StepFunctions(copyLargeObject as unknown as StateMachine, {
      wait: (milliseconds) => new Promise((resolve) => engine.after(milliseconds, resolve)),
      broken: (error) => this.break(error),
      jitter: (milliseconds) => engine.chance.between(0, Math.ceil(milliseconds)),
      invoke: (placeholder, payload, ended) => {
        const functionName = placeholder.replace(/^\$\{(.*)\}$/, '$1');
        engine.at(this.endOf('stopped', name) ?? engine.now, () =>
          this.lambda.invoke(name, functionName, payload, ended),
        );
      },
    });
    const replicas = new Table({ keys: ['key'] });
    const copies = new Table({ keys: ['CopyId'] });
    return { bucket, queue, replicas, copies, sfn, shards: [shard(), shard()] };
  }

  /** Faults of the models, or of code where the models expect none: the history counts for nothing. */
  readonly broken: unknown[] = [];
  private break(error: unknown): void {
    this.broken.push(error);
  }

  /** An operator repairs when the trouble is over. */
  endFaults(): void {
    const ends = this.history.windows.map(({ from, length }) => this.start + from + length + 1);
    this.engine.now = Math.max(this.engine.now, ...ends);
  }

  /** Records of streams that nobody read in time. */
  trimmed = 0;

  may(fault: FaultName, n: number): boolean {
    const does = this.has(fault) && this.engine.chance.oneIn(n);
    if (does) this.fire(fault);
    return does;
  }

  private regionOfBucket = (bucket: string): string => bucket.slice(bucketName(baseName, '').length);

  /** S3's event of a change, in the queue after `delay` milliseconds (S3 User Guide, "Event message structure"). */
  notify(
    region: string,
    eventName: string,
    key: string,
    version: Version,
    { principal }: Caller,
    ...delays: number[]
  ): void {
    const number = this.count().toString(16).toUpperCase();
    const isShort = this.has('sequencer-lengths') && this.engine.chance.oneIn(4);
    if (isShort) this.fire('sequencer-lengths');
    const record = {
      eventName,
      eventTime: new Date(this.clock(region)).toISOString(),
      userIdentity: { principalId: principal },
      s3: {
        bucket: { name: bucketName(baseName, region) },
        object: {
          key: encodeURIComponent(key),
          versionId: version.versionId,
          ...(eventName !== 'ObjectRemoved:Delete' && { eTag: version.eTag.replaceAll('"', '') }),
          ...(version.content && { size: version.content.size }),
          sequencer: number.padStart(isShort ? 16 : 18, '0'),
        },
      },
    };
    const body = JSON.stringify({ Records: [record] });
    for (const delay of delays) this.engine.after(delay, () => this.at(region).queue.send(body));
  }

  private ports(invocation: Invocation): Ports {
    const { region, functionName } = invocation;
    const caller: Caller = { by: 'mars', principal: principalOf('AROA', functionName) };
    const port = (target: string, execute: (command: never) => unknown, service: string) => ({
      send: (command: object) =>
        this.call(invocation, target, service, command, () => execute(command as never)) as never,
    });
    return {
      region,
      accountId,
      s3: (target) =>
        port(target, (command) => this.at(target).bucket.execute(command, caller), 'S3') as ReturnType<
          Ports['s3']
        >,
      sqs: (target) =>
        port(target, (command) => this.sqs(target, command), 'SQS') as ReturnType<Ports['sqs']>,
      sfn: port(region, (command) => this.startExecution(region, command), 'StepFunctions') as Ports['sfn'],
      db: port(region, (command) => this.database(region, command), 'DynamoDB') as Ports['db'],
      now: () => Math.floor(this.clock(region)),
      log: (level, event, data) => this.say(region, `${functionName} ${level} ${event}`, data),
    };
  }

  private sqs(region: string, { input, constructor }: { input: object; constructor: unknown }): unknown {
    const { queue } = this.at(region);
    if (constructor === SendMessageCommand) {
      const { MessageBody = '', DelaySeconds } = input as SendMessageCommand['input'];
      return queue.send(MessageBody, DelaySeconds);
    }
    if (constructor !== ChangeMessageVisibilityCommand) throw new Error(`the model knows no ${constructor}`);
    const { ReceiptHandle = '', VisibilityTimeout } = input as ChangeMessageVisibilityCommand['input'];
    return queue.changeVisibility(ReceiptHandle, VisibilityTimeout ?? 0);
  }

  private startExecution(region: string, command: StartExecutionCommand): unknown {
    if (!(command instanceof StartExecutionCommand)) throw new Error('the model knows StartExecution only');
    return this.at(region).sfn.start(command.input.name ?? '', command.input.input ?? '');
  }

  private database(region: string, command: { input: { TableName: string } }): unknown {
    const { TableName } = command.input;
    if (TableName === journalTable(baseName)) return this.journal.execute(region, command);
    const { replicas, copies } = this.at(region);
    return (TableName.endsWith('-Replicas') ? replicas : copies).execute(command);
  }

  /**
   * A call of a function to a service: under way for a while, done, answered. It fails by the faults of the history; a
   * function that is dead gets no answer.
   */
  private call(
    invocation: Invocation,
    target: string,
    service: string,
    command: { input?: object },
    execute: () => unknown,
  ): Promise<unknown> {
    const { engine } = this;
    return new Promise((resolve, reject) => {
      if (!invocation.alive) return;
      const number = ++this.calls;
      const { kills, slow, lostAnswers } = this.history;
      const kill = this.has('killed') ? kills.find(({ call }) => call === number)?.when : undefined;
      const end = () => this.lambda.kill(invocation, 'Runtime.ExitError');
      if (kill) {
        this.fire('killed');
        this.say(invocation.region, `killed ${kill}`, { functionName: invocation.functionName, number });
      }
      if (kill === 'before') return end();
      const slowly = this.has('slow-call')
        ? slow.find(({ call }) => call === number)?.milliseconds
        : undefined;
      if (slowly !== undefined) this.fire('slow-call');
      const duration = slowly ?? engine.chance.between(2, 60);
      if (kill === 'under way') end();
      if (service === 'S3' && duration > requestTimeout) {
        engine.after(requestTimeout, () => reject(failure('TimeoutError', 0, service)));
      }
      engine.after(duration, () => {
        let error: unknown;
        let value: unknown;
        try {
          const refusal = this.refusal(invocation.region, target, service, command);
          if (refusal) throw refusal;
          value = execute();
        } catch (thrown) {
          error = thrown;
          if (!(thrown as { $metadata?: object }).$metadata) this.break(thrown);
        }
        if (this.trace)
          this.say(target, `${invocation.functionName} ${command.constructor.name}`, {
            number,
            ...pickOf(command.input),
            ...(error ? { error: (error as Error).name } : {}),
          });
        if (kill === 'after') end();
        if (!invocation.alive) return;
        if (this.has('answer-lost') && lostAnswers.includes(number)) {
          this.fire('answer-lost');
          return reject(failure('TimeoutError', 0, service));
        }
        if (error) reject(error);
        else resolve(value);
      });
    });
  }

  private refusal(
    from: string,
    to: string,
    service: string,
    { input }: { input?: object },
  ): Error | undefined {
    const cut = (region: string) => this.active('cut', region) !== undefined;
    const isApart = (a: string, b: string) => a !== b && (cut(a) || cut(b));
    if (isApart(from, to)) return failure('TimeoutError', 0, service);
    if (service !== 'S3') {
      return this.active('throttling', to) ? failure('ThrottlingException', 400, service) : undefined;
    }
    if (this.active('unavailable', to)) return failure('SlowDown', 503, service);
    if (this.active('forbidden', to)) return failure('AccessDenied', 403, service);
    const { CopySource } = (input ?? {}) as { CopySource?: string };
    const source = CopySource && this.regionOfBucket(CopySource.slice(0, CopySource.indexOf('/')));
    return source && isApart(source, to) ? failure('InternalError', 500, service) : undefined;
  }
}

function failure(name: string, httpStatusCode: number, service: string): Error {
  const Kind = service === 'S3' ? S3ServiceException : DynamoDBServiceException;
  return new Kind({ name, message: name, $fault: 'server', $metadata: { httpStatusCode } });
}

const pickOf = (input: object = {}): object => {
  const { Key, Item, VersionId, IfMatch, IfNoneMatch, MessageBody, CopySource, DelaySeconds } =
    input as Record<string, unknown>;
  return { Key, Item, VersionId, IfMatch, IfNoneMatch, MessageBody, CopySource, DelaySeconds };
};
