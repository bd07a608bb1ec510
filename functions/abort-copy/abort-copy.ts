import { type AbortOutput, abortInput } from '../contracts/copy';
import { closeCopy, readCopy } from '../large/copy-rows';
import { handBack } from '../large/hand-back';
import { copyId } from '../large/start';
import { abortUpload } from '../large/uploads';
import type { Ports } from '../replication/ports';

/**
 * Cleans up after a large copy that failed: its row tells why, the key goes back to Queue for another attempt, or after
 * the last one to the failed list, and nothing stays uploaded. In this order: whoever looks at the key finds the attempt
 * closed, and if S3 refuses to the end, the next attempt's Prepare ends the upload.
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<AbortOutput> => {
    const { Copy, Reason } = abortInput.parse(event);
    const { BaseName, Key } = Copy;
    const place = { baseName: BaseName, key: Key };
    const CopyId = copyId(place, Copy.Item);
    const before = await readCopy(CopyId, ports);
    const { size: Bytes = 0, origin: Origin } = Copy.Item;
    const Started = new Date(ports.now()).toISOString();
    // Prepare may have failed before it wrote a row; the next attempt counts on from this one.
    const unbegun = { CopyId, BaseName, Key, Origin, Bytes, Started, Parts: 0, PartsDone: 0 };
    const isMine = before?.Attempt === Copy.Attempt;
    const isOutdated = (before?.Attempt ?? 0) > Copy.Attempt;
    const isDone = isMine && (before.Status === 'Complete' || before.Status === 'Superseded');
    if (!isDone && !isOutdated) {
      ports.log('error', 'large-copy-failed', { ...place, attempt: Copy.Attempt, reason: Reason });
      const row = { ...unbegun, ...before, Attempt: Copy.Attempt, Reason };
      if (!isMine || before.Status === 'InProgress') await closeCopy(row, before, 'Failed', ports);
      await handBack(place, { reason: Reason, attempts: Copy.Attempt }, ports);
    }
    if (isOutdated || !before?.UploadId) return { UploadId: '' };
    await abortUpload(place, before.UploadId, ports);
    return { UploadId: before.UploadId };
  };
