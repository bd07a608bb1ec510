import { parseArgs } from 'node:util';
import { functions } from './functions';
import { large } from './large';
import { replication } from './replication';
import { scale } from './scale';
import { simulation } from './simulation';
import { type Benchmark, markdown, type Table } from './table';

const benchmarks: Record<string, Benchmark> = {
  replication,
  large,
  functions,
  scale,
  simulation,
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [wanted] = positionals;
if (wanted !== undefined && !benchmarks[wanted]) {
  console.error(`there is no benchmark ${wanted}; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else {
  const tables: Record<string, Table> = {};
  for (const [name, run] of Object.entries(benchmarks)) {
    if (wanted !== undefined && wanted !== name) continue;
    const table = await run();
    tables[name] = table;
    if (values.json) continue;
    console.log(`${name}:\n\n${markdown(table)}\n`);
  }
  if (values.json) console.log(JSON.stringify(tables, null, 2));
}
