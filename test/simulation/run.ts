import { type LookMessage, queueMessage, type ReplicaRow } from '../../functions/contracts/replication';
import type { Fired } from './faults';
import type { History } from './history';
import { baseName } from './names';
import { type Counts, differences, judge, noCounts, type Violation } from './oracles';
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
    const silent = silentDifferences(world);
    for (let rounds = 0; rounds < 3 && needsRepair(world); rounds++) {
      parked += world.names.reduce((sum, region) => sum + world.at(region).queue.dead.length, 0);
      repaired = true;
      trace?.('--- redrive and reconcile');
      world.weather.clear();
      repair(world);
      await world.engine.run();
    }
    if (world.faults.length > 0) throw world.faults[0];
    const { violations, counts } = judge(world);
    return report([...silent, ...violations], counts);
  } catch (error) {
    return report([
      { oracle: 'it ends, without a fault of the models', detail: String((error as Error).stack) },
    ]);
  }
}

function silentDifferences(world: World): Violation[] {
  if (world.weather.fired['event-lost'] || world.truth.trimmed > 0) return [];
  return differences(world)
    .filter(({ key }) => !isVisible(world, key))
    .map(({ key, region }) => ({ oracle: 'no failure is silent', detail: `${region} differs for ${key}` }));
}

const isVisible = (world: World, key: string): boolean =>
  world.names.some(
    (region) =>
      (world.at(region).replicas.get({ key }) as ReplicaRow | undefined)?.failed !== undefined ||
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
  world.names.some((region) => world.at(region).queue.dead.length > 0) ||
  differences(world).length > 0;

function repair(world: World): void {
  world.truth.trimmed = 0;
  const keys = new Set(world.truth.writes.map(({ key }) => key));
  for (const region of world.names) {
    const { queue } = world.at(region);
    queue.redrive();
    for (const key of keys) {
      const message: LookMessage = {
        kind: 'look',
        baseName,
        key,
        reason: 'reconcile',
        from: region,
        adopt: false,
      };
      queue.send(JSON.stringify(message));
    }
  }
}
