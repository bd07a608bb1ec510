import type { SummariseOutput } from '../contracts/reconcile';

/** A key that waits for an event, or fails, comes to its end within this many rounds (36 minutes of waits). */
const fewestRounds = 10;
const longestWait = 900;

/** What follows a round, by the differences that each has found so far. Pure. */
export function nextStep({
  Repair,
  Found,
  NotCompared,
}: {
  Repair: boolean;
  Found: readonly number[];
  NotCompared: number;
}): Pick<SummariseOutput, 'Decision' | 'WaitSeconds'> {
  const [before, now = 0] = [Found.at(-2), Found.at(-1)];
  const WaitSeconds = Math.min(longestWait, 5 * 2 ** (Found.length - 1));
  const end = (Decision: SummariseOutput['Decision']) => ({ Decision, WaitSeconds: 0 });
  if (!Repair || now === 0) return end(NotCompared > 0 ? 'Incomplete' : 'Done');
  // What is on its way ends within this time; so long as each round finds less, it goes on.
  if (Found.length >= fewestRounds && before !== undefined && now >= before) return end('Stuck');
  return { Decision: 'Again', WaitSeconds };
}
