import { type CompareRangeOutput, compareRangeInput } from '../contracts/reconcile';
import { addCounts, compare, type Difference, noCounts } from '../reconcile/compare';
import { lookFor } from '../reconcile/repair';
import { countsKey, differencesKey, reportsIn } from '../reconcile/reports';
import type { Ports, RegionsPorts } from '../replication/ports';
import { sendAll } from '../replication/queue';

export interface CompareRangePorts extends RegionsPorts {
  /** Differences that are younger are on their way, if the execution does not say otherwise. */
  graceMinutes: number;
}

/** Kept in memory before they are written. */
const mostDifferences = 5_000;
/** Milliseconds; the rest of the function's time is for the last portion. */
const longest = 600_000;

/**
 * Compares a range of keys and tells what differs, as JSON lines, with counts at its end. With Repair the regions are
 * asked to look at what differs. Asked again, with its own answer, until it is done.
 */
export const handlerOf =
  ({ home, portsOf, graceMinutes }: CompareRangePorts) =>
  async (event: unknown): Promise<CompareRangeOutput> => {
    const input = compareRangeInput.parse(event);
    const { Run, Range, Index, Part } = input;
    const begun = home.now();
    const grace = (Run.GraceMinutes ?? graceMinutes) * 60_000;
    const differences: Difference[] = [];
    let Counts = addCounts(noCounts(Run.Targets), input.Counts);
    let reached: string | undefined;
    let Done = true;
    for await (const { through, counts, differences: found } of compare(Run, Range, grace, portsOf)) {
      Counts = addCounts(Counts, counts);
      differences.push(...found.filter(({ isYoung }) => !isYoung));
      reached = through;
      Done = differences.length < mostDifferences && home.now() - begun < longest;
      if (!Done) break;
    }
    const reports = reportsIn(Run.Bucket, home);
    if (differences.length > 0) {
      await reports.write(differencesKey(Run.Folder, Run.Round, Index, Part), linesOf(differences));
      if (Run.Repair) await repair(Run.BaseName, differences, portsOf);
    }
    if (Done) await reports.write(countsKey(Run.Folder, Run.Round, Index), JSON.stringify(Counts));
    return { ...input, Range: Done ? Range : { ...Range, After: reached }, Part: Part + 1, Counts, Done };
  };

const linesOf = (differences: readonly Difference[]): string =>
  differences
    .map(({ isYoung: _, isBehind: __, since, ...told }) =>
      JSON.stringify({ ...told, ...(since !== undefined && { since: new Date(since).toISOString() }) }),
    )
    .join('\n');

async function repair(
  baseName: string,
  differences: readonly Difference[],
  portsOf: (region: string) => Ports,
): Promise<void> {
  const mendable = differences.filter(({ kind }) => !['Altered', 'Untold', 'Unreadable'].includes(kind));
  const regions = [...new Set(mendable.map(({ region }) => region))];
  await Promise.all(
    regions.map((region) => {
      const here = mendable.filter((each) => each.region === region);
      return sendAll(
        here.map((each) => JSON.stringify(lookFor(baseName, each))),
        portsOf(region),
      );
    }),
  );
}
