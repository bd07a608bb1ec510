import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { NumberValue, PutCommand } from '@aws-sdk/lib-dynamodb';
import { outputOf, runExecution } from '../../cli/execution';
import type { Installation } from '../../cli/installation';
import { bucketName, journalTable, queueName } from '../../functions/contracts/names';
import { readBack, type Seen } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { within } from './embedded';
import { logged } from './logs';
import {
  type BucketSet,
  createSet,
  installed,
  named,
  patience,
  putText,
  removeSet,
  until,
  untilSo,
} from './mars';

/** No other test uses these regions: what is forged stays in their queues. */
const set: BucketSet = { baseName: named('hostile'), regions: ['ap-south-1', 'me-south-1'] };
/** A set whose buckets are named as if a region of the first were `archive-ap-south-1`. */
const archive: BucketSet = { ...set, baseName: named('hostile-archive') };
const [here, there] = set.regions;
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await Promise.all([createSet(mars, set), createSet(mars, archive)]);
});
afterAll(() => Promise.all([removeSet(mars, set), removeSet(mars, archive)]));

const put = (key: string, text: string, like: Partial<Seen> = {}, of = set) =>
  putText(mars, here, of, key, text, like);
const arrives = (key: string, seen: Seen | undefined) => replicated(mars, set, key, seen, patience);

const longest = 1024; // bytes of a key, S3 User Guide, "Naming Amazon S3 objects"
test.each([
  ['a path that goes up', 'a/../b/./c'],
  ['control characters', 'bell\u0007 escape\u001b[31m delete\u007f'],
  ['a line feed and a tab', 'line\nfeed\r\ttab'],
  ['what looks like an escape', '%2e%2e%2f%00%zz'],
  ['emoji that join', '👩‍👩‍👧‍👦/🏴󠁧󠁢󠁥󠁮󠁧󠁿/é and e\u0301'],
  ['text from right to left', '\u202egnp.exe'],
  ['slashes only', '///'],
  ['XML and JSON', '<Key>&amp;"{\'a\': 1}"</Key>'],
  ['backslashes', 'a\\b\\..\\c'],
  ['names of JavaScript', '__proto__/constructor'],
  ['1,024 bytes of four-byte characters', '🚀'.repeat(longest / 4)],
])('a key with %s is written, renamed and deleted everywhere', async (_, key) => {
  const seen = await put(key, 'one');
  await arrives(key, seen);
  const Bucket = bucketName(set.baseName, there);
  const CopySource = encodeURIComponent(`${Bucket}/${key}`);
  await mars.s3(there).send(new CopyObjectCommand({ Bucket, Key: 'renamed', CopySource }));
  await mars.s3(there).send(new DeleteObjectCommand({ Bucket, Key: key }));
  await arrives(key, undefined);
  await arrives('renamed', seen);
});

test('all the metadata and tags that S3 takes', async () => {
  const name = (number: number) => `tag ${number}: +-=._/@`.padEnd(128, 'n');
  const tags = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [name(i), 'v'.repeat(256)]));
  const metadata = { long: 'm'.repeat(2048 - 'long'.length) };
  await arrives('heavy', await put('heavy', 'text', { metadata, tags }));
});

test(
  'messages that nobody should have sent harm no others, and stay to be seen',
  async () => {
    const event = (bucket: string, key: string) => ({
      eventName: 'ObjectCreated:Put',
      eventTime: new Date().toISOString(),
      userIdentity: { principalId: 'AWS:AIDA' },
      s3: { bucket: { name: bucket }, object: { key, versionId: 'v', sequencer: 'no number' } },
    });
    const Records = (record: object) => JSON.stringify({ Records: [record] });
    const bucket = bucketName(set.baseName, here);
    const look = { kind: 'look', baseName: set.baseName, key: 'k', reason: 'forged', from: here };
    const forged = {
      unreadable: [
        Records({ userIdentity: { principalId: 'AWS:AIDA' }, s3: 'none' }),
        Records(event(bucket, '%zz')),
        JSON.stringify({ ...look, from: 'evil.example/' }),
        JSON.stringify({ ...look, baseName: '../other' }),
        JSON.stringify({ ...look, padding: 'x'.repeat(262_144 - 200) }),
      ],
      foreign: [Records(event('a-bucket-of-others', 'k')), Records(event(bucketName('x', there), 'k'))],
      harmless: [Records(event(bucket, 'was-never-written'))],
    };
    const { QueueUrl } = await mars.sqs(here).send(new GetQueueUrlCommand({ QueueName: queueName }));
    for (const MessageBody of Object.values(forged).flat())
      await mars.sqs(here).send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await arrives('beside', await put('beside', 'text'));
    const told = async (event: string) =>
      (await logged(mars, here, 'MARS-QueueProcessor', event)).map(({ messageId }) => messageId);
    await untilSo('each is told of', async () => {
      const [unreadable, foreign] = [await told('message-unreadable'), await told('foreign-bucket')];
      return (
        new Set(unreadable).size === forged.unreadable.length &&
        new Set(foreign).size === forged.foreign.length
      );
    });
  },
  within(120_000),
);

test(
  'items that are not of our making harm no others, cross no bucket, and are listed with their reason',
  async () => {
    await put('secret', 'of the other set', {}, archive);
    const version = await until('the secret', () => readBack(mars, archive.baseName, there, 'secret'));
    expect(version.bytes).toBeGreaterThan(0);
    const item = { time: Date.now(), kind: 'put', versionId: 'v', revision: 1, check: false };
    const TableName = journalTable(set.baseName);
    const poisoned = [
      { ...item, key: 'secret', origin: `archive-${here}` },
      { ...item, key: 'poisoned', origin: there, time: NumberValue.from('1e30') },
      { ...item, key: 'no kind', origin: there, kind: 'destroy' },
    ];
    for (const key of ['poisoned', 'no kind']) await arrives(key, await put(key, 'text'));
    for (const Item of poisoned) await mars.db(here).send(new PutCommand({ TableName, Item }));
    await arrives('after', await put('after', 'text'));
    expect(await readBack(mars, set.baseName, here, 'secret')).toBeUndefined();

    const compare = { BaseName: set.baseName, Repair: false, GraceMinutes: 0 };
    const compared = outputOf(await runExecution(mars.sfn(mars.homeRegion), mars.reconcileArn, compare));
    expect(compared).toMatchObject({
      Found: { [there]: { Differences: { Unreadable: 2 } } },
      NotCompared: 0,
    });
  },
  within(120_000),
);
