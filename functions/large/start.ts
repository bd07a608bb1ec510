import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { copyInput } from '../contracts/copy';
import { copyLargeObjectArn } from '../contracts/names';
import type { CopySource } from '../contracts/replication';
import type { Place, Ports } from '../replication/ports';
import { copyId, readCopy } from './copy-rows';

/** Executions of one copy that may have closed without a word in its row, before this gives up for now. */
const unheardOf = 5;

/**
 * Starts CopyLargeObject for a write; while one is running for it, does nothing. A copy that has closed can be made
 * again: under the name of the next attempt.
 */
export async function startLargeCopy(place: Place, item: CopySource, ports: Ports): Promise<void> {
  const copy = copyId(place, item);
  const row = await readCopy(copy, ports);
  const next = row === undefined ? 1 : row.Attempt + (row.Status === 'InProgress' ? 0 : 1);
  for (let attempt = next; attempt < next + unheardOf; attempt++) {
    const input = copyInput.parse({ BaseName: place.baseName, Key: place.key, Item: item, Attempt: attempt });
    try {
      await ports.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: copyLargeObjectArn(ports.region, ports.accountId),
          name: `${copy}-${attempt}`,
          input: JSON.stringify(input),
        }),
      );
      ports.log('info', 'large-copy-started', { ...place, copy, attempt, bytes: item.size });
      return;
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error; // this attempt has closed
    }
  }
  throw new Error(`${unheardOf} executions of copy ${copy} have closed without a word`);
}
