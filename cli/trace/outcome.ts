import { type Iteration, regionOf, type Visit } from '../history';

/** `retried`: done after failures; `caught`: failed, and the workflow went on by its Catch; `failed`: ended the execution. */
export type Outcome = 'succeeded' | 'retried' | 'caught' | 'failed' | 'running';

/** Told by form, too, for who sees colours differently. */
export const symbols: Readonly<Record<Outcome, string>> = {
  succeeded: '✓',
  retried: '↻',
  caught: '!',
  failed: '✗',
  running: '…',
};
const worst: readonly Outcome[] = ['failed', 'running', 'caught', 'retried', 'succeeded'];

export function outcomeOf({ exited, error, isDone, tries }: Visit, isRunning: boolean): Outcome {
  if (!exited) return isRunning ? 'running' : 'failed';
  if (error && !isDone) return 'caught';
  return tries > 1 ? 'retried' : 'succeeded';
}

/** Of several visits, the one to look at. */
export const worstOf = (outcomes: readonly Outcome[]): Outcome | undefined =>
  worst.find((outcome) => outcomes.includes(outcome));

/** Milliseconds, up to now or the end of the execution where it has not exited. */
export const durationOf = ({ entered, exited }: Visit, end: Date): number =>
  (exited ?? end).getTime() - entered.getTime();

export function readable(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** What an iteration is about: its region, if one of its states tells. */
export const labelOf = ({ index, visits }: Iteration): string => {
  const region = visits.map(regionOf).find((each) => each !== undefined);
  return region ?? `iteration ${index}`;
};
