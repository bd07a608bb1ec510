import { abortInput, type CopyRow } from '../contracts/copy';
import { maxReceives } from '../contracts/names';
import { closeCopy, readCopy } from '../large/copy-rows';
import { copyId } from '../large/start';
import { abortUpload } from '../large/uploads';
import type { Ports } from '../replication/ports';
import { askToLook, retryDelay } from '../replication/queue';
import { recordFailure } from '../replication/replicas';

/**
 * Cleans up after a large copy that failed: its row tells why, the key goes back to Queue for another attempt, or after
 * the last one to the failed list, and nothing stays uploaded. In this order: if S3 refuses to the end, the next
 * attempt's Prepare ends the upload.
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const { Copy, Reason } = abortInput.parse(event);
    const { BaseName, Key } = Copy;
    const place = { baseName: BaseName, key: Key };
    const CopyId = copyId(place, Copy.Item);
    const before = await readCopy(CopyId, ports);
    const { size: Bytes = 0, origin: Origin } = Copy.Item;
    const Started = new Date(ports.now()).toISOString();
    // Prepare may have failed before it wrote a row; the next attempt counts on from this one.
    const unbegun = { CopyId, BaseName, Key, Origin, Bytes, Started, Parts: 0, PartsDone: 0 };
    const isClosed = before?.Attempt === Copy.Attempt && before.Status !== 'InProgress';
    const isOutdated = (before?.Attempt ?? 0) > Copy.Attempt;
    if (!isClosed && !isOutdated) {
      const row: CopyRow = { ...unbegun, ...before, Attempt: Copy.Attempt, Status: 'Failed' };
      await closeCopy(row, 'Failed', { reason: Reason }, ports);
    }
    ports.log('error', 'large-copy-failed', { ...place, attempt: Copy.Attempt, reason: Reason });
    if (Copy.Attempt >= maxReceives) {
      await recordFailure(place, { reason: Reason, attempts: Copy.Attempt }, ports);
    } else {
      await askToLook(place, Reason, { region: ports.region, delay: retryDelay(Copy.Attempt) }, ports);
    }
    if (before?.UploadId && !isOutdated) await abortUpload(place, before.UploadId, ports);
  };
