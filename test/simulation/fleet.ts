import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { build, type Plugin } from 'esbuild';
import type { Counts } from './oracles';
import type { Scope } from './shrink';
import type { Share, Told } from './worker';

const root = join(import.meta.dirname, '../..');

/** A change of one line of the code under test. */
export interface Planted {
  file: string;
  find: string;
  replace: string;
}

export interface Run extends Scope {
  runs: number;
  seed: number;
  planted?: Planted;
  shrinks?: number;
  stopAtFirst?: boolean;
  /** Those that are written down come first. */
  withFound?: boolean;
  /** After each history; in no order. */
  told?: (told: Told, done: number) => void;
}

export interface Outcome {
  histories: number;
  violations: Told[];
  fired: Record<string, number>;
  counts: Record<keyof Counts, number>;
  parked: number;
  repaired: number;
}

/** Runs histories on all cores; history i has seed `seed` + i. */
export async function simulate({ runs, seed, planted, ...options }: Run): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'mars-simulation-'));
  try {
    const file = await bundle(folder, planted);
    const outcome: Outcome = {
      histories: 0,
      violations: [],
      fired: {},
      counts: {} as Outcome['counts'],
      parked: 0,
      repaired: 0,
    };
    const workers = Math.min(availableParallelism(), runs);
    const { regions, only, shrinks = 0, stopAtFirst = false, withFound = false } = options;
    const share = {
      scope: { regions, ...(only && { only }) },
      step: workers,
      end: seed + runs,
      shrinks,
      stopAtFirst,
    };
    const running: Worker[] = [];
    const tell = (told: Told) => {
      add(outcome, told);
      options.told?.(told, outcome.histories);
      if (stopAtFirst && told.violations.length > 0) for (const worker of running) void worker.terminate();
    };
    await Promise.all(
      Array.from({ length: workers }, (_, index) => {
        const worker = new Worker(file, {
          workerData: { ...share, first: seed + index, withFound: withFound && index === 0 } satisfies Share,
        });
        running.push(worker);
        worker.on('message', tell);
        return new Promise<void>((resolve, reject) => {
          worker.once('error', reject);
          worker.once('exit', () => resolve());
        });
      }),
    );
    return outcome;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function add(outcome: Outcome, told: Told): void {
  outcome.histories++;
  if (told.violations.length > 0) outcome.violations.push(told);
  for (const [fault, times = 0] of Object.entries(told.fired)) {
    outcome.fired[fault] = (outcome.fired[fault] ?? 0) + times;
  }
  for (const [name, number] of Object.entries(told.counts) as [keyof Counts, number][]) {
    outcome.counts[name] = (outcome.counts[name] ?? 0) + number;
  }
  outcome.parked += told.parked;
  outcome.repaired += Number(told.repaired);
}

/** One file of the models and the functions' code: it runs several times as fast as when each module is loaded. */
async function bundle(folder: string, planted: Planted | undefined): Promise<string> {
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Packages in CommonJS ask for Node's own modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    plugins: planted ? [plant(planted)] : [],
  });
  return outfile;
}

const plant = ({ file, find, replace }: Planted): Plugin => ({
  name: 'plant',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|json)$/ }, async ({ path }) => {
      if (relative(root, path) !== file) return undefined;
      const source = await readFile(path, 'utf8');
      const parts = source.split(find);
      if (parts.length !== 2) throw new Error(`${file} must hold this once: ${find}`);
      return { contents: parts.join(replace), loader: file.endsWith('.json') ? 'json' : 'ts' };
    });
  },
});
