import { parseArgs } from 'node:util';
import { large } from './large';
import { replication } from './replication';
import { simulation } from './simulation';

/** `npm run bench [-- NAME] [--json]`: all benchmarks, or one. Each gives figures by name. */
export type Benchmark = () => Promise<Record<string, number>>;

const benchmarks: Record<string, Benchmark> = { replication, large, simulation };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [wanted] = positionals;
if (wanted !== undefined && !benchmarks[wanted]) {
  console.error(`there is no benchmark ${wanted}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else {
  const figures: Record<string, Record<string, number>> = {};
  for (const [name, run] of Object.entries(benchmarks)) {
    if (wanted !== undefined && wanted !== name) continue;
    figures[name] = await run();
    if (values.json) continue;
    for (const [figure, value] of Object.entries(figures[name])) {
      console.log(`${name.padEnd(14)} ${figure.padEnd(34)} ${Number(value.toPrecision(6))}`);
    }
  }
  if (values.json) console.log(JSON.stringify(figures, null, 2));
}
