import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { type Batch, copyPartsInput } from '../contracts/copy';
import { reasonOf } from '../contracts/errors';
import type { CopySource } from '../contracts/replication';
import { countParts, placeOf } from '../large/copy-rows';
import { batchParts, rangeOf } from '../large/parts';
import { copyPart, listParts } from '../large/uploads';
import { readJournal } from '../replication/journal';
import type { Place, Ports } from '../replication/ports';
import { isGreater } from '../replication/stamp';

/** Milliseconds between two looks for a newer write while parts are copied: one of gigabytes takes minutes. */
const looksEach = 30_000;

/** A newer write of the key is known: what is copied here would never show. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/**
 * Copies the parts of one batch; of a repeated batch those that the upload lacks.
 * @throws Superseded; PartTooSlow; CopyRowChanged when another attempt has taken over
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<void> => {
    const { Copy, UploadId, PartSize, Batch, IsRetry } = copyPartsInput.parse(event);
    const { Item } = Copy;
    const place = placeOf(Copy);
    const atOnce = await supersededBy(place, Item, ports);
    if (atOnce) throw atOnce;
    const missing = IsRetry ? await missingOf(place, UploadId, Batch, ports) : numbersOf(Batch);

    const [over, stop] = [new AbortController(), new AbortController()];
    setMaxListeners(batchParts, stop.signal); // more than Node's ten are no leak here
    const meanwhile = watch(place, Item, over.signal, ports).then((superseded) => {
      if (superseded) stop.abort(superseded);
      return superseded;
    });
    const limit = pLimit(batchParts);
    const copied = await Promise.allSettled(
      missing.map((number) => {
        const part = { number, range: rangeOf(number, PartSize, Item.size ?? 0) };
        return limit(() => copyPart(place, Item, UploadId, part, stop.signal, ports));
      }),
    );
    over.abort();
    const failed = copied.filter((result) => result.status === 'rejected');
    await countParts(Copy, missing.length - failed.length, ports);
    const error = (await meanwhile) ?? failed[0]?.reason;
    if (error) throw error;
  };

async function supersededBy(place: Place, item: CopySource, ports: Ports): Promise<Superseded | undefined> {
  const newer = (await readJournal(place, ports)).items.find((other) => isGreater(other, item));
  return newer && new Superseded(`${newer.origin} wrote the key at ${new Date(newer.time).toISOString()}`);
}

/** Looks again and again, until there is a newer write or all is over. A look that fails is made up for by the next. */
async function watch(
  place: Place,
  item: CopySource,
  over: AbortSignal,
  ports: Ports,
): Promise<Superseded | undefined> {
  for (;;) {
    await ports.sleep(looksEach, over);
    if (over.aborted) return undefined;
    try {
      const superseded = await supersededBy(place, item, ports);
      if (superseded) return superseded;
    } catch (error) {
      ports.log('warn', 'not-looked', { ...place, reason: reasonOf(error) });
    }
  }
}

const numbersOf = ({ First, Last }: Batch): number[] =>
  Array.from({ length: Last - First + 1 }, (_, index) => First + index);

async function missingOf(place: Place, UploadId: string, batch: Batch, ports: Ports): Promise<number[]> {
  const there = new Set<number>();
  const range = { first: batch.First, last: batch.Last };
  for await (const { PartNumber = 0 } of listParts(place, UploadId, range, ports)) there.add(PartNumber);
  return numbersOf(batch).filter((number) => !there.has(number));
}
