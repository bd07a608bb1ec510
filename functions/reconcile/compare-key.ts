import { believed } from '../replication/knowledge';
import { greatest, isGreater } from '../replication/stamp';
import type { KnownHere } from './known';
import type { Listed } from './listing';

/**
 * What a listing and two rows tell of a key in each region. Bytes are not compared: eTags of objects under SSE-KMS differ
 * between regions (API Reference, "Object", ETag). But each region knows the eTag of the version that it wrote or applied,
 * and no version ever changes. So a region is in step when it shows what it believes in, and that is the greatest write.
 */

export interface InRegion extends KnownHere {
  region: string;
  /** Absent: nothing is current. */
  listed: Listed | undefined;
}

/** `Unexplained`: it shows something else than it believes in; only its bucket can tell what. */
export type Verdict = { is: 'InStep' } | { is: 'NotApplied'; since: number } | { is: 'Unexplained' };

export function compareKey(key: readonly InRegion[]): Map<string, Verdict> {
  const winner = greatest(key.flatMap(({ own }) => own ?? []));
  const verdictOn = ({ region, own, row, listed }: InRegion): Verdict => {
    const top = believed({ region, items: own ? [own] : [], row });
    const isShown = top?.kind === 'put' ? listed?.eTag === top.eTag : listed === undefined;
    if (!isShown) return { is: 'Unexplained' };
    const isApplied = !winner || (top !== undefined && !isGreater(winner, top));
    // A delete where nothing is: nobody sees that it is not applied yet.
    if (isApplied || (winner.kind === 'delete' && !listed)) return { is: 'InStep' };
    return { is: 'NotApplied', since: winner.time };
  };
  return new Map(key.map((each) => [each.region, verdictOn(each)]));
}
