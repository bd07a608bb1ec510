import {
  CreateDeliveryStreamCommand,
  DeleteDeliveryStreamCommand,
  FirehoseClient,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Installation } from '../../cli/installation';
import { bucketName, journalTable } from '../../functions/contracts/names';
import { difference, readBack, type Seen } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { testEmbedded } from './embedded';
import { denials } from './logs';
import { type BucketSet, createSet, installed, named, patience, putText, removeSet, until } from './mars';

const set: BucketSet = { baseName: named('small'), regions: ['us-west-2', 'eu-west-1', 'ap-southeast-1'] };
const [oregon, dublin, singapore] = set.regions as [string, string, string];
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterEach(async () => expect(await denials(mars, set)).toEqual([]));
afterAll(() => removeSet(mars, set));

const bucket = (region: string, { baseName } = set) => bucketName(baseName, region);

const put = (region: string, key: string, text: string, like: Partial<Seen> = {}, of = set) =>
  putText(mars, region, of, key, text, like);

const remove = (region: string, Key: string) =>
  mars.s3(region).send(new DeleteObjectCommand({ Bucket: bucket(region), Key }));

const settle = (key: string, expected: Seen | undefined) => replicated(mars, set, key, expected, patience);

const longest = 1024; // bytes of a key, S3 User Guide, "Naming Amazon S3 objects"

test.each([
  ['plain', 'plain.txt'],
  ['spaces', ' a key with  spaces '],
  ['a plus', 'a+b c+d'],
  ['a percent sign', '100% %20 %2F'],
  ['unicode', 'Grüße/日本語/🚀'],
  ['question marks and ampersands', 'a?versionId=b&c=d#e'],
  ['a slash at the front', '/lead//double'],
  ['1,024 bytes', `${'ü'.repeat((longest - 4) / 2)}.txt`],
])('create, overwrite elsewhere and delete elsewhere: a key with %s', async (_, key) => {
  await settle(key, await put(oregon, key, 'one', { metadata: { a: 'b' }, tags: { project: 'mars' } }));
  await settle(key, await put(dublin, key, 'two', { contentType: 'text/html' }));
  await remove(singapore, key);
  await settle(key, undefined);
  await settle(key, await put(singapore, key, 'again'));
});

test('an empty object', async () => {
  const seen = await put(oregon, 'empty', '');
  expect(seen.bytes).toBe(0);
  await settle('empty', seen);
});

test('a rename is a copy and a delete', async () => {
  const seen = await put(oregon, 'from', 'text', { metadata: { kept: 'yes' }, tags: { kept: 'too' } });
  await settle('from', seen);
  const Bucket = bucket(dublin);
  await mars.s3(dublin).send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
  await remove(dublin, 'from');
  await settle('to', seen);
  await settle('from', undefined);
});

const retag = (region: string, Key: string, tags: Record<string, string>) => {
  const TagSet = Object.entries(tags).map(([name, Value]) => ({ Key: name, Value }));
  return mars
    .s3(region)
    .send(new PutObjectTaggingCommand({ Bucket: bucket(region), Key, Tagging: { TagSet } }));
};

const versionsOf = async (region: string, Prefix: string) =>
  mars.s3(region).send(new ListObjectVersionsCommand({ Bucket: bucket(region), Prefix }));

test('tags that are changed later, anywhere, without a byte copied', async () => {
  const seen = await put(oregon, 'tagged', 'text', { tags: { of: 'the upload' } });
  await settle('tagged', seen);
  for (const [region, tags] of [
    [oregon, { of: 'its own region', 'a b': 'c+d & e=f', ü: '' }],
    [dublin, { of: 'another region' }],
  ] as const) {
    await retag(region, 'tagged', tags);
    await settle('tagged', { ...seen, tags });
  }
  await mars.s3(singapore).send(new DeleteObjectTaggingCommand({ Bucket: bucket(singapore), Key: 'tagged' }));
  await settle('tagged', { ...seen, tags: {} });
  for (const region of set.regions) expect((await versionsOf(region, 'tagged')).Versions).toHaveLength(1);
});

