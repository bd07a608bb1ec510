import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { AbortOutput, CopyInput, Why } from '../contracts/copy';
import { maxReceives } from '../contracts/names';
import type { CopySource } from '../contracts/replication';
import type { Place, Ports } from '../replication/ports';
import { lookLater } from '../replication/queue';
import { type Failed, mayBeMissing, readRow, recordFailure } from '../replication/replicas';
import { closeCopy, copyId, placeOf, readCopy, writeCopy } from './copy-rows';
import { abortUpload } from './uploads';

/** Errors that come again with each attempt, but for a fluke: those are not worth more than two. */
const lasting = [
  'BadDigest',
  'CannotBeKept',
  'InvalidObjectState',
  'InvalidRequest',
  'MetadataTooLarge',
  'PartTooSlow',
  'RequestHeaderSectionTooLarge',
  'TooLarge',
];

/**
 * Cleans up after a large copy that failed: its row tells why, the key goes back to Queue for another attempt, or after
 * the last one to the failed list, and nothing stays uploaded. In this order: whoever looks at the key finds the attempt
 * closed, and if S3 refuses to the end, the next attempt's Prepare ends the upload. Safe to repeat.
 */
export async function failCopy(copy: CopyInput, why: Why, ports: Ports): Promise<AbortOutput> {
  const { BaseName, Key, Item, Attempt } = copy;
  const place = placeOf(copy);
  const CopyId = copyId(place, Item);
  const before = await readCopy(CopyId, ports);
  const { size: Bytes = 0, origin: Origin } = Item;
  const Started = new Date(ports.now()).toISOString();
  // Prepare may have failed before it wrote a row; the next attempt counts on from this one.
  const unbegun = { CopyId, BaseName, Key, Origin, Bytes, Started, Parts: 0, PartsDone: 0 };
  const isMine = before?.Attempt === Attempt;
  const isOutdated = (before?.Attempt ?? 0) > Attempt;
  const isDone = isMine && (before.Status === 'Complete' || before.Status === 'Superseded');
  let row = isMine && before.Status === 'Failed' ? before : undefined;
  if (!isDone && !isOutdated && !row?.HandedBack) {
    if (!row) {
      ports.log('error', 'large-copy-failed', { ...place, attempt: Attempt, reason: why.Reason });
      const failed = { ...unbegun, ...before, Attempt, Reason: why.Reason, HandedBack: false };
      row = await closeCopy(failed, before, 'Failed', ports);
    }
    const attemptsLeft = (lasting.includes(why.Error) ? 2 : maxReceives) - Attempt;
    const since = Date.parse(row.Started);
    const failed = { of: Item, reason: row.Reason ?? why.Reason, attempts: Attempt, since };
    await handBack(place, Item, failed, attemptsLeft, ports);
    await writeCopy({ ...row, HandedBack: true }, row, ports);
  }
  if (isOutdated || !before?.UploadId) return { UploadId: '' };
  await abortUpload(place, before.UploadId, ports);
  return { UploadId: before.UploadId };
}

async function handBack(
  place: Place,
  item: CopySource,
  failed: Failed,
  attemptsLeft: number,
  ports: Ports,
): Promise<void> {
  if (attemptsLeft > 0)
    return lookLater(place, failed.reason, failed.attempts, ports, { source: item.source });
  try {
    const applied = (await readRow(place, ports))?.applied;
    if (mayBeMissing(item, applied, ports)) await recordFailure(place, failed, ports);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    ports.log('warn', 'set-is-gone', { ...place });
  }
}
