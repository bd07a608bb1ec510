import type { MetricName } from '../../functions/contracts/metrics';
import { bucketName } from '../../functions/contracts/names';
import { type JournalItem, type TagItem, tagsOrigin } from '../../functions/contracts/replication';
import type { Ports } from '../../functions/replication/ports';
import { Calls, type Service } from './calls';
import { Engine } from './engine';
import { functions, principalOfFunction, type SimulatedFunction } from './functions';
import type { History } from './history';
import { GlobalTable } from './models/dynamodb';
import { type Invocation, Lambda } from './models/lambda';
import type { Caller, Landed, Tagged, Version } from './models/s3';
import { accountId, baseName, regionNames } from './names';
import { beginReconcile } from './operator';
import { Region } from './region';
import { Services } from './services';
import { Truth } from './truth';
import { Weather } from './weather';

/** A history's events: few have a tenth of these. */
const mostEvents = 60_000;

/** Reasons that handlers caught, and that no service gives: the code itself is at fault. */
const isFaultOfCode = /^(TypeError|ReferenceError|RangeError|SyntaxError|ZodError)\b/;

/** The models, the faults of one history, and the functions' code as it is exported, in ports of their own. */
export class World {
  readonly engine: Engine;
  readonly weather: Weather;
  readonly truth = new Truth();
  readonly names: string[];
  readonly lambda: Lambda;
  readonly journal: GlobalTable;
  /** Faults of the models, or of code where the models expect none: the history counts for nothing. */
  readonly faults: unknown[] = [];
  private readonly regions: Map<string, Region>;
  readonly calls: Calls;
  private readonly services = new Services(this);
  /** What functions have told CloudWatch. */
  readonly measured: { region: string; name: MetricName; value: number }[] = [];
  /** What MARS-Reconcile has left in its bucket. */
  readonly reports = new Map<string, string>();
  private readonly start: number;
  private counted = 0;

  constructor(
    readonly history: History,
    private readonly trace?: (line: string) => void,
  ) {
    const engine = new Engine(history.seed, mostEvents);
    const after = (milliseconds: number, run: () => void) => engine.after(milliseconds, run);
    this.engine = engine;
    this.start = engine.now;
    this.names = regionNames.slice(0, history.regions);
    this.weather = new Weather(history, this.names, engine);
    this.lambda = new Lambda({
      after,
      broken: this.broken,
      timeout: (name) => functions[name]?.timeout ?? 0,
      run: (invocation, event) => {
        const { handlerOf } = functions[invocation.functionName] as SimulatedFunction;
        const portsOf = (region: string) => this.ports(invocation, region);
        return handlerOf(portsOf(invocation.region), portsOf)(event as never);
      },
    });
    this.journal = new GlobalTable(['key', 'origin'], {
      after,
      regions: this.names,
      now: () => engine.now,
      misses: this.weather.misses,
      lag: (from, to) => this.weather.lag(from, to),
      merges: () => engine.chance.oneIn(3),
      streamed: (region, item) => {
        const journaled = { ...(item as unknown as JournalItem), at: engine.now };
        if (item.origin === region) this.truth.journaled.push(journaled);
        if (item.origin === tagsOrigin(region)) this.truth.heardOfTags(region, item as unknown as TagItem);
        this.at(region).streamed(item);
      },
    });
    const { lambda, broken, weather } = this;
    const say = (region: string, what: string, data: object) => this.say(region, what, data);
    this.calls = new Calls({ history, engine, weather, lambda, broken, ...(trace && { say }) });
    this.regions = new Map(this.names.map((name) => [name, new Region(name, this)]));
    for (const fault of ['deployed', 'stopped'] as const) {
      this.weather.eachTime(fault, (region) => this.lambda.killAllIn(region, 'Runtime.ExitError'));
    }
    this.weather.eachTime('swept', (region) => {
      this.at(region).sweep();
      if (engine.chance.oneIn(2)) beginReconcile(this, engine.chance.oneIn(2));
    });
    this.weather.eachTime('execution-ended', (region) => {
      this.at(region).machines.copies.endAll(engine.chance.oneIn(2) ? 'ABORTED' : 'TIMED_OUT');
    });
  }

  at(region: string): Region {
    const found = this.regions.get(region);
    if (!found) throw new Error(`no region ${region}`);
    return found;
  }

  broken = (error: unknown): void => {
    this.faults.push(error);
  };

  count = (): number => ++this.counted;

