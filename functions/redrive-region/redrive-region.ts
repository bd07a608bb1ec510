import { type RedriveInput, redriveInput } from '../contracts/redrive';
import { type LookMessage, lookKind } from '../contracts/replication';
import { failuresOf } from '../replication/failures';
import type { RegionsPorts } from '../replication/ports';
import { sendAll } from '../replication/queue';
import { moveBack } from './dead-letters';

/**
 * Gives what failed in a region another ten tries: keys that are listed as failed are looked at again, and dead letters
 * are moved back to Queue. A key stays listed until it is as it should be. Asked again, with its own answer, until `Done`.
 */
export const handlerOf =
  ({ portsOf }: Pick<RegionsPorts, 'portsOf'>) =>
  async (event: unknown): Promise<RedriveInput> => {
    const input = redriveInput.parse(event);
    const { BaseName: baseName, Region, Scope } = input;
    const ports = portsOf(Region);
    if (input.Listed) {
      const { moved, more } = await moveBack(baseName, Scope, ports);
      return { ...input, Messages: input.Messages + moved, Done: !more };
    }
    const { failures, next } = await failuresOf(baseName, Scope, input.After, ports);
    const look = (key: string): LookMessage => ({
      kind: lookKind,
      baseName,
      key,
      reason: 'MARS-Redrive',
      from: Region,
    });
    await sendAll(
      failures.map(({ key }) => JSON.stringify(look(key))),
      ports,
    );
    return { ...input, Keys: input.Keys + failures.length, After: next, Listed: next === undefined };
  };
