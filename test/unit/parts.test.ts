import fc from 'fast-check';
import { largestObject, planParts, rangeOf, TooLarge } from '../../functions/large/parts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;

test.each([
  [16_000_000, 8 * MiB, 2],
  [100 * MiB, 8 * MiB, 13],
  [1_000 * 8 * MiB, 8 * MiB, 1_000],
  [1_000 * 8 * MiB + 1, 9 * MiB, 889],
  [GiB, 8 * MiB, 128],
  [2 ** 40, 1049 * MiB, 1000],
  [1_000 * 2 * GiB, 2 * GiB, 1_000],
  [1_000 * 2 * GiB + 1, 2 * GiB, 1_001],
  [10 * 2 ** 40, 2 * GiB, 5120],
  [10_000 * 2 * GiB, 2 * GiB, 10_000],
  [10_000 * 2 * GiB + 1, 2 * GiB + MiB, 9_996],
  [50e12, 4769 * MiB, 9999],
  [largestObject, 5 * GiB, 10_000],
])('%d bytes: parts of %d bytes, %d of them', (size, partSize, parts) => {
  expect(planParts(size)).toMatchObject({ partSize, parts });
});

test('one byte more than S3 can hold is refused', () => {
  expect(largestObject).toBe(10_000 * 5 * GiB);
  expect(() => planParts(largestObject + 1)).toThrow(TooLarge);
});

test("any size: within S3's limits, without a gap, in two batches at least", () => {
  fc.assert(
    fc.property(fc.integer({ min: 16_000_000, max: largestObject }), (size) => {
      const { partSize, parts, batches } = planParts(size);
      expect(parts).toBeLessThanOrEqual(10_000);
      expect(partSize).toBeLessThanOrEqual(5 * GiB);
      expect(partSize).toBeGreaterThanOrEqual(5 * MiB);
      expect(batches.length).toBeGreaterThanOrEqual(2);
      const numbers = batches.flatMap(({ First, Last }) => [First, Last]);
      expect(numbers[0]).toBe(1);
      expect(numbers.at(-1)).toBe(parts);
      batches.slice(1).forEach(({ First }, index) => {
        expect(First).toBe((batches[index]?.Last ?? 0) + 1);
      });
      expect(rangeOf(parts, partSize, size)).toBe(`bytes=${(parts - 1) * partSize}-${size - 1}`);
    }),
  );
});

test('100 GB: 995 parts in 40 batches', () => {
  const { parts, batches } = planParts(100 * GiB);
  expect([parts, batches.length]).toEqual([995, 40]);
});

test('over 320 GB, where the 2020 release ended', () => {
  expect(planParts(320 * GiB + 1).parts).toBe(1000);
});
