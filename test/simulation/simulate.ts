import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number';
import { type FaultName, faultNames } from './faults';
import { simulate } from './fleet';
import { run } from './run';
import { historyOf } from './shrink';

/**
 * `npm run simulate -- --runs N --seed S [--regions R] [--fault NAME[,NAME] | list] [--trace]`: histories with faults
 * against models of the services. History i uses seed S + i. Exit code 1 when an oracle is violated.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    regions: { type: 'string', default: '3' },
    fault: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const whole = (name: 'runs' | 'seed' | 'regions', least: number, most: number): number =>
  wholeNumber(name, values[name], least, most);

function faultsOf(list: string): FaultName[] {
  const names = list.split(',');
  const unknown = names.find((name) => !faultNames.includes(name as FaultName));
  if (unknown) throw new Error(`--fault ${unknown} is unknown; --fault list prints all names`);
  return names as FaultName[];
}

/** Milliseconds between two lines of progress. */
const progressEach = 10_000;

async function main(): Promise<number> {
  if (values.fault === 'list') {
    console.log(faultNames.join('\n'));
    return 0;
  }
  const [runs, seed, regions] = [whole('runs', 1, 1e9), whole('seed', 0, 2e9), whole('regions', 2, 9)];
  const scope = { regions, ...(values.fault !== undefined && { only: faultsOf(values.fault) }) };
  if (values.trace) {
    await run(historyOf(seed, scope), console.log);
    return 0;
  }
  const began = Date.now();
  let saidAt = began;
  const outcome = await simulate({
    ...scope,
    runs,
    seed,
    shrinks: 2,
    told: (told, done) => {
      for (const { oracle, detail } of told.violations)
        console.log(`seed ${told.seed}: ${oracle}: ${detail}`);
      if (told.shrunk) console.log(`seed ${told.seed} shrunk:\n${told.shrunk}`);
      if (Date.now() - saidAt < progressEach) return;
      saidAt = Date.now();
      const perSecond = done / ((saidAt - began) / 1000);
      console.log(`${done} of ${runs} histories, ${perSecond.toFixed(0)} a second`);
    },
  });
  console.log('faults that struck:');
  for (const name of faultNames) console.log(`  ${name.padEnd(18)} ${outcome.fired[name] ?? 0}`);
  console.log('counted:');
  for (const [name, number] of Object.entries(outcome.counts)) console.log(`  ${name.padEnd(18)} ${number}`);
  console.log(
    `  ${'inDeadLetters'.padEnd(18)} ${outcome.parked}\n  ${'repaired'.padEnd(18)} ${outcome.repaired}`,
  );
  console.log(`${outcome.histories} histories, ${outcome.violations.length} violations`);
  return outcome.violations.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
