import { type LookMessage, lookKind } from '../contracts/replication';
import type { Difference } from './compare';

/**
 * What asks a region to mend a difference: `resolve` decides anew. An event that has not come within the grace time is
 * taken for lost at once; of what nobody knows since when, only after the usual wait.
 */
export function lookFor(
  baseName: string,
  { key, region, kind, awaited, since, source }: Difference,
): LookMessage {
  const reason = `MARS-Reconcile: ${kind}`;
  const adopt = since !== undefined && awaited !== undefined;
  return {
    kind: lookKind,
    baseName,
    key,
    reason,
    from: region,
    awaited,
    adopt,
    tags: kind === 'Tags',
    source,
  };
}
