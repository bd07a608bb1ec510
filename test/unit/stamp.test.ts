import fc from 'fast-check';
import { greatest, isGreater, isLater, isSame } from '../../functions/replication/stamp';

const stamp = fc.record({
  time: fc.integer({ min: 0, max: 5 }),
  origin: fc.constantFrom('ap-southeast-1', 'eu-west-1', 'us-west-2'),
});

test('the winner is the same in whatever order its writes are heard of', () => {
  fc.assert(
    fc.property(
      fc
        .array(stamp, { minLength: 1 })
        .chain((items) =>
          fc.tuple(fc.constant(items), fc.shuffledSubarray(items, { minLength: items.length })),
        ),
      ([items, shuffled]) => {
        expect(greatest(shuffled)).toEqual(greatest(items));
      },
    ),
  );
});

test('of two stamps at most one is greater, and the greater time decides before the region', () => {
  fc.assert(
    fc.property(stamp, stamp, (a, b) => {
      expect(isGreater(a, b) && isGreater(b, a)).toBe(false);
      if (a.time > b.time) expect(isGreater(a, b)).toBe(true);
    }),
  );
});

test('sequencers are numbers; of different lengths they say nothing', () => {
  expect(isLater('00000660FBA585AC6E', '00000660FBA585AC6D')).toBe(true);
  expect(isLater('00000660FBA585AC6D', '00000660FBA585AC6D')).toBe(false);
  expect(isLater('0FF', 'FE')).toBeUndefined();
});

test('stamps are the same when both time and region are', () => {
  const one = { time: 1, origin: 'eu-west-1' };
  expect(isSame(one, { ...one })).toBe(true);
  expect(isSame(one, { ...one, time: 2 })).toBe(false);
  expect(isSame(one, { ...one, origin: 'us-west-2' })).toBe(false);
});
