import type { MetricName } from '../../functions/contracts/metrics';
import { replicaRow } from '../../functions/contracts/replication';
import { OneLarge } from './one-large';
import { redrive } from './operator';

const hour = 3_600_000;

/** A region refuses all calls to S3 for longer than a key is tried, and then no more. */
async function refused(region: number) {
  const windows = [{ fault: 'forbidden' as const, region, from: 0, length: 2 * hour, jump: 0 }];
  const one = new OneLarge({ faults: ['forbidden'], windows });
  one.put(10);
  const { engine } = one.world;
  const began = engine.now;
  await one.run();
  return { one, began };
}

/** What MARS-Measure tells of the region that could not be written to. */
async function measured(one: OneLarge, wanted: MetricName): Promise<number | undefined> {
  one.world.lambda.invoke(one.away, 'Measure', {}, () => {});
  await one.run();
  return one.world.measured.findLast(({ name, region }) => name === wanted && region === one.away)?.value;
}

const rowIn = (one: OneLarge, region: string) =>
  replicaRow.parse(one.world.at(region).replicas.get({ key: 'k' }));

test('what could not be applied is a row with stamp, reason, attempts, first and last of them, until it is', async () => {
  const { one, began } = await refused(1);
  const { failed, failedSince } = rowIn(one, one.away);
  expect(failed).toMatchObject({ time: began, origin: one.home, reason: 'AccessDenied: AccessDenied' });
  const [first, last] = [Date.parse(failed?.first ?? ''), Date.parse(failed?.last ?? '')];
  expect(failed?.attempts).toBe(10);
  expect(first - began).toBeLessThan(10_000);
  expect(last - first).toBeGreaterThan(30 * 60_000);
  expect(failedSince).toBe(failed?.first);

  await redrive(one.world, [one.away], { Key: 'k' }); // too early
  await one.run();
  expect(rowIn(one, one.away).failed).toMatchObject({ attempts: 20, first: failed?.first });

  one.world.engine.now = began + 2 * hour;
  for (const others of [{ Key: 'other' }, { Prefix: 'kk' }]) await redrive(one.world, [one.away], others);
  await redrive(one.world, [one.home]);
  expect(one.shown).toBeUndefined();
  expect(await measured(one, 'Failed')).toBe(1);
  await redrive(one.world, [one.away], { Prefix: 'k' });
  await one.run();
  expect(one.shown).toBe('large');
  expect(rowIn(one, one.away)).not.toHaveProperty('failed');
  expect(rowIn(one, one.away)).not.toHaveProperty('failedSince');
  expect(await measured(one, 'Failed')).toBe(0);
  const latencies = one.world.measured.filter(({ name }) => name === 'ReplicationLatency');
  expect(latencies).toEqual([{ region: one.away, name: 'ReplicationLatency', value: expect.any(Number) }]);
  expect(Math.abs((latencies[0]?.value ?? 0) - 2 * hour)).toBeLessThan(hour);
});

test('a write that could not even be journaled is a row of its own region', async () => {
  const { one, began } = await refused(0);
  expect(rowIn(one, one.home).failed).toMatchObject({ time: began, origin: one.home, attempts: 10 });
});
