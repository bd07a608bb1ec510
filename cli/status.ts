import { setTimeout as sleep } from 'node:timers/promises';
import type { CountsByRegion } from '../functions/contracts/reconcile';
import { copiesUnderWay } from '../functions/large/copies-under-way';
import { addCounts, compare, noCounts } from '../functions/reconcile/compare';
import { allFailures } from '../functions/replication/failures';
import type { Ports } from '../functions/replication/ports';
import type { Installation } from './installation';

export interface RegionStatus {
  region: string;
  objects: number;
  /** Keys that do not show what they should. */
  behind: number;
  /** Seconds since the oldest write that is not where it should be: 0 when nothing is behind, null when no time is known. */
  oldest: number | null;
  /** Keys that were given up, and why. */
  failed: { key: string; reason: string; attempts: number; first: string; last: string }[];
  /** Large copies under way; `percent` of their parts. */
  copies: { key: string; bytes: number; percent: number }[];
}

/** What the replicating functions would see of a region. */
export const portsOf =
  ({ accountId, s3, sqs, sfn, db }: Installation) =>
  (region: string): Ports => ({
    region,
    accountId,
    s3,
    sqs,
    sfn: sfn(region),
    db: db(region),
    now: Date.now,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    log: () => {}, // what can't be compared is told as a difference, with its reason
    measure: () => {}, // a reader measures nothing
  });

/**
 * Where each region of a set stands now, by the listings and tables themselves: nothing is counted on the way, so nothing
 * can be counted wrong. It costs what a dry run of MARS-Reconcile costs.
 */
export async function statusOf(
  mars: Installation,
  { baseName, regions }: { baseName: string; regions: readonly string[] },
): Promise<RegionStatus[]> {
  const of = portsOf(mars);
  const set = {
    BaseName: baseName,
    Regions: [...regions],
    Targets: [...regions],
    Prefix: '',
    Deep: false,
  };
  let counts: CountsByRegion = noCounts(regions);
  for await (const portion of compare(set, {}, 0, of)) counts = addCounts(counts, portion.counts);
  return Promise.all(
    regions.map(async (region): Promise<RegionStatus> => {
      const told = counts[region];
      if (!told) throw new Error(`${region} was not compared`);
      const { Objects, Behind, Oldest } = told;
      const age = Oldest === undefined ? null : Math.max(0, Math.round((Date.now() - Oldest) / 1000));
      const failed = [];
      for await (const { key, failed: why } of allFailures(baseName, { Prefix: '' }, of(region))) {
        const { reason, attempts, first, last } = why;
        failed.push({ key, reason, attempts, first, last });
      }
      const copies = [];
      for await (const row of copiesUnderWay(of(region))) {
        if (row?.BaseName !== baseName) continue;
        const percent = row.Parts > 0 ? Math.floor((100 * row.PartsDone) / row.Parts) : 0;
        copies.push({ key: row.Key, bytes: row.Bytes, percent });
      }
      return { region, objects: Objects, behind: Behind, oldest: Behind === 0 ? 0 : age, failed, copies };
    }),
  );
}
