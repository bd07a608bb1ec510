import type { ReconcileResult } from '../functions/contracts/reconcile';
import type { RedriveInput } from '../functions/contracts/redrive';
import { columns } from './context';
import type { Installation } from './installation';
import type { Told, Workflow } from './run-workflow';

/** What commands start: each takes the arguments and options that main.ts names, and gives an input of contracts/input.ts. */

export const create = (mars: Installation, baseName: string, { regions }: { regions: string }): Workflow => ({
  title: `Create ${baseName}`,
  stateMachineArn: mars.createArn,
  baseName,
  input: { BaseName: baseName, Regions: regions },
  tell: madeBuckets,
});

export const remove = (mars: Installation, baseName: string, { empty }: { empty: boolean }): Workflow => ({
  title: `Delete ${baseName}`,
  stateMachineArn: mars.deleteArn,
  baseName,
  input: { BaseName: baseName, EmptyBuckets: empty },
});

export const addRegions = (mars: Installation, baseName: string, regions: string[]): Workflow => ({
  title: `Add ${regions.join(', ')} to ${baseName}`,
  stateMachineArn: mars.addRegionArn,
  baseName,
  input: { BaseName: baseName, Regions: regions.join() },
  tell: madeBuckets,
});

export const removeRegions = (
  mars: Installation,
  baseName: string,
  regions: string[],
  { buckets }: { buckets: 'Keep' | 'Delete' },
): Workflow => ({
  title: `Take ${regions.join(', ')} out of ${baseName}`,
  stateMachineArn: mars.removeRegionArn,
  baseName,
  input: { BaseName: baseName, Regions: regions.join(), Buckets: buckets },
});

export const update = (mars: Installation, baseName: string | undefined): Workflow => ({
  title: `Update ${baseName ?? 'all regions'}`,
  stateMachineArn: mars.updateRegionsArn,
  baseName: baseName ?? '',
  input: baseName === undefined ? {} : { BaseName: baseName },
});

export const retry = (mars: Installation, baseName: string, key: string): Workflow => ({
  title: `Retry ${key}`,
  stateMachineArn: mars.redriveArn,
  baseName,
  input: { BaseName: baseName, Key: key },
  tell: sentBack,
});

export const redrive = (
  mars: Installation,
  baseName: string,
  { prefix, region }: { prefix?: string; region?: string },
): Workflow => ({
  title: `Redrive ${baseName}`,
  stateMachineArn: mars.redriveArn,
  baseName,
  input: { BaseName: baseName, Prefix: prefix, Region: region },
  tell: sentBack,
});

export const reconcile = (
  mars: Installation,
  baseName: string,
  options: { dryRun: boolean; deep: boolean; prefix?: string; region?: string; grace?: number },
): Workflow => ({
  title: `Reconcile ${baseName}`,
  stateMachineArn: mars.reconcileArn,
  baseName,
  input: {
    BaseName: baseName,
    Repair: !options.dryRun,
    Deep: options.deep,
    Prefix: options.prefix,
    Region: options.region,
    GraceMinutes: options.grace,
  },
  tell: reconciled,
});

function madeBuckets(output: unknown): Told {
  const { Buckets } = output as { Buckets: string[] };
  const wait =
    'on AWS wait up to 15 minutes before the first write: versioning and notifications take that long';
  return { text: `${Buckets.join('\n')}\nnext: ${wait}` };
}

function sentBack(output: unknown): Told {
  const { Regions } = output as { Regions: RedriveInput[] };
  if (Regions.every(({ Keys, Messages }) => Keys + Messages === 0))
    return {
      text: `nothing of it is listed as failed in ${Regions.map(({ Region }) => Region).join(', ')}; "mars failed" lists all`,
    };
  const rows = Regions.map(({ Region, Keys, Messages }) => [Region, String(Keys), String(Messages)]);
  return { text: columns([['region', 'keys sent back', 'dead letters moved'], ...rows]) };
}

/** What MARS-Reconcile found in each region, and what is left: well if nothing is. */
function reconciled(output: unknown): Told {
  const { Found, Left, Report } = output as ReconcileResult;
  const count = (of: ReconcileResult['Found'], region: string) =>
    Object.entries(of[region]?.Differences ?? {})
      .map(([kind, number]) => `${number} ${kind}`)
      .join(', ');
  const regions = Object.keys(Found);
  const rows = regions.map((region) => [
    region,
    String(Found[region]?.Objects ?? 0),
    count(Found, region) || 'none',
    count(Left, region) || 'none',
    String(Left[region]?.Behind ?? 0),
  ]);
  // What is younger than the grace time is on its way: it is told, and is no difference yet.
  const table = columns([['region', 'objects', 'differences', 'left', 'behind'], ...rows]);
  const isWell = (region: string) => count(Left, region) === '' && !Left[region]?.Behind;
  return { text: `${table}\nreport: ${Report}`, isWell: regions.every(isWell) };
}
