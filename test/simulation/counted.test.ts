import { type ActName, acts, type Calls, largeElsewhere } from '../../cli/cost/counts';
import { planParts } from '../../functions/large/parts';
import { countCalls } from './counted';

function plus(...all: Calls[]): Calls {
  const total: Record<string, number> = {};
  for (const [name, count] of all.flatMap((calls) => Object.entries(calls)))
    total[name] = (total[name] ?? 0) + count;
  return total;
}

test.each(Object.keys(acts) as ActName[])('%s: the calls that the cost model counts', async (act) => {
  const { here, elsewhere, tagged } = acts[act];
  for (const regions of [2, 3, 9])
    expect(await countCalls(act, regions)).toEqual({
      here: plus(here, tagged.here),
      elsewhere: plus(elsewhere, tagged.elsewhere),
    });
});

test('a large put: the calls that the cost model counts', async () => {
  const { here, elsewhere } = await countCalls('large', 2);
  const { parts, batches } = planParts(17_000_001);
  const { here: put, tagged } = acts.put;
  const uploadedInParts = { Get: 1 };
  expect(plus(here, elsewhere)).toEqual(
    plus(put, tagged.here, uploadedInParts, largeElsewhere(parts, batches.length)),
  );
});
