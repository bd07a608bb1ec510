import { type AbortOutput, abortInput } from '../contracts/copy';
import { failCopy } from '../large/fail-copy';
import type { Ports } from '../replication/ports';

/** Cleans up after a large copy that failed, timed out or was stopped. */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<AbortOutput> => {
    const { Copy, ...why } = abortInput.parse(event);
    return failCopy(Copy, why, ports);
  };
