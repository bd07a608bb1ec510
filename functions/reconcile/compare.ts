import pLimit from 'p-limit';
import { reasonOf } from '../contracts/errors';
import type { Comparison, Counts, CountsByRegion, DifferenceKind, KeyRange } from '../contracts/reconcile';
import type { OtherSource } from '../contracts/replication';
import { JournalUnreadable } from '../replication/journal';
import { isRefused } from '../replication/objects';
import type { Place, Ports } from '../replication/ports';
import { isSame } from '../replication/stamp';
import { compareKey, type InRegion, type Judged, judgeKey, winnerOf } from './compare-key';
import { type Diagnosis, diagnose } from './diagnose';
import { knownHere } from './known';
import { type ListedKey, listKeys } from './listing';

/** A key that does not show in a region what it should. */
export interface Difference extends Judged {
  key: string;
  /** Younger than the grace time: what is on its way comes by itself. */
  isYoung: boolean;
  /** A copy of the winner, for the case that its own version is gone. */
  source?: OtherSource | undefined;
}

export interface Compared {
  /** All keys up to here have been compared. */
  through: string;
  counts: CountsByRegion;
  differences: Difference[];
}

/** Keys that are looked at one by one at a time. */
const sideBySide = 16;

/**
 * Compares a range of keys in all regions of a set, in portions; changes nothing. Listings and rows tell what is in step;
 * what they can't explain is looked at in its bucket.
 */
export async function* compare(
  { BaseName, Regions, Targets, Prefix, Deep }: Comparison,
  range: KeyRange,
  grace: number,
  portsOf: (region: string) => Ports,
): AsyncGenerator<Compared> {
  const places = Regions.map(portsOf);
  const { now } = portsOf(Regions[0] ?? '');
  const limit = pLimit(sideBySide);
  for await (const portion of listKeys({ baseName: BaseName, prefix: Prefix }, range, places)) {
    const keys = portion.map(({ key }) => key);
    const known = await Promise.all(places.map((ports) => knownHere(BaseName, keys, ports)));
    const found = await Promise.all(
      portion.map(async ({ key, shown }) => {
        const regions = places.map(({ region }, i): InRegion => {
          const here = known[i]?.(key);
          return { region, own: here?.own, row: here?.row, listed: shown.get(region) };
        });
        const verdicts = compareKey(regions);
        const diagnoseIn = async (ports: Ports, index: number): Promise<Diagnosis | undefined> => {
          const reason = known[index]?.(key).unreadable;
          if (reason !== undefined) return { kind: 'Unreadable', reason };
          const verdict = verdicts.get(ports.region);
          if (verdict?.is === 'NotApplied') return { kind: verdict.is, since: verdict.since };
          if (verdict?.is === 'InStep' && !Deep) return undefined;
          return limit(() => diagnosed({ baseName: BaseName, key }, Deep, ports));
        };
        const diagnoses = await Promise.all(
          places.map(async (ports, index) => [ports.region, await diagnoseIn(ports, index)] as const),
        );
        const source = sourceOf(regions, verdicts);
        const isYoung = ({ since = 0 }: Judged) => now() - since < grace;
        return judgeKey(regions, new Map(diagnoses)).map(
          (each): Difference => ({ key, ...each, isYoung: isYoung(each), source }),
        );
      }),
    );
    const differences = found.flatMap((ofKey) => {
      const ofTargets = ofKey.filter(({ region }) => Targets.includes(region));
      const isCause = ({ kind, region }: Difference) =>
        (kind === 'Unheard' || kind === 'Tags') && !Targets.includes(region);
      return ofTargets.length > 0 ? [...ofTargets, ...ofKey.filter(isCause)] : [];
    });
    yield { through: keys.at(-1) ?? '', counts: countsOf(portion, differences, Targets), differences };
  }
}

/** An object that S3 refuses to show (another's KMS key, a policy), or an item of nobody's, must not keep all others from being compared. */
async function diagnosed(place: Place, deep: boolean, ports: Ports): Promise<Diagnosis | undefined> {
  try {
    return await diagnose(place, { deep }, ports);
  } catch (error) {
    if (!isRefused(error) && !(error instanceof JournalUnreadable)) throw error;
    const reason = reasonOf(error);
    ports.log('error', 'not-compared', { ...place, region: ports.region, reason });
    return { kind: 'Unreadable', reason };
  }
}

/** Where a copy of the winner is, if its origin does not show it. */
function sourceOf(
  regions: readonly InRegion[],
  verdicts: ReturnType<typeof compareKey>,
): OtherSource | undefined {
  const winner = winnerOf(regions);
  const isInStep = ({ region }: InRegion) => verdicts.get(region)?.is === 'InStep';
  if (winner?.kind !== 'put' || regions.some((each) => each.region === winner.origin && isInStep(each)))
    return undefined;
  for (const each of regions) {
    const applied = each.row?.applied;
    if (!isInStep(each) || !applied?.versionId || !isSame(applied, winner)) continue;
    return { time: winner.time, origin: winner.origin, region: each.region, versionId: applied.versionId };
  }
  return undefined;
}

function countsOf(
  portion: readonly ListedKey[],
  differences: readonly Difference[],
  targets: readonly string[],
): CountsByRegion {
  const of = (region: string): Counts => {
    const here = differences.filter((each) => each.region === region);
    const behind = here.filter(({ isBehind }) => isBehind);
    const times = behind.flatMap(({ since }) => since ?? []);
    const counts: Counts = {
      Objects: portion.filter(({ shown }) => shown.has(region)).length,
      Behind: behind.length,
      ...(times.length > 0 && { Oldest: Math.min(...times) }),
      Differences: {},
    };
    for (const { kind, isYoung } of here)
      if (!isYoung) counts.Differences[kind] = (counts.Differences[kind] ?? 0) + 1;
    return counts;
  };
  return Object.fromEntries(targets.map((region) => [region, of(region)]));
}

/** Of regions in which nothing has been compared yet. */
export const noCounts = (regions: readonly string[]): CountsByRegion =>
  Object.fromEntries(regions.map((region) => [region, { Objects: 0, Behind: 0, Differences: {} }]));

/** The counts of two portions together. */
export function addCounts(a: CountsByRegion, b: CountsByRegion): CountsByRegion {
  const sum = { ...a };
  for (const [region, counts] of Object.entries(b)) {
    const before = sum[region];
    if (!before) {
      sum[region] = counts;
      continue;
    }
    const oldest = [before.Oldest, counts.Oldest].filter((time) => time !== undefined);
    const Differences = { ...before.Differences };
    for (const [kind, number] of Object.entries(counts.Differences) as [DifferenceKind, number][])
      Differences[kind] = (Differences[kind] ?? 0) + number;
    sum[region] = {
      Objects: before.Objects + counts.Objects,
      Behind: before.Behind + counts.Behind,
      ...(oldest.length > 0 && { Oldest: Math.min(...oldest) }),
      Differences,
    };
  }
  return sum;
}
