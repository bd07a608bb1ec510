import { abortInput } from '../contracts/copy';
import { maxReceives } from '../contracts/names';
import { type RetryMessage, retryKind } from '../contracts/replication';
import { closeCopy, readCopy } from '../large/copy-rows';
import { copyId } from '../large/start';
import { abortUpload } from '../large/uploads';
import type { Ports } from '../replication/ports';
import { retryDelay, send } from '../replication/queue';
import { recordFailure } from '../replication/replicas';

/**
 * Cleans up after a large copy that failed: nothing stays uploaded, its row tells why, and the key goes back to Queue
 * for another attempt, or after the last one to the failed list.
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const { Copy, Reason } = abortInput.parse(event);
    const place = { baseName: Copy.BaseName, key: Copy.Key };
    const row = await readCopy(copyId(place, Copy.Item), ports);
    if (row && row.Attempt === Copy.Attempt) {
      await abortUpload(place, row.UploadId, ports);
      if (row.Status === 'InProgress') await closeCopy(row, 'Failed', { reason: Reason }, ports);
    }
    ports.log('error', 'large-copy-failed', { ...place, attempt: Copy.Attempt, reason: Reason });
    if (Copy.Attempt >= maxReceives) {
      await recordFailure(place, { reason: Reason, attempts: Copy.Attempt }, ports);
      return;
    }
    const message: RetryMessage = { kind: retryKind, ...place, hints: [Copy.Item], reason: Reason };
    await send(message, ports.region, retryDelay(Copy.Attempt), ports);
  };
