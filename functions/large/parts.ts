import type { Batch } from '../contracts/copy';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

/** From here on an object is copied in parts, by CopyLargeObject. Bytes. */
export const largeFrom = 16_000_000;

/** S3 User Guide, "Amazon S3 multipart upload limits". */
const limits = { parts: 10_000, partBytes: 5 * GiB };
export const largestObject = limits.parts * limits.partBytes;

/** Small parts go side by side; below this the requests outweigh what is won. Bytes. */
const smallestPart = 8 * MiB;
/** From here on parts grow instead of getting more ... */
const aimedParts = 1_000;
/**
 * ... until one takes so long that a function's 15 minutes may not be enough: at the slowest rate that was published, 1 TB
 * in 15 minutes by 200 streams, this takes 6.4 minutes. Then they get more again, up to S3's limit. Bytes.
 */
const largestAimedPart = 2 * GiB;
/** Parts of one function call, all side by side: with 40 iterations of an inline Map at once 1,000 are in flight. */
export const batchParts = 25;

/** An object is larger than S3 says it can be. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * How an object is cut: parts of equal size, but for the last, and batches of parts.
 * @throws TooLarge over S3's limit of 10,000 parts of 5 GiB.
 */
export function planParts(size: number): { partSize: number; parts: number; batches: Batch[] } {
  if (size > largestObject) throw new TooLarge(`${size} bytes are more than S3 can hold: ${largestObject}`);
  const inParts = (parts: number) => Math.ceil(size / parts / MiB) * MiB;
  const aimed = Math.min(inParts(aimedParts), largestAimedPart);
  const partSize = Math.max(smallestPart, aimed, inParts(limits.parts));
  const parts = Math.ceil(size / partSize);
  // Two at least: a function of few parts would leave the network of a second one unused.
  const batchSize = Math.ceil(parts / Math.max(2, Math.ceil(parts / batchParts)));
  const batches: Batch[] = [];
  for (let First = 1; First <= parts; First += batchSize) {
    batches.push({ First, Last: Math.min(First + batchSize - 1, parts) });
  }
  return { partSize, parts, batches };
}

/** `bytes=first-last` of a part, for UploadPartCopy. */
export function rangeOf(partNumber: number, partSize: number, size: number): string {
  const first = (partNumber - 1) * partSize;
  return `bytes=${first}-${Math.min(first + partSize, size) - 1}`;
}
