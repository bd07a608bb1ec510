import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { FaultName } from './faults';
import { type History, histories } from './history';
import { type Report, run } from './run';

export interface Scope {
  regions: number;
  /** Only these faults; all, if absent. */
  only?: readonly FaultName[];
}

function generate(seed: number, { regions, only }: Scope): fc.Value<History> {
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < 32; i++) generator.next(); // the first numbers of seeds that are near one another are, too
  return histories(regions, only).generate(new fc.Random(generator), undefined);
}

/** The history of a seed. */
export const historyOf = (seed: number, scope: Scope): History => generate(seed, scope).value;

/** Histories tried while shrinking. */
const tries = 400;

/** A smaller history that breaks the same oracle; what can be left out does not matter. */
export async function shrink(seed: number, scope: Scope): Promise<{ history: History; report: Report }> {
  let smallest = generate(seed, scope);
  let report = await run(smallest.value);
  const oracle = report.violations[0]?.oracle;
  const arbitrary = histories(scope.regions, scope.only, 0);
  let left = tries;
  for (let isSmaller = true; isSmaller && left > 0; ) {
    isSmaller = false;
    for (const candidate of arbitrary.shrink(smallest.value, smallest.context)) {
      if (left-- <= 0) break;
      const tried = await run(candidate.value);
      if (tried.violations[0]?.oracle !== oracle) continue;
      [smallest, report, isSmaller] = [candidate, tried, true];
      break;
    }
  }
  return { history: smallest.value, report };
}

/** A history in lines, as a reader wants it. */
export function describeHistory({ faults, writes, windows, skews, kills }: History): string {
  const lines = writes.map(
    ({ gap, region, key, kind, delay, longDelay, lost }) =>
      `  +${gap} ms: ${kind} of key ${key} in region ${region}, event after ${faults.includes('event-delayed') ? longDelay : delay} ms` +
      (lost && faults.includes('event-lost') ? ', lost' : ''),
  );
  const opened = windows
    .filter(({ fault }) => faults.includes(fault))
    .map(({ fault, region, from, length }) => `  ${fault} in region ${region} from ${from} ms, ${length} ms`);
  const killed = faults.includes('killed')
    ? kills.map(({ call, when }) => `  killed ${when} call ${call}`)
    : [];
  const skewed = faults.includes('clock-skew') ? [`  clocks off by ${skews.join(', ')} ms`] : [];
  return [`  faults: ${faults.join(', ') || 'none'}`, ...lines, ...opened, ...killed, ...skewed].join('\n');
}
