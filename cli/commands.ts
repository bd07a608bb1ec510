import { setTimeout as sleep } from 'node:timers/promises';
import { paginateListStacks } from '@aws-sdk/client-cloudformation';
import { reasonOf } from '../functions/contracts/errors';
import { baseNameOfBucketStack, reportsBucketName } from '../functions/contracts/names';
import { compare } from '../functions/reconcile/compare';
import { reportsIn } from '../functions/reconcile/reports';
import { allFailures } from '../functions/replication/failures';
import { workerOn } from '../functions/validate-input/work';
import { type Context, columns, exitCodes, findSet } from './context';
import { portsOf, type RegionStatus, statusOf } from './status';

/** BaseNames of all sets. */
export async function allSets({ mars }: Context): Promise<string[]> {
  const found = await Promise.all(
    mars.regions.map(async (region) => {
      const names: string[] = [];
      for await (const { StackSummaries = [] } of paginateListStacks(
        { client: mars.cloudFormation(region) },
        {},
      ))
        for (const { StackName = '', StackStatus } of StackSummaries)
          if (StackStatus !== 'DELETE_COMPLETE') names.push(baseNameOfBucketStack(StackName) ?? '');
      return names;
    }),
  );
  return [...new Set(found.flat())].filter((name) => name !== '').toSorted();
}

const bar = (percent: number) => `${'#'.repeat(Math.round(percent / 10)).padEnd(10, '.')} ${percent} %`;
const age = (seconds: number | null) => (seconds === null ? 'unknown' : `${seconds} s`);

const isInStep = ({ behind, failed }: RegionStatus) => behind === 0 && failed.length === 0;

function shown(baseName: string, regions: readonly RegionStatus[]): string {
  const head = [baseName, 'objects', 'behind', 'oldest', 'failed', 'large copies'];
  const rows = regions.map(({ region, objects, behind, oldest, failed, copies }) => [
    region,
    String(objects),
    behind === 0 ? 'in step' : String(behind),
    behind === 0 ? '' : age(oldest),
    String(failed.length),
    copies.map(({ key, percent }) => `${key} ${bar(percent)}`).join(', '),
  ]);
  return columns([head, ...rows]);
}

/** `execution`: that which makes, changes or removes the set. `error`: why it can't be looked at, as while it is made. */
export type SetStatus = { execution?: string | undefined } & (
  | { regions: RegionStatus[] }
  | { error: string }
);

async function statusOfSet(context: Context, baseName: string, isAsked: boolean): Promise<SetStatus> {
  const { accountId, homeRegion, s3, sfn } = context.mars;
  const reports = reportsIn(reportsBucketName(accountId, homeRegion), { s3, region: homeRegion, accountId });
  const execution = await workerOn(baseName, { sfn: sfn(homeRegion), reports });
  try {
    return { execution, regions: await statusOf(context.mars, await findSet(context, baseName)) };
  } catch (error) {
    if (isAsked && execution === undefined) throw error;
    return { execution, error: reasonOf(error) };
  }
}

function shownSet(name: string, set: SetStatus): string {
  const lines: string[] = [];
  if (set.execution !== undefined)
    lines.push(`${name}  is being worked on: "mars trace ${set.execution}" tells how far it is`);
  if ('regions' in set) lines.push(shown(name, set.regions));
  else if (set.execution === undefined) lines.push(`${name}  ${set.error}`);
  return lines.join('\n');
}

/** Where each region of a set stands, or of all sets: one of these that can't be looked at hides no other. */
async function status(context: Context, baseName: string | undefined, indent?: number): Promise<number> {
  const names = baseName === undefined ? await allSets(context) : [baseName];
  const sets: Record<string, SetStatus> = {};
  for (const name of names) sets[name] = await statusOfSet(context, name, baseName !== undefined);
  const texts = Object.entries(sets).map(([name, set]) => shownSet(name, set));
  if (context.json) console.log(JSON.stringify(sets, null, indent));
  else console.log(texts.join('\n\n') || 'there is no set of buckets; "mars create" makes one');
  const isWell = (set: SetStatus) => 'regions' in set && set.regions.every(isInStep);
  return Object.values(sets).every(isWell) ? exitCodes.done : exitCodes.notInStep;
}

/** Milliseconds between two looks of --watch. */
const watchedEach = 5_000;

/** `mars status`, once or, to `watch`, for ever. */
export async function watchStatus(
  context: Context,
  baseName: string | undefined,
  { watch }: { watch: boolean },
): Promise<number> {
  if (!watch) return status(context, baseName, 2);
  for (; ; await sleep(watchedEach)) {
    if (process.stdout.isTTY && !context.json) console.clear();
    await status(context, baseName);
  }
}

/** Keys that do not show what they should, by region, as they are found. */
export async function behind(context: Context, baseName: string): Promise<number> {
  const { regions } = await findSet(context, baseName);
  const set = { BaseName: baseName, Regions: regions, Targets: regions, Prefix: '', Deep: false };
  const found: object[] = [];
  for await (const { differences } of compare(set, {}, 0, portsOf(context.mars)))
    for (const { region, key, kind, since, reason } of differences) {
      const seconds = since === undefined ? null : Math.round((Date.now() - since) / 1000);
      found.push({ region, key, kind, seconds, reason });
      if (!context.json) console.log([region, key, kind, age(seconds), reason ?? ''].join('  ').trimEnd());
    }
  if (context.json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log('nothing is behind');
  else console.log(`next: wait, or "mars reconcile ${baseName}"`);
  return found.length === 0 ? exitCodes.done : exitCodes.notInStep;
}

/** Keys that were given up, with the reasons. */
export async function failed(context: Context, baseName: string): Promise<number> {
  const { regions } = await findSet(context, baseName);
  const found: object[] = [];
  for (const region of regions)
    for await (const { key, failed: why } of allFailures(
      baseName,
      { Prefix: '' },
      portsOf(context.mars)(region),
    )) {
      found.push({ region, key, ...why });
      if (!context.json)
        console.log(`${region}  ${key}  ${why.attempts} tries since ${why.first}  ${why.reason}`);
    }
  if (context.json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log('nothing has failed');
  else console.log(`next: mend the reason, then "mars retry ${baseName} KEY", or "mars redrive ${baseName}"`);
  return found.length === 0 ? exitCodes.done : exitCodes.notInStep;
}
