import { type HeadObjectCommandOutput, S3Client, type Tag } from '@aws-sdk/client-s3';
import { CannotBeKept, createUpload } from '../../functions/large/uploads';
import type { Ports } from '../../functions/replication/ports';

/** The headers of CreateMultipartUpload as the SDK sends it for an original. */
async function sentFor(
  original: Partial<HeadObjectCommandOutput>,
  TagSet: Tag[] = [],
): Promise<Record<string, string>> {
  let sent: Record<string, string> = {};
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const s3 = new S3Client({ region: 'us-west-2', credentials });
  s3.middlewareStack.add(
    (_, { commandName }) =>
      async ({ request }) => {
        if (commandName === 'CreateMultipartUploadCommand')
          sent = (request as { headers: typeof sent }).headers;
        return { response: {}, output: { UploadId: 'u', TagSet, $metadata: {} } as never };
      },
    { step: 'deserialize', priority: 'high' },
  );
  const ports = { region: 'us-west-2', accountId: '1', s3: () => s3 } as unknown as Ports;
  const item = { origin: 'eu-west-1', kind: 'put', time: 1 } as const;
  await createUpload({ baseName: 'base', key: 'k' }, item, { ...original, $metadata: {} }, ports);
  return sent;
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

test('tags are encoded so that all readings of it are the same', async () => {
  const tags = [
    { Key: 'a b', Value: 'c+d & e=f' },
    { Key: 'ü', Value: '' },
  ];
  const sent = await sentFor({}, tags);
  expect(sent['x-amz-tagging']).toBe('a%20b=c%2Bd%20%26%20e%3Df&%C3%BC=');
});

test('metadata that S3 does not show is no reason to lose it', async () => {
  await expect(sentFor({ MissingMeta: 1 })).rejects.toThrow(CannotBeKept);
});
