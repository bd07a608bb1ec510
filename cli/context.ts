import { stacksIn } from '../functions/common/cloudformation';
import { stackNames } from '../functions/contracts/names';
import type { Installation } from './installation';

/** What each command gets. */
export interface Context {
  mars: Installation;
  /** One JSON document and nothing else on standard output. */
  json: boolean;
}

/** What scripts can tell apart. */
export const exitCodes = { done: 0, failed: 1, wrongUse: 2, notInStep: 3, interrupted: 130 } as const;

/** What was asked for can't be; nothing was touched. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

export interface BucketSet {
  baseName: string;
  regions: string[];
}

/** @throws WrongUse when there is no such set. */
export async function findSet({ mars }: Context, baseName: string): Promise<BucketSet> {
  const stacks = await stacksIn(stackNames.bucket(baseName), mars.regions, mars.cloudFormation);
  const regions = stacks.map(({ region }) => region);
  if (regions.length === 0)
    throw new WrongUse(`there is no set "${baseName}"; "mars status" lists all, "mars create" makes one`);
  return { baseName, regions };
}

/** Lines with their columns one below the other. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
