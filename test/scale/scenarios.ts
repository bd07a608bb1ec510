import { regionsInOrder } from '../../cli/cost/load';
import { prices } from '../../cli/cost/prices';
import { Engine } from '../simulation/engine';
import { type Limit, times } from './limits';
import { Region, type Shared } from './region';

export interface Scenario {
  regions: number;
  /** Writes in all, and in a second: of a key each, or all of one. */
  writes: number;
  perSecond: number;
  isOneKey?: boolean;
  /** Made in one region; else in turn in all that run. */
  fromOne?: boolean;
  /** Hours that the last region's functions do not run, from the first write on. */
  stoppedHours?: number;
}

const hour = 3_600_000;
export const scenarios: Readonly<Record<string, Scenario>> = {
  '1,000,000 objects in an hour, 9 regions': { regions: 9, writes: 1_000_000, perSecond: 278 },
  'a hot key, 100 writes a second, 5 minutes': {
    regions: 3,
    writes: 30_000,
    perSecond: 100,
    isOneKey: true,
    fromOne: true,
  },
  "a hot prefix at S3's limit, 1 minute": { regions: 3, writes: 210_000, perSecond: 3500, fromOne: true },
  'a burst of 100,000 in 30 seconds, 3 regions': { regions: 3, writes: 100_000, perSecond: 3333 },
  'a region back after 6 hours, 10 writes a second': {
    regions: 3,
    writes: 216_000,
    perSecond: 10,
    stoppedHours: 6,
  },
  'a region back after 30 hours, 10 writes a second': {
    regions: 3,
    writes: 1_080_000,
    perSecond: 10,
    stoppedHours: 30,
  },
};

export interface Outcome {
  'most messages in a Queue': number;
  'most records in a stream': number;
  'seconds to in step': number;
  'seconds of delay, median': number;
  'seconds of delay, 99 %': number;
  "most of Lambda's concurrency": number;
  'refused calls, %': number;
  'met first': string;
  'tried again': number;
  'in the DLQ': number;
  'found by MARS-Reconcile': number;
  dollars: number;
}

export function play(scenario: Scenario, parallelization = 1): Outcome {
  const engine = new Engine(1, Number.POSITIVE_INFINITY);
  const begin = engine.now;
  const keys = scenario.isOneKey ? 1 : scenario.writes;
  let lastApplied = 0;
  let lastWrite = 0;
  let wrote = 0;
  const delays: number[] = []; // by second
  const shared: Shared = {
    engine,
    regions: [],
    parallelization,
    newest: new Int32Array(keys),
    origin: new Int8Array(keys),
    written: new Float64Array(keys),
    applied: (region, key) => {
      lastApplied = engine.now;
      const second = Math.floor((engine.now - (shared.written[key] ?? 0)) / 1000);
      delays[second] = (delays[second] ?? 0) + 1;
      // A replica's event, which the subscription's filter drops.
      region.counts.sent++;
      region.counts.received++;
    },
  };
  const names = regionsInOrder.slice(0, scenario.regions);
  shared.regions = names.map((name, number) => new Region(number, name, shared));
  const { regions } = shared;
  const stopped = regions.at(-1) as Region;
  if (scenario.stoppedHours) stopped.stoppedUntil = begin + scenario.stoppedHours * hour;
  const writers = scenario.fromOne
    ? regions.slice(0, 1)
    : regions.filter(({ stoppedUntil }) => stoppedUntil === 0);

  const write = () => {
    const key = scenario.isOneKey ? 0 : wrote;
    const at = writers[wrote % writers.length] as Region;
    wrote++;
    if (at.limits.s3Puts.take(engine.now)) {
      shared.newest[key] = wrote;
      shared.origin[key] = at.number;
      shared.written[key] = engine.now;
      at.shows[key] = wrote;
      lastWrite = engine.now;
      engine.after(engine.chance.between(times.event[0], times.event[1]), () => at.send(key, true));
    }
    if (wrote < scenario.writes) engine.at(begin + (wrote / scenario.perSecond) * 1000, write);
  };
  engine.at(begin, write);
  engine.runAtOnce();

  // The daily comparison, or an operator, finds what no record tells of any more.
  const found = stopped.trimmed.filter((key) => (stopped.shows[key] ?? 0) < (shared.newest[key] ?? 0));
  if (found.length > 0) {
    found.forEach((key, index) => {
      stopped.heard[key] = shared.newest[key] ?? 0;
      engine.at(engine.now + index, () => stopped.send(key, false)); // a thousand a second
    });
    engine.runAtOnce();
  }
  const isInStep = (region: Region) => region.shows.every((shown, key) => shown === shared.newest[key]);
  const dead = sum(regions, ({ counts }) => counts.dead);
  if (dead === 0 && !regions.every(isInStep)) throw new Error('a region is not in step, and nothing tells');
  return outcomeOf(
    regions,
    names,
    delays,
    (lastApplied - Math.max(lastWrite, scenario.stoppedHours ? begin + scenario.stoppedHours * hour : 0)) /
      1000,
    found.length,
  );
}

function outcomeOf(
  regions: Region[],
  names: string[],
  delays: number[],
  seconds: number,
  found: number,
): Outcome {
  const all = regions.flatMap(({ limits }) => Object.values(limits));
  const refused = sum(all, ({ refused }) => refused);
  const first = all.toSorted((a, b) => a.metAt - b.metAt)[0] as Limit;
  const most = (of: (region: Region) => number) => Math.max(...regions.map(of));
  return {
    'most messages in a Queue': most(({ peaks }) => peaks.queue),
    'most records in a stream': most(({ peaks }) => peaks.stream),
    'seconds to in step': seconds,
    'seconds of delay, median': quantile(delays, 0.5),
    'seconds of delay, 99 %': quantile(delays, 0.99),
    "most of Lambda's concurrency": most(({ lambda }) => lambda.counts.most),
    'refused calls, %': (100 * refused) / (refused + sum(all, ({ taken }) => taken)),
    'met first': first.metAt === Number.POSITIVE_INFINITY ? 'no limit' : first.name,
    'tried again': sum(regions, ({ counts }) => counts.again),
    'in the DLQ': sum(regions, ({ counts }) => counts.dead),
    'found by MARS-Reconcile': found,
    dollars: sum(regions, (region) => dollarsOf(region, names[region.number] ?? '')),
  };
}

/** Without bytes, and without what users' own writes cost. */
function dollarsOf({ limits, counts, lambda }: Region, name: string): number {
  const { s3Puts, s3Gets, journalWrites, rowWrites, reads } = limits;
  const price = prices[name];
  if (!price) throw new Error(`no prices of ${name}`);
  const copies = rowWrites.taken / 2; // the other PUTs are users'
  return (
    Math.min(s3Puts.taken, copies) * price.s3Put +
    s3Gets.taken * price.s3Get +
    journalWrites.taken * price.dynamodbReplicatedWrite +
    rowWrites.taken * price.dynamodbWrite +
    reads.taken * price.dynamodbRead +
    (counts.sent + (2 * counts.received) / 10) * price.sqsRequest +
    lambda.counts.invocations * price.lambdaRequest +
    (lambda.counts.milliseconds / 1000) * 0.5 * price.lambdaGBSecond
  );
}

/** Of counts by second: the upper end of the second in which that share is reached. */
function quantile(counts: readonly number[], share: number): number {
  const total = counts.reduce((all, count) => all + (count ?? 0), 0);
  let reached = 0;
  for (const [second, count = 0] of counts.entries()) {
    reached += count;
    if (reached >= share * total) return second + 1;
  }
  return 0;
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