test('tags that two regions change at once end equal', async () => {
  const seen = await put(oregon, 'tagged-twice', 'text');
  await settle('tagged-twice', seen);
  const [ofDublin, ofSingapore] = [{ by: 'Dublin' }, { by: 'Singapore' }];
  await Promise.all([retag(dublin, 'tagged-twice', ofDublin), retag(singapore, 'tagged-twice', ofSingapore)]);
  await equalEverywhere('tagged-twice');
  const ended = await readBack(mars, set.baseName, oregon, 'tagged-twice');
  expect([ofDublin, ofSingapore].map((tags) => ({ ...seen, tags }))).toContainEqual(ended);
});

test('an undelete: the delete marker is removed in another region than the delete was made', async () => {
  const seen = await put(oregon, 'undeleted', 'text', { tags: { kept: 'yes' } });
  await settle('undeleted', seen);
  await remove(oregon, 'undeleted');
  await settle('undeleted', undefined);
  const [marker] = (await versionsOf(dublin, 'undeleted')).DeleteMarkers ?? [];
  const version = { Bucket: bucket(dublin), Key: 'undeleted', VersionId: marker?.VersionId };
  await mars.s3(dublin).send(new DeleteObjectCommand(version));
  await settle('undeleted', seen);
});

test('a replica is never replicated again', async () => {
  const seen = await put(oregon, 'no-echo', 'text');
  await settle('no-echo', seen);
  await settle('after', await put(dublin, 'after', 'written later'));
  for (const region of set.regions) {
    const db = mars.db(region);
    const { Items = [] } = await db.send(
      new QueryCommand({
        TableName: journalTable(set.baseName),
        KeyConditionExpression: '#key = :key',
        ExpressionAttributeNames: { '#key': 'key' },
        ExpressionAttributeValues: { ':key': 'no-echo' },
      }),
    );
    expect(Items.map(({ origin, revision }) => [origin, revision])).toEqual([[oregon, 1]]);
    expect((await versionsOf(region, 'no-echo')).Versions).toHaveLength(1);
  }
});

test('writes of one key in all regions at once end equal', async () => {
  const keys = Array.from({ length: 10 }, (_, index) => `contended/${index}`);
  await Promise.all(
    keys.flatMap((key, index) => [
      put(oregon, key, `oregon ${index}`),
      put(dublin, key, `dublin ${index}`),
      index % 2 === 0 ? put(singapore, key, `singapore ${index}`) : remove(singapore, key),
    ]),
  );
  for (const key of keys) await equalEverywhere(key);
});

/** Equal, and still equal once another write of the set has gone all the way. */
async function equalEverywhere(key: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const seen = await Promise.all(set.regions.map((region) => readBack(mars, set.baseName, region, key)));
    if (seen.every((object) => difference(seen[0], object) === undefined)) return;
    await settle(`marker/${key}/${tries}`, await put(oregon, `marker/${key}/${tries}`, 'marker'));
  }
  throw new Error(`${key} differs among the regions`);
}

testEmbedded('what Firehose writes is replicated, as any object', async () => {
  const firehose = new FirehoseClient(mars.config(oregon));
  const DeliveryStreamName = named('records');
  const ExtendedS3DestinationConfiguration = {
    BucketARN: `arn:aws:s3:::${bucket(oregon)}`,
    RoleARN: `arn:aws:iam::${mars.accountId}:role/any`, // the embedded Firehose needs no privilege
    Prefix: 'records/',
  };
  await firehose.send(
    new CreateDeliveryStreamCommand({ DeliveryStreamName, ExtendedS3DestinationConfiguration }),
  );
  await firehose.send(
    new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('a record') } }),
  );
  const key = await until('a record is written', async () => {
    const list = new ListObjectsV2Command({ Bucket: bucket(oregon), Prefix: 'records/' });
    return (await mars.s3(oregon).send(list)).Contents?.[0]?.Key;
  });
  const seen = await readBack(mars, set.baseName, oregon, key);
  expect(seen?.bytes).toBe('a record'.length);
  await settle(key, seen);
  await firehose.send(new DeleteDeliveryStreamCommand({ DeliveryStreamName }));
});

test('a second set beside the first', async () => {
  const second: BucketSet = { baseName: named('second'), regions: [dublin, oregon] };
  await createSet(mars, second);
  const here = await put(oregon, 'same-key', 'of the first');
  const there = await put(oregon, 'same-key', 'of the second', {}, second);
  await replicated(mars, set, 'same-key', here, patience);
  await replicated(mars, second, 'same-key', there, patience);
  await removeSet(mars, second);
  await settle('still-alive', await put(dublin, 'still-alive', 'yes'));
});
