import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { journalTable } from '../contracts/names';
import { type KeyRange, planInput, type ReconcileRun } from '../contracts/reconcile';
import { inListOrder } from '../reconcile/listing';
import { rangesKey, reportsIn } from '../reconcile/reports';
import type { Ports, RegionsPorts } from '../replication/ports';

export interface PlanPorts extends RegionsPorts {
  /** Where reports go, in the home region. */
  bucket: string;
}

/** Keys of the sample for each range: they make ranges whose sizes differ by a third or so. */
const samplesPerRange = 20;
/** Ranges that one round can have: its children's results must stay below 256 KiB (Step Functions quotas). */
const mostRanges = 10_000;

/** Cuts the keys of a set into ranges of about `keysPerRange`, by what the journal holds. */
export const handlerOf =
  ({ home, portsOf, bucket: Bucket }: PlanPorts, keysPerRange = 100_000) =>
  async (event: unknown): Promise<ReconcileRun> => {
    const { Comparison, Execution, Started } = planInput.parse(event);
    const { BaseName, Prefix, Regions } = Comparison;
    const ports = portsOf(Regions[0] ?? '');
    const TableName = journalTable(BaseName);
    // Counted by DynamoDB every six hours or so: it decides only how much is done side by side.
    const { Table } = await ports.db.send(new DescribeTableCommand({ TableName }));
    const wanted = Math.min(mostRanges, Math.ceil((Table?.ItemCount ?? 0) / keysPerRange));
    const sample = wanted > 1 ? await keysOf(TableName, wanted * samplesPerRange, ports) : [];
    const ranges = rangesOf(sample.filter((key) => key.startsWith(Prefix)));
    const Folder = `${BaseName}/${Execution}/`;
    const RangesKey = rangesKey(Folder, 1);
    await reportsIn(Bucket, home).write(RangesKey, JSON.stringify(ranges));
    return { ...Comparison, Bucket, Folder, Round: 1, RangesKey, Ranges: ranges.length, Started, Found: [] };
  };

/** Some keys of a table. A scan goes by the keys' hashes, so the first it meets are a sample of all. */
async function keysOf(TableName: string, number: number, { db }: Ports): Promise<string[]> {
  const keys = new Set<string>();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  let read = 0;
  do {
    const page = await db.send(new ScanCommand({ TableName, ExclusiveStartKey, Limit: number }));
    for (const { key } of page.Items ?? []) keys.add(String(key));
    read += page.Items?.length ?? 0;
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey && read < number);
  return [...keys];
}

/** Every so many-th key of a sample ends a range; the last has no end. */
export function rangesOf(sample: readonly string[]): KeyRange[] {
  const sorted = [...sample].sort(inListOrder);
  const ends = sorted.filter((_, index) => (index + 1) % samplesPerRange === 0 && index + 1 < sorted.length);
  const afters = [undefined, ...ends];
  return afters.map((After, index) => ({
    ...(After !== undefined && { After }),
    ...(ends[index] !== undefined && { Through: ends[index] }),
  }));
}