  /** A line of the trace. */
  say(region: string, what: string, data: object): void {
    if (!this.trace) return;
    const time = ((this.engine.now - this.start) / 1000).toFixed(3).padStart(9);
    this.trace(`${time} ${region.padEnd(14)} ${what} ${JSON.stringify(data)}`);
  }

  /** A version came into a bucket. The events of users are delayed and lost by what they do: users.ts sends them. */
  landed(landed: Landed): void {
    const { region, key, version, eventName, caller } = landed;
    this.truth.landings.push({ ...landed, at: this.engine.now });
    this.say(region, eventName, {
      Key: key,
      version: version.versionId,
      write: version.write,
      by: caller.by,
    });
    if (caller.by === 'mars') this.notify(region, eventName, key, version, caller, 100);
  }

  /** A version was given other tags. The events of users are delayed and lost by what they do. */
  tagged(tagged: Tagged): void {
    const { region, key, version, before, caller } = tagged;
    const { versionId, content, write } = version;
    const tags = content?.tags;
    this.say(region, 'ObjectTagging', { Key: key, version: versionId, write, before, tags, by: caller.by });
    if (caller.by === 'user') return;
    this.truth.retagged(tagged);
    this.notify(region, 'ObjectTagging:Put', key, version, caller, 100);
  }

  /**
   * S3's event of a change, in the queue after `delays` milliseconds (S3 User Guide, "Event message structure"). Returns
   * its sequencer.
   */
  notify(
    region: string,
    eventName: string,
    key: string,
    version: Version,
    { principal }: Caller,
    ...delays: number[]
  ): string {
    const isRemoval = eventName === 'ObjectRemoved:Delete';
    const sequencer = this.sequencer();
    const object = {
      key: encodeURIComponent(key),
      versionId: version.versionId,
      ...(!isRemoval && { eTag: version.eTag.replaceAll('"', '') }),
      ...(!isRemoval && version.content && { size: version.content.size }),
      ...(!eventName.startsWith('ObjectTagging:') && { sequencer }),
    };
    if (isRemoval) this.truth.removals.add(sequencer);
    const record = {
      eventName,
      eventTime: new Date(this.weather.clock(region)).toISOString(),
      userIdentity: { principalId: principal },
      s3: { bucket: { name: bucketName(baseName, region) }, object },
    };
    const body = JSON.stringify({ Records: [record] });
    for (const delay of delays) this.engine.after(delay, () => this.at(region).queue.send(body));
    return sequencer;
  }

  private sequencer(): string {
    const length = this.weather.may('sequencer-lengths', 4) ? 16 : 18;
    return this.count().toString(16).toUpperCase().padStart(length, '0');
  }

  /** What a function can reach, as seen from a region. */
  private ports(invocation: Invocation, region: string): Ports {
    const { functionName } = invocation;
    const caller: Caller = { by: 'mars', principal: principalOfFunction(functionName), looked: [] };
    const port = (service: Service, target: string, answer: (command: never, sent: number) => unknown) => ({
      send: (command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
        this.truth.calls++;
        const sent = this.engine.now;
        const execute = () => answer(command as never, sent);
        return this.calls.make({ invocation, target, service, command, execute, abortSignal });
      },
    });
    const s3 = (target: string) =>
      port('S3', target, (c, sent) => this.services.s3(target, c, { ...caller, sent }));
    return {
      region,
      accountId,
      s3: s3 as unknown as Ports['s3'],
      sqs: ((target: string) =>
        port('SQS', target, (c) => this.services.queue(target, c))) as unknown as Ports['sqs'],
      sfn: port('StepFunctions', region, (c) =>
        this.services.stepFunctions(region, c),
      ) as unknown as Ports['sfn'],
      db: port('DynamoDB', region, (c) => this.services.table(region, c)) as unknown as Ports['db'],
      now: () => Math.floor(this.weather.clock(region)),
      sleep: (milliseconds, until) =>
        new Promise((resolve) => {
          if (until.aborted) return resolve();
          this.engine.after(milliseconds, resolve);
          until.addEventListener('abort', () => resolve());
        }),
      measure: (name, value) => this.measured.push({ region, name, value }),
      log: (level, event, data) => {
        this.say(region, `${functionName} ${level} ${event}`, data);
        if (isFaultOfCode.test(String(data.reason)))
          this.broken(new Error(`${functionName}: ${data.reason}`));
      },
    };
  }
}
