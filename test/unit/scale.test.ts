import { play } from '../scale/scenarios';

test('what S3 refuses at its limit comes again, until all regions are in step', () => {
  const outcome = play({ regions: 9, writes: 20_000, perSecond: 3500, fromOne: true }, 10);
  expect(outcome['tried again']).toBeGreaterThan(0);
  expect(outcome['in the DLQ']).toBe(0);
});

test('what a region has missed for more than a day is not in the stream any more, and is found', () => {
  const outcome = play({ regions: 3, writes: 3600, perSecond: 1 / 30, stoppedHours: 30 }, 1);
  expect(outcome['found by MARS-Reconcile']).toBeGreaterThan(700); // of 720 in six hours
  expect(outcome['found by MARS-Reconcile']).toBeLessThan(725);
});

test('more batches of a shard at once, sooner in step', () => {
  const burst = { regions: 3, writes: 5000, perSecond: 1000 };
  const [one, ten] = [1, 10].map((parallelization) => play(burst, parallelization)['seconds to in step']);
  expect(one).toBeGreaterThan(5 * (ten ?? 0));
});
