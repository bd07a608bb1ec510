import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { orchestrationEnvironment } from '../../functions/contracts/environment';
import { bundle } from '../../infra/bundle';
import { type Benchmark, enter, type Table } from './table';

const run = promisify(execFile);
const times = 7;
const functionsFolder = join(import.meta.dirname, '../../functions');
const env = {
  ...Object.fromEntries(Object.keys(orchestrationEnvironment.shape).map((name) => [name, 'true'])),
  RECONCILE_GRACE_MINUTES: '15',
  AWS_REGION: 'us-west-2',
};
const load = `const { cpuUsage, hrtime } = process, cpu = cpuUsage(), start = hrtime.bigint();
  require(process.argv[1]);
  const { user, system } = cpuUsage(cpu);
  console.log(JSON.stringify([Number(hrtime.bigint() - start) / 1e6, (user + system) / 1e3]))`;

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Of each function its bundle, and what it takes to load it, which is the most of a cold start: medians. */
export const functions: Benchmark = async () => {
  const files = await readdir(functionsFolder, { recursive: true });
  const names = files
    .filter((file) => /^[^/]+\/index\.ts$/.test(file))
    .map((file) => file.split('/')[0] ?? '');
  const folder = await mkdtemp(join(tmpdir(), 'mars-bundle-'));
  const table: Table = {};
  bundle(names, folder);
  for (const name of names) {
    const file = join(folder, `${name}.js`);
    const loads: [number, number][] = [];
    for (let i = 0; i < times; i++)
      loads.push(JSON.parse((await run(process.execPath, ['-e', load, file], { env })).stdout));
    enter(table, 'KB', { [name]: (await stat(file)).size / 1000 });
    enter(table, 'ms to load', { [name]: median(loads.map(([ms]) => ms)) });
    enter(table, 'CPU ms to load', { [name]: median(loads.map(([, cpu]) => cpu)) });
  }
  await rm(folder, { recursive: true });
  return table;
};
