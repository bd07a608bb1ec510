import fc from 'fast-check';
import type { KeyRange } from '../../../functions/contracts/reconcile';
import { rangesOf } from '../../../functions/plan-reconcile/plan-reconcile';
import { inListOrder, listKeys } from '../../../functions/reconcile/listing';
import type { Ports } from '../../../functions/replication/ports';

/** A bucket of these keys, which S3 would list in pages of three. */
function bucketWith(region: string, keys: readonly string[]): Ports {
  const sorted = [...keys].sort(inListOrder);
  const send = async ({ input }: { input: Record<string, string | undefined> }) => {
    const after = input.ContinuationToken ?? input.StartAfter;
    const rest = sorted.filter(
      (key) => key.startsWith(input.Prefix ?? '') && (after === undefined || inListOrder(key, after) > 0),
    );
    const page = rest.slice(0, 3);
    return {
      Contents: page.map((Key) => ({ Key: encodeURIComponent(Key), ETag: `${region} ${Key}` })),
      ...(rest.length > 3 && { NextContinuationToken: page[2] }),
    };
  };
  return { region, accountId: '1', s3: () => ({ send }) } as unknown as Ports;
}

async function listed(places: Ports[], range: KeyRange = {}, prefix = '') {
  const found: { key: string; regions: string[] }[] = [];
  for await (const portion of listKeys({ baseName: 'set', prefix }, range, places))
    for (const { key, shown } of portion) found.push({ key, regions: [...shown.keys()] });
  return found;
}

/** Any characters, but no lone surrogates: UTF-8 has none, and so has no key of S3. */
const keys = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }), { maxLength: 30 });

test("every key of any bucket comes once, in S3's order, with the regions that show it", async () => {
  await fc.assert(
    fc.asyncProperty(keys, keys, keys, async (a, b, c) => {
      const places = [bucketWith('a', a), bucketWith('b', b), bucketWith('c', c)];
      const found = await listed(places);
      const all = [...new Set([...a, ...b, ...c])].sort(inListOrder);
      expect(found.map(({ key }) => key)).toEqual(all);
      for (const { key, regions } of found) {
        const showing = Object.entries({ a, b, c }).filter(([, there]) => there.includes(key));
        expect(regions.sort()).toEqual(showing.map(([region]) => region));
      }
    }),
  );
});

test('ranges cut by any sample hold every key once', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys,
      keys,
      fc.array(fc.string({ maxLength: 3 }), { maxLength: 90 }),
      async (a, b, sample) => {
        const places = [bucketWith('a', a), bucketWith('b', b)];
        const found: string[] = [];
        for (const range of rangesOf([...new Set(sample)]))
          found.push(...(await listed(places, range)).map(({ key }) => key));
        expect(found).toEqual([...new Set([...a, ...b])].sort(inListOrder));
      },
    ),
  );
});

test('the order is that of bytes: what JavaScript compares by surrogates comes after', () => {
  const [wide, beyond] = ['\uFF5E', '\u{1F600}'];
  expect(wide > beyond).toBe(true);
  expect(inListOrder(wide, beyond)).toBeLessThan(0);
});

test('a prefix, and a range whose ends are no keys', async () => {
  const places = [bucketWith('a', ['b', 'x/1', 'x/3', 'x/5', 'z'])];
  expect((await listed(places, { After: 'x/2', Through: 'x/4' }, 'x/')).map(({ key }) => key)).toEqual([
    'x/3',
  ]);
});
