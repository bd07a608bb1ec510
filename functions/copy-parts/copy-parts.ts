import pLimit from 'p-limit';
import { copyPartsInput } from '../contracts/copy';
import { countParts } from '../large/copy-rows';
import { rangeOf } from '../large/parts';
import { copyId } from '../large/start';
import { copyPart, listParts } from '../large/uploads';
import type { Ports } from '../replication/ports';

/** UploadPartCopy calls of one batch at a time: all of them, the function only waits for S3. */
const sideBySide = 25;

/** Copies the parts of one batch that the upload lacks, so a repeated batch does only what is missing. */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const { Copy, UploadId, PartSize, Batch } = copyPartsInput.parse(event);
    const place = { baseName: Copy.BaseName, key: Copy.Key };
    const { size = 0 } = Copy.Item;
    const there = new Set<number>();
    const range = { first: Batch.First, last: Batch.Last };
    for await (const { PartNumber = 0 } of listParts(place, UploadId, range, ports)) there.add(PartNumber);

    const limit = pLimit(sideBySide);
    const count = Batch.Last - Batch.First + 1;
    const missing = Array.from({ length: count }, (_, index) => Batch.First + index).filter(
      (number) => !there.has(number),
    );
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
