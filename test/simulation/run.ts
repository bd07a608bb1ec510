import { queueMessage, type ReplicaRow } from '../../functions/contracts/replication';
import type { Fired } from './faults';
import type { History } from './history';
import { reconcile, redrive } from './operator';
import {
  type Counts,
  differences,
  judge,
  judgeClosedCopies,
  noCounts,
  showsBytes,
  type Violation,
} from './oracles';
import { Users } from './users';
import { World } from './world';

export interface Report {
  violations: Violation[];
  fired: Fired;
  counts: Counts;
  /** Keys that ended in a DLQ, visible. */
  parked: number;
  repaired: boolean;
}

/**
 * Runs one history to its end. First all that happens by itself: then what differs must be visible as failed, unless
 * S3's events were lost or stream records trimmed, which nobody can see. Then, where there is a reason, an operator moves
 * the dead letters back and reconciles. Then the oracles judge.
 */
export async function run(history: History, trace?: (line: string) => void): Promise<Report> {
  const world = new World(history, trace);
  const report = (violations: Violation[], counts = noCounts): Report => ({
    violations,
    fired: world.weather.fired,
    counts,
    parked,
    repaired,
  });
  let parked = 0;
  let repaired = false;
  try {
    new Users(world).begin();
    await world.engine.run();
    const unswept = judgeClosedCopies(world);
    await sweep(world);
    const silent = silentDifferences(world);
    for (let rounds = 0; rounds < 3 && needsRepair(world); rounds++) {
      parked += world.names.reduce((sum, region) => sum + world.at(region).queue.dead.length, 0);
      repaired = true;
      trace?.('--- redrive and reconcile');
      world.weather.clear();
      world.truth.trimmed = 0;
      silent.push(...notTold(world, await dryRun(world)));
      await redrive(world);
      await reconcile(world, { repair: true, deep: true });
      await sweep(world);
    }
    if (repaired) silent.push(...falselyTold(await dryRun(world)));
    if (world.faults.length > 0) throw world.faults[0];
    const { violations, counts } = judge(world);
    return report([...unswept, ...silent, ...violations, ...leftOver(world)], counts);
  } catch (error) {
    return report([
      { oracle: 'it ends, without a fault of the models', detail: String((error as Error).stack) },
    ]);
  }
}

/** The daily sweep comes when all trouble is over, after hours. */
async function sweep(world: World): Promise<void> {
  world.weather.clear();
  world.engine.now += 2 * 3_600_000;
  for (const region of world.names) world.at(region).sweep();
  await world.engine.run();
}

function silentDifferences(world: World): Violation[] {
  if (world.truth.trimmed > 0) return [];
  return differences(world)
    .filter(({ key }) => !world.truth.unheard.has(key) && !isVisible(world, key))
    .map(({ key, region }) => ({ oracle: 'no failure is silent', detail: `${region} differs for ${key}` }));
}

/** After the repair nothing is listed as failed that is not, and nothing is called running that is over. */
function leftOver(world: World): Violation[] {
  return world.names.flatMap((region) => {
    const { copies, queue, machines } = world.at(region);
    const running = Object.values(machines).filter((machine) => machine.running > 0);
    const failed = failedRows(world, region);
    const copying = [...copies.items.values()].filter(({ Status }) => Status === 'InProgress');
    const broken = machines.cleanUps.list('FAILED');
    const left = { broken, failed, copying, dead: queue.dead, running };
    return Object.entries(left)
      .filter(([, { length }]) => length > 0)
      .map(([what, rows]) => ({
        oracle: 'nothing is left over',
        detail: `${region}, ${what}: ${JSON.stringify(rows)}`,
      }));
  });
}

const failedRows = (world: World, region: string): ReplicaRow[] =>
  ([...world.at(region).replicas.items.values()] as ReplicaRow[]).filter(
    ({ failed }) => failed !== undefined,
  );

const isVisible = (world: World, key: string): boolean =>
  world.names.some(
    (region) =>
      failedRows(world, region).some((row) => row.key === key) ||
      world.at(region).queue.dead.some(({ body }) => keyOf(body) === key),
  );

/** Of a message in Queue. */
function keyOf(body: string): string | undefined {
  const parsed = queueMessage.parse(JSON.parse(body));
  return 'Records' in parsed ? parsed.Records[0]?.s3.object.key : parsed.key;
}

const needsRepair = (world: World): boolean =>
  world.truth.trimmed > 0 ||
  world.weather.fired['event-lost'] !== undefined ||
  world.names.some((region) => world.at(region).queue.dead.length + failedRows(world, region).length > 0) ||
  differences(world).length > 0;

/** Every second one by listings only. */
const isDeep = ({ history }: World): boolean => history.seed % 2 === 0;
const dryRun = (world: World) => reconcile(world, { repair: false, deep: isDeep(world) });

/** A dry run tells of every key that differs. */
function notTold(world: World, told: readonly { key: string }[]): Violation[] {
  return differences(world, isDeep(world) ? undefined : showsBytes)
    .filter(({ key }) => !told.some((each) => each.key === key))
    .map(({ key, region }) => ({ oracle: 'a dry run tells all', detail: `${region} differs for ${key}` }));
}

/** In the end it tells of none. */
const falselyTold = (told: readonly object[]): Violation[] =>
  told.map((each) => ({ oracle: 'in step is called in step', detail: JSON.stringify(each) }));
