import { parentPort, workerData } from 'node:worker_threads';
import { found } from './found';
import { type Report, run } from './run';
import { describeHistory, historyOf, type Scope, shrink } from './shrink';

/** Some histories of a run, in a thread of their own. */
export interface Share {
  scope: Scope;
  /** First seed, and the step to this worker's next one. */
  first: number;
  step: number;
  /** Seeds from here on are not this run's. */
  end: number;
  /** Violations that are shrunk; of the others the seed is told only. */
  shrinks: number;
  stopAtFirst: boolean;
  /** Those that are written down come first. */
  withFound: boolean;
}

export interface Told extends Report {
  /** Absent: it is written down. */
  seed?: number;
  shrunk?: string;
}

const { scope, first, step, end, shrinks, stopAtFirst, withFound } = workerData as Share;
Error.stackTraceLimit = 10;
let left = shrinks;
for (const history of withFound ? Object.values(found) : [])
  parentPort?.postMessage((await run(history)) satisfies Told);
for (let seed = first; seed < end; seed += step) {
  const report = await run(historyOf(seed, scope));
  const told: Told = { ...report, seed };
  const isBroken = report.violations.length > 0;
  if (isBroken && left-- > 0) {
    const { history, report: smaller } = await shrink(seed, scope);
    const what = smaller.violations.map(({ oracle, detail }) => `  ${oracle}: ${detail}`);
    told.shrunk = [describeHistory(history), ...what].join('\n');
  }
  parentPort?.postMessage(told);
  if (isBroken && stopAtFirst) break;
}
