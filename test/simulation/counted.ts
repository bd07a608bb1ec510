import { fixed, write } from './fixed';
import type { Write } from './history';
import { Users } from './users';
import { World } from './world';

/** Calls of functions, by operation: of those in the region where a user acts, and in one other. */
export interface Counted {
  here: Record<string, number>;
  elsewhere: Record<string, number>;
}

/** Milliseconds after which the first write is in step. */
const gap = 600_000;

/** What one act of a user on an object that is in step takes, with no fault, no other act, and each record in a call of its own. */
export async function countCalls(kind: Write['kind'], regions: number): Promise<Counted> {
  const first = kind === 'large' ? [] : [write({ kind: 'put' })];
  const act = write({ kind, gap: first.length * gap, upload: kind === 'large' ? 1000 : 0 });
  const counted: Counted = { here: {}, elsewhere: {} };
  const ofFunctions =
    /^ *(\S+) (\S+) +(?:QueueProcessor|StreamProcessor|PrepareCopy|CopyParts|CompleteCopy) (\w+) \(\d+\) (.*)/;
  const world = new World(fixed(1, [], [...first, act], { regions }), (line) => {
    const [, time, region, called = '', data = '{}'] = ofFunctions.exec(line) ?? [];
    if (!called || Number(time) * 1000 < act.gap) return;
    const operation =
      called === 'Put' && 'revision' in JSON.parse(data).Item && 'origin' in JSON.parse(data).Item
        ? 'Journal'
        : called;
    const side = region === world.names[0] ? 'here' : region === world.names[1] ? 'elsewhere' : undefined;
    if (side) counted[side][operation] = (counted[side][operation] ?? 0) + 1;
  });
  new Users(world).begin();
  await world.engine.run();
  if (world.faults.length > 0) throw world.faults[0];
  return counted;
}
