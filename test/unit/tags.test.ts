import type { Tag } from '@aws-sdk/client-s3';
import { digestOf } from '../../functions/common/digest';
import { copyVersion } from '../../functions/replication/objects';
import { tagsOf, tagsText, writeTags } from '../../functions/replication/tags';
import { portsThatTell } from './sent';

const place = { baseName: 'base', key: 'k' };
const odd: Tag[] = [
  { Key: 'a b', Value: 'c+d & e=f' },
  { Key: 'ü', Value: '' },
];
const oddText = '%C3%BC=&a%20b=c%2Bd%20%26%20e%3Df';

test('the text of tags does not depend on their order', async () => {
  for (const TagSet of [odd, odd.toReversed()]) {
    const { ports } = portsThatTell({ TagSet });
    expect(await tagsText(place, { region: 'us-west-2', versionId: 'v' }, ports)).toBe(oddText);
  }
  expect(digestOf(oddText)).not.toBe(digestOf(''));
});

test('tags are written as they were read', async () => {
  const { ports, sent } = portsThatTell({});
  expect(await writeTags(place, 'v', oddText, ports)).toEqual({ versionId: 'v' });
  expect(sent).toMatchObject([
    {
      command: 'PutObjectTaggingCommand',
      query: { versionId: 'v' },
      headers: { 'x-amz-expected-bucket-owner': '1' },
    },
  ]);
  const texts = [...(sent[0]?.body ?? '').matchAll(/<(Key|Value)>(.*?)<\/|<Value\/>/g)].map(
    ([, , text = '']) => text,
  );
  expect(texts).toEqual(['ü', '', 'a b', 'c+d &amp; e=f']);
});

test('no tags are written by a call of their own', async () => {
  const { ports, sent } = portsThatTell({});
  await writeTags(place, 'v', '', ports);
  expect(sent).toMatchObject([{ command: 'DeleteObjectTaggingCommand', query: { versionId: 'v' } }]);
});

test('those of an object that has none cost no call', async () => {
  const { ports, sent } = portsThatTell({});
  expect(await tagsOf(place, { VersionId: 'v', $metadata: {} }, ports)).toBe('');
  expect(sent).toEqual([]);
});

test('those that are too long for a header are left to S3 to copy', async () => {
  const long = Array.from({ length: 10 }, (_, i) => ({ Key: `${i}`.repeat(128), Value: 'ü'.repeat(128) }));
  const { ports } = portsThatTell({ TagSet: long });
  expect(await tagsOf(place, { VersionId: 'v', TagCount: 10, $metadata: {} }, ports)).toBeUndefined();
});

test.each([
  ['no tags', '', { 'x-amz-tagging-directive': 'REPLACE' }],
  ['tags', 'a=b', { 'x-amz-tagging-directive': 'REPLACE', 'x-amz-tagging': 'a=b' }],
  ['tags that are not told', undefined, {}],
])('a copy of a write with %s', async (_, tags, headers) => {
  const { ports, sent } = portsThatTell({});
  const item = { time: 1, origin: 'eu-west-1', kind: 'put', versionId: 'v', tags } as const;
  await copyVersion(place, item, 'absent', ports);
  const given = Object.entries(sent[0]?.headers ?? {}).filter(([name]) => name.startsWith('x-amz-tagging'));
  expect(Object.fromEntries(given)).toEqual(headers);
});
