import { type CompleteOutput, completeInput } from '../contracts/copy';
import { closeCopy, copyId, placeOf, readCopy } from '../large/copy-rows';
import { abortUpload } from '../large/uploads';
import { readJournal } from '../replication/journal';
import type { Ports } from '../replication/ports';
import { lookLater } from '../replication/queue';
import { mayBeMissing, readRow } from '../replication/replicas';
import { resolve } from '../replication/resolve';
import { greatest, isGreater, isSame } from '../replication/stamp';

/**
 * Ends a large copy by the one operation that changes buckets: it resolves the key, with the finished upload in hand.
 * So the upload becomes the object only if its write still is the winner, over what is known to be there.
 * @throws UploadUsedUp
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<CompleteOutput> => {
    const { Copy, UploadId } = completeInput.parse(event);
    const place = placeOf(Copy);
    const upload = { item: Copy.Item, uploadId: UploadId };
    const outcome = await resolve(place, { verify: true, upload }, ports);
    const applied = (await readRow(place, ports))?.applied;
    const newest = greatest((await readJournal(place, ports)).items);
    const isNewest = newest === undefined || !isGreater(newest, Copy.Item);
    const isNeeded = isNewest && mayBeMissing(Copy.Item, applied, ports);
    if ('wait' in outcome) {
      ports.log('info', 'large-copy-waits', { ...place, reason: outcome.wait });
      if (isNeeded) return { Status: 'Waiting' };
      // The key waits for something else, and can do so in Queue.
      await lookLater(place, outcome.wait, 1, ports, { ...outcome, source: Copy.Item.source });
    }
    const copy = copyId(place, Copy.Item);
    const row = await readCopy(copy, ports);
    const Status = applied && isSame(applied, Copy.Item) ? 'Complete' : 'Superseded';
    const isUsed = Status === 'Complete' && 'now' in outcome;
    if (!isUsed) await abortUpload(place, UploadId, ports);
    const PartsDone = Status === 'Complete' ? row?.Parts : row?.PartsDone;
    // Another attempt's row is for that one to close.
    if (row?.Attempt === Copy.Attempt) {
      const { Reason: _, HandedBack: __, ...rest } = row;
      await closeCopy({ ...rest, PartsDone: PartsDone ?? 0 }, row, Status, ports);
    }
    ports.log('info', 'large-copy-ended', { ...place, copy, Status });
    return { Status };
  };
