import type { Applied } from '../contracts/replication';
import { believed } from '../replication/knowledge';
import { greatest, isGreater } from '../replication/stamp';
import type { Diagnosis } from './diagnose';
import type { KnownHere } from './known';
import type { Listed } from './listing';

/**
 * What a listing and two rows tell of a key in each region. Bytes are not compared: eTags of objects under SSE-KMS differ
 * between regions (API Reference, "Object", ETag). But each region knows the eTag of the version that it wrote or applied,
 * and no version ever changes. So a region is in step when it shows what it believes in, and that is the greatest write.
 * Pure; compare.ts asks.
 */

export interface InRegion extends KnownHere {
  region: string;
  /** Absent: nothing is current. */
  listed: Listed | undefined;
}

/** `Unexplained`: it shows something else than it believes in; only its bucket can tell what. */
export type Verdict = { is: 'InStep' } | { is: 'NotApplied'; since: number } | { is: 'Unexplained' };

const topOf = ({ region, own, row }: InRegion) => believed({ region, items: own ? [own] : [], row });

/** What a region applied may be the write of one that has left the set since, whose own item is read no more. */
export const winnerOf = (key: readonly InRegion[]): Applied | undefined =>
  greatest(key.flatMap((here) => topOf(here) ?? []));

/** Whether a region has heard of the greatest write that is journaled. */
function hasApplied(winner: Applied | undefined, here: InRegion): boolean {
  const top = topOf(here);
  return !winner || (top !== undefined && !isGreater(winner, top));
}

export function compareKey(key: readonly InRegion[]): Map<string, Verdict> {
  const winner = winnerOf(key);
  const verdictOn = (here: InRegion): Verdict => {
    const top = topOf(here);
    const isShown = top?.kind === 'put' ? here.listed?.eTag === top.eTag : here.listed === undefined;
    if (!isShown) return { is: 'Unexplained' };
    // A delete where nothing is: nobody sees that it is not applied yet.
    if (!winner || hasApplied(winner, here) || (winner.kind === 'delete' && !here.listed))
      return { is: 'InStep' };
    return { is: 'NotApplied', since: winner.time };
  };
  return new Map(key.map((each) => [each.region, verdictOn(each)]));
}

export interface Judged extends Diagnosis {
  region: string;
  /** It does not show the newest write. */
  isBehind: boolean;
}

/**
 * What is wrong with a key, region by region. A write that nobody has heard of is missing in all other regions, if it will
 * win: when its region had applied the greatest write that is journaled, or by its time.
 */
export function judgeKey(
  key: readonly InRegion[],
  diagnoses: ReadonlyMap<string, Diagnosis | undefined>,
): Judged[] {
  const winner = winnerOf(key);
  const winning = key.filter((here) => {
    const { kind, since = 0, awaited } = diagnoses.get(here.region) ?? {};
    const isUnheard = kind === 'Unheard' || (kind === 'Tags' && awaited !== undefined);
    return isUnheard && (hasApplied(winner, here) || since > (winner?.time ?? 0));
  });
  const sinceOf = ({ region }: InRegion) => diagnoses.get(region)?.since;
  const newest = winning.toSorted((a, b) => (sinceOf(b) ?? 0) - (sinceOf(a) ?? 0))[0];
  return key.flatMap((here): Judged[] => {
    const { region } = here;
    const diagnosis = diagnoses.get(region);
    // A delete that nobody has heard of, where nothing is.
    if (newest && here !== newest && !newest.listed && !here.listed) return [];
    if (diagnosis) return [{ region, ...diagnosis, isBehind: here !== newest }];
    return newest ? [{ region, kind: 'Untold', since: sinceOf(newest), isBehind: true }] : [];
  });
}
