import type { CompareRangeInput } from '../../functions/contracts/reconcile';
import type { RedriveInput } from '../../functions/contracts/redrive';
import { differencesKey } from '../../functions/reconcile/reports';
import { baseName, reports } from './names';
import type { World } from './world';

/**
 * What an operator does when the trouble is over, by the functions of MARS-Redrive and MARS-Reconcile. (Their state
 * machines are tried on the embedded AWS.)
 */
export async function redrive(
  world: World,
  regions = world.names,
  Scope: RedriveInput['Scope'] = { Prefix: '' },
): Promise<void> {
  const ask = { BaseName: baseName, Scope, Keys: 0, Messages: 0, Listed: false, Done: false };
  for (const Region of regions) await untilDone<RedriveInput>(world, 'RedriveRegion', { ...ask, Region });
}

interface Wish {
  repair: boolean;
  deep: boolean;
}

const comparison = (world: World, { repair, deep }: Wish, Folder: string): CompareRangeInput => ({
  Run: {
    BaseName: baseName,
    Regions: world.names,
    Targets: world.names,
    Prefix: '',
    Deep: deep,
    Repair: repair,
    Bucket: reports,
    Folder,
    Round: 1,
    RangesKey: '',
    Ranges: 1,
    Started: '',
    Found: [],
  },
  Range: {},
  Index: 0,
  Part: 0,
  Counts: {},
});

/** All that differs. */
export async function reconcile(
  world: World,
  wish: Wish,
): Promise<{ key: string; region: string; kind: string }[]> {
  const Folder = 'reconcile/';
  world.reports.clear();
  await untilDone(world, 'CompareRange', comparison(world, wish, Folder));
  const lines = world.reports.get(differencesKey(Folder, 1, 0, 0))?.split('\n') ?? [];
  return lines.map((line) => JSON.parse(line));
}

/** As the schedule starts it, at any moment: it may be killed, or find something else than is there when it has ended. */
export function beginReconcile(world: World, deep: boolean): void {
  const input = comparison(world, { repair: true, deep }, 'scheduled/');
  world.lambda.invoke(world.names[0] ?? '', 'CompareRange', input, () => {});
}

/** More than a history has faults that strike single calls: here each call is tried once, on AWS the SDK tries it again. */
const mostRetries = 30;

/** Calls a function of the home region again and again, until it is done and all that followed has happened. */
async function untilDone<Input extends object>(world: World, name: string, input: Input): Promise<void> {
  let ended: unknown = 'not';
  let retries = 0;
  const call = (payload: object): void => {
    world.lambda.invoke(world.names[0] ?? '', name, payload, (how) => {
      if ('error' in how) {
        if (retries++ < mostRetries) call(payload);
        else ended = how.error;
      } else if ((how.value as { Done: boolean }).Done) ended = undefined;
      else call(how.value as object);
    });
  };
  call(input);
  await world.engine.run();
  if (ended !== undefined) throw new Error(`${name} failed: ${ended}`, { cause: ended });
}
