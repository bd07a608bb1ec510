import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { CannotBeKept, createUpload } from '../../functions/large/uploads';
import { portsThatTell } from './sent';

/** The headers of CreateMultipartUpload as the SDK sends it for an original. */
async function sentFor(
  original: Partial<HeadObjectCommandOutput>,
  tags?: string,
): Promise<Record<string, string>> {
  const { ports, sent } = portsThatTell({ UploadId: 'u', TagSet: [{ Key: 'read', Value: 'from S3' }] });
  const item = { origin: 'eu-west-1', kind: 'put', time: 1, tags } as const;
  await createUpload({ baseName: 'base', key: 'k' }, item, { ...original, $metadata: {} }, ports);
  return sent.find(({ command }) => command === 'CreateMultipartUploadCommand')?.headers ?? {};
}

test.each(['Wed, 21 Oct 2026 07:28:00 GMT', '0', 'never', '2026-10-21T07:28:00.000Z'])(
  'Expires is replicated as it is: %s',
  async (expires) => {
    const sent = await sentFor({ ExpiresString: expires });
    expect(sent.expires).toBe(expires);
    expect(sent.authorization).toMatch(/SignedHeaders=[^,]*\bexpires\b/);
  },
);

test('all other headers of the original are those of the replica', async () => {
  const sent = await sentFor({
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment',
    ContentEncoding: 'gzip',
    ContentLanguage: 'en',
    ContentType: 'video/mp4',
    Metadata: { title: 't' },
    StorageClass: 'STANDARD_IA',
    WebsiteRedirectLocation: '/elsewhere',
  });
  expect(sent).toMatchObject({
    'cache-control': 'max-age=60',
    'content-disposition': 'attachment',
    'content-encoding': 'gzip',
    'content-language': 'en',
    'content-type': 'video/mp4',
    'x-amz-meta-title': 't',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-website-redirect-location': '/elsewhere',
  });
});

test('without Expires none is sent', async () => {
  expect(Object.keys(await sentFor({}))).not.toContain('expires');
});

test('tags are those that the write was journaled with', async () => {
  expect((await sentFor({}, 'a=b'))['x-amz-tagging']).toBe('a=b');
  expect(Object.keys(await sentFor({}, ''))).not.toContain('x-amz-tagging');
});

test('of a write that was journaled without them they are read', async () => {
  expect((await sentFor({}))['x-amz-tagging']).toBe('read=from%20S3');
});

test('metadata that S3 does not show is no reason to lose it', async () => {
  await expect(sentFor({ MissingMeta: 1 })).rejects.toThrow(CannotBeKept);
});
