import { S3Client } from '@aws-sdk/client-s3';
import { createUpload } from '../../functions/large/uploads';
import type { Ports } from '../../functions/replication/ports';

/** The headers of CreateMultipartUpload as the SDK sends it. */
async function sentFor(ExpiresString: string | undefined): Promise<Record<string, string>> {
  let sent: Record<string, string> = {};
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const s3 = new S3Client({ region: 'us-west-2', credentials });
  s3.middlewareStack.add(
    (_, { commandName }) =>
      async ({ request }) => {
        if (commandName === 'CreateMultipartUploadCommand')
          sent = (request as { headers: typeof sent }).headers;
        return { response: {}, output: { UploadId: 'u', $metadata: {} } as never };
      },
    { step: 'deserialize', priority: 'high' },
  );
  const ports = { region: 'us-west-2', accountId: '1', s3: () => s3 } as unknown as Ports;
  const item = { origin: 'eu-west-1', kind: 'put', time: 1 } as const;
  await createUpload({ baseName: 'base', key: 'k' }, item, { ExpiresString, $metadata: {} }, ports);
  return sent;
}

test.each(['Wed, 21 Oct 2026 07:28:00 GMT', '0', 'never', '2026-10-21T07:28:00.000Z'])(
  'Expires is replicated as it is: %s',
  async (expires) => {
    const sent = await sentFor(expires);
    expect(sent.expires).toBe(expires);
    expect(sent.authorization).toMatch(/SignedHeaders=[^,]*\bexpires\b/);
  },
);

test('without Expires none is sent', async () => {
  expect(Object.keys(await sentFor(undefined))).not.toContain('expires');
});
