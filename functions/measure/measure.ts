import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { setsHere } from '../large/begun-uploads';
import { executionsOf } from '../large/executions';
import { allFailures } from '../replication/failures';
import type { Ports } from '../replication/ports';

/** Tells what stands open in this region now: counted each time anew, so that no count can go astray. */
export const handlerOf = (ports: Ports) => async (): Promise<void> => {
  let failed = 0;
  for (const baseName of await setsHere(ports)) failed += await failedOf(baseName, ports);
  ports.measure('Failed', failed);
  let [copies, oldest] = [0, 0];
  for await (const { startDate } of executionsOf('RUNNING', ports)) {
    copies++;
    if (startDate) oldest = Math.max(oldest, Math.round((ports.now() - startDate.getTime()) / 1000));
  }
  ports.measure('LargeCopiesInFlight', copies);
  ports.measure('OldestLargeCopy', oldest);
};

async function failedOf(baseName: string, ports: Ports): Promise<number> {
  let failed = 0;
  try {
    for await (const _ of allFailures(baseName, { Prefix: '' }, ports)) failed++;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error; // a bucket for code, or of a set that is being removed
  }
  return failed;
}
