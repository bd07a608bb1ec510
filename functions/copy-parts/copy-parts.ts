import pLimit from 'p-limit';
import { type Batch, copyPartsInput } from '../contracts/copy';
import type { CopySource } from '../contracts/replication';
import { countParts } from '../large/copy-rows';
import { rangeOf } from '../large/parts';
import { copyId } from '../large/start';
import { copyPart, listParts } from '../large/uploads';
import { readJournal } from '../replication/journal';
import type { Place, Ports } from '../replication/ports';
import { isGreater } from '../replication/stamp';

/** UploadPartCopy calls of one batch at a time: all of them, the function only waits for S3. */
const sideBySide = 25;

/** A newer write of the key is known: what is copied here would never show. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/**
 * Copies the parts of one batch; of a repeated batch those that the upload lacks.
 * @throws Superseded
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const { Copy, UploadId, PartSize, Batch, IsRetry } = copyPartsInput.parse(event);
    const place = { baseName: Copy.BaseName, key: Copy.Key };
    await mustBeNewest(place, Copy.Item, ports);
    const { size = 0 } = Copy.Item;
    const missing = IsRetry ? await missingOf(place, UploadId, Batch, ports) : numbersOf(Batch);

    const limit = pLimit(sideBySide);
    const copied = await Promise.allSettled(
      missing.map((number) =>
        limit(() =>
          copyPart(place, Copy.Item, UploadId, { number, range: rangeOf(number, PartSize, size) }, ports),
        ),
      ),
    );
    const failed = copied.filter((result) => result.status === 'rejected');
    await countParts(copyId(place, Copy.Item), missing.length - failed.length, ports);
    if (failed[0]) throw failed[0].reason;
  };

async function mustBeNewest(place: Place, item: CopySource, ports: Ports): Promise<void> {
  const newer = (await readJournal(place, ports)).find((other) => isGreater(other, item));
  if (newer) throw new Superseded(`${newer.origin} wrote the key at ${new Date(newer.time).toISOString()}`);
}

const numbersOf = ({ First, Last }: Batch): number[] =>
  Array.from({ length: Last - First + 1 }, (_, index) => First + index);

async function missingOf(place: Place, UploadId: string, batch: Batch, ports: Ports): Promise<number[]> {
  const there = new Set<number>();
  const range = { first: batch.First, last: batch.Last };
  for await (const { PartNumber = 0 } of listParts(place, UploadId, range, ports)) there.add(PartNumber);
  return numbersOf(batch).filter((number) => !there.has(number));
}
