import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { CopyInput } from '../../functions/contracts/copy';
import { journalTable } from '../../functions/contracts/names';
import type { JournalItem, ReplicaRow } from '../../functions/contracts/replication';
import { largestObject, planParts } from '../../functions/large/parts';
import { baseName } from './names';
import { OneLarge } from './one-large';

const GB = 1e9;

test('the largest object that S3 can hold', async () => {
  const large = new OneLarge();
  large.put(largestObject);
  await large.run();
  expect(large.shown).toBe('large');
  expect(large.rows).toMatchObject([{ Status: 'Complete', Parts: 10_000, PartsDone: 10_000 }]);
  expect(large.calls).toMatchObject({ UploadPartCopy: 10_000, ListParts: 10 });
}, 60_000);

/** At most N + N/1000 + 8 calls to S3 and N/25 + 10 transitions for N parts; the row is written with each batch, not each part. */
test.each([1e8, 1e9, 100 * 2 ** 30, 1e12, largestObject])(
  'what %d bytes cost',
  async (size) => {
    const large = new OneLarge();
    large.put(size);
    await large.run();
    const { parts, batches } = planParts(size);
    expect(large.rows).toMatchObject([{ Status: 'Complete', Parts: parts, revision: 2 }]);
    expect(large.calls).toMatchObject({ UploadPartCopy: parts, Update: batches.length });
    expect(large.callsToS3).toBeLessThanOrEqual(parts + parts / 1000 + 8);
    expect(large.world.at(large.away).machines.copies.transitions).toBeLessThanOrEqual(parts / 25 + 10);
  },
  60_000,
);

test('one byte more is on the failed list, with the reason', async () => {
  const large = new OneLarge();
  large.put(largestObject + 1);
  await large.run();
  const row = large.world.at(large.away).replicas.get({ key: 'k' }) as ReplicaRow | undefined;
  expect(row?.failed?.reason).toMatch(/TooLarge: \d+ bytes are more than S3 can hold/);
  expect(row?.failed).toMatchObject({ origin: large.home, attempts: 2 });
  expect(large.rows).toMatchObject([{ Status: 'Failed', Attempt: 2 }]);
});

test('a batch that is repeated copies only the parts that are missing', async () => {
  const untroubled = new OneLarge();
  untroubled.put(GB);
  await untroubled.run();
  expect(untroubled.calls).toMatchObject({ UploadPartCopy: 120, ListParts: 1 });

  // The answer to one part (it is the 40th call) is lost: its batch fails, and lists what it has.
  const troubled = new OneLarge({ faults: ['answer-lost'], lostAnswers: [40] });
  troubled.put(GB);
  await troubled.run();
  expect(troubled.shown).toBe('large');
  expect(troubled.calls).toMatchObject({ UploadPartCopy: 120, ListParts: 2 });
});

test('a newer write ends the copy early, and nothing of it stays', async () => {
  const slow = [{ call: 'UploadPartCopy', milliseconds: 1000 }];
  const large = new OneLarge({ faults: ['slow-call'], slow });
  const { parts } = planParts(largestObject);
  large.put(largestObject);
  large.when('UploadPartCopy', 100, () => large.put(10, 'newer'));
  await large.run();
  expect(large.shown).toBe('newer');
  expect(large.rows).toMatchObject([{ Status: 'Superseded' }]);
  expect(large.calls.UploadPartCopy).toBeLessThan(parts);
  expect(large.world.at(large.away).bucket.uploads.size).toBe(0);
});

test('1,000 parts are in flight, and a newer write ends them while they are', async () => {
  const large = new OneLarge({
    faults: ['slow-call'],
    slow: [{ call: 'UploadPartCopy', milliseconds: 600_000 }],
  });
  const { engine, calls } = large.world;
  large.put(1_000 * GB);
  engine.after(60_000, () => large.put(10, 'newer'));
  await large.run();
  expect(calls.most.UploadPartCopyCommand).toBe(1_000);
  const [row] = large.rows;
  expect(row).toMatchObject({ Status: 'Superseded', PartsDone: 0 });
  expect(Date.parse(String(row?.Finished)) - Date.parse(String(row?.Started))).toBeLessThan(100_000);
  expect(large.world.at(large.away).bucket.uploads.size).toBe(0);
}, 60_000);

test('another word of its journal item while it runs starts no second copy', async () => {
  const large = new OneLarge();
  large.put(largestObject);
  const { journal, engine } = large.world;
  const change = () => {
    if (large.rows.length === 0) return engine.after(10, change); // it has not begun
    const before = journal.in(large.home).get({ key: 'k', origin: large.home });
    const Item = { ...before, sequencer: 'ff', revision: 2, check: true };
    journal.execute(large.home, new PutCommand({ TableName: journalTable(baseName), Item }));
  };
  change();
  await large.run();
  expect(large.rows).toMatchObject([{ Status: 'Complete', Attempt: 1 }]);
  expect(large.calls).toMatchObject({ CreateMultipartUpload: 1, UploadPartCopy: 10_000 });
});

test('an own write that cannot be put back is on the failed list, though its row acknowledges it', async () => {
  const large = new OneLarge();
  large.put(largestObject);
  await large.run();
  const { world, home } = large;
  const { time, origin, kind, versionId } = world.journal
    .in(home)
    .get({ key: 'k', origin: home }) as JournalItem;
  const applied = { time, origin, kind, versionId, own: true };
  world.at(home).replicas.store({ key: 'k', applied, history: [], intents: [], revision: 1 });
  const Copy: CopyInput = {
    BaseName: baseName,
    Key: 'k',
    Item: { time, origin, kind, versionId },
    Attempt: 10,
  };
  world.lambda.invoke(home, 'AbortCopy', { Copy, Error: 'KMS', Reason: 'no key' }, () => undefined);
  await large.run();
  expect(world.at(home).replicas.get({ key: 'k' })).toMatchObject({ failed: { reason: 'no key' } });
});
