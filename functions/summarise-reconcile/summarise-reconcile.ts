import pLimit from 'p-limit';
import * as z from 'zod';
import {
  type CountsByRegion,
  countsByRegion,
  keyRange,
  type ReconcileResult,
  type ReconcileRun,
  reconcileRun,
  type SummariseOutput,
} from '../contracts/reconcile';
import { addCounts } from '../reconcile/compare';
import { countsKey, type Reports, rangesKey, reportsIn, summaryKey } from '../reconcile/reports';
import type { RegionsPorts } from '../replication/ports';
import { nextStep } from './next-step';

/** Files read at a time. */
const sideBySide = 32;

/**
 * Adds up a round. Its result has what the first round found, and what the last one still found; when it goes on, then
 * with the ranges that are not in step yet.
 */
export const handlerOf =
  ({ home }: Pick<RegionsPorts, 'home'>) =>
  async (event: unknown): Promise<SummariseOutput> => {
    const run = reconcileRun.parse(event);
    const reports = reportsIn(run.Bucket, home);
    const ranges = z.array(keyRange).parse(JSON.parse((await reports.read(run.RangesKey)) ?? 'null'));
    const counted = await countsOf(run, reports);
    const left = counted.reduce<CountsByRegion>((sum, counts) => addCounts(sum, counts ?? {}), {});
    const NotCompared = counted.filter((counts) => counts === undefined).length;
    const Found = [...run.Found, differencesOf(left)];
    const { Decision, WaitSeconds } = nextStep({ Repair: run.Repair, Found, NotCompared });
    const first = run.First ?? left;
    const open = ranges.filter((_, index) => {
      const counts = counted[index];
      return counts === undefined || differencesOf(counts) > 0;
    });
    const Round = run.Round + 1;
    const RangesKey = rangesKey(run.Folder, Round);
    if (Decision === 'Again') await reports.write(RangesKey, JSON.stringify(open));
    const Result: ReconcileResult = {
      BaseName: run.BaseName,
      Found: first,
      Left: left,
      NotCompared,
      Rounds: run.Round,
      Seconds: Math.round((home.now() - Date.parse(run.Started)) / 1000),
      Report: `s3://${run.Bucket}/${run.Folder}`,
    };
    await reports.write(summaryKey(run.Folder), JSON.stringify(Result));
    home.log('info', 'reconciled', { ...Result, Decision });
    if (Decision !== 'Again') home.measure('ReconcileDifferences', Found.at(-1) ?? 0);
    const Run = { ...run, First: first, Round, RangesKey, Ranges: open.length, Found };
    return { Decision, WaitSeconds, Run, Result };
  };

/** By range; `undefined`: its comparison has failed. */
async function countsOf(run: ReconcileRun, reports: Reports): Promise<(CountsByRegion | undefined)[]> {
  const limit = pLimit(sideBySide);
  return Promise.all(
    Array.from({ length: run.Ranges }, (_, index) =>
      limit(async () => {
        const text = await reports.read(countsKey(run.Folder, run.Round, index));
        return text === undefined ? undefined : countsByRegion.parse(JSON.parse(text));
      }),
    ),
  );
}

const differencesOf = (counts: CountsByRegion): number =>
  Object.values(counts)
    .flatMap(({ Differences }) => Object.values(Differences))
    .reduce((sum, number) => sum + number, 0);
