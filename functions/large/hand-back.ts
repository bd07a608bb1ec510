import { maxReceives } from '../contracts/names';
import type { Place, Ports } from '../replication/ports';
import { lookLater } from '../replication/queue';
import { recordFailure } from '../replication/replicas';

/** A large copy failed: the key goes back to Queue for another attempt, or after the last one to the failed list. */
export async function handBack(
  place: Place,
  failed: { reason: string; attempts: number },
  ports: Ports,
): Promise<void> {
  if (failed.attempts >= maxReceives) return recordFailure(place, failed, ports);
  return lookLater(place, failed.reason, failed.attempts, ports);
}
