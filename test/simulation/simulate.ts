import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type FaultName, faultNames } from './faults';
import { histories } from './history';
import { run } from './run';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    regions: { type: 'string', default: '3' },
    fault: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
const only = values.fault ? (values.fault.split(',') as FaultName[]) : undefined;
if (values.fault === 'list') console.log(faultNames.join('\n'));
const arbitrary = histories(Number(values.regions), only);
const kinds: Record<string, number> = {};
const t = performance.now();
let bad = 0,
  parked = 0,
  repaired = 0;
const runs = Number(values.runs);
if (!values.trace) Error.stackTraceLimit = 0;
for (let i = 0; i < runs; i++) {
  const seed = Number(values.seed) + i;
  const history = arbitrary.generate(new fc.Random(xoroshiro128plus(seed)), undefined).value;
  const report = await run(history, values.trace ? console.log : undefined);
  parked += report.parked;
  repaired += Number(report.repaired);
  if (report.violations.length) {
    bad++;
    for (const v of report.violations) kinds[v.oracle] = (kinds[v.oracle] ?? 0) + 1;
    if (bad <= 8) console.log(seed, history.faults.join(','), report.violations.slice(0, 2));
  }
}
console.log({ kinds, bad, parked, repaired, perSecond: runs / ((performance.now() - t) / 1000) });
