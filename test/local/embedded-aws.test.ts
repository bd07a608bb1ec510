import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { homeRegion, startEmbeddedAws } from '../../local/embedded-aws';

async function portInUse(): Promise<{ port: number; free: () => void }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { port, free: () => server.close() };
}

test('a port that is taken is named, and nothing is started', async () => {
  const { port, free } = await portInUse();
  await expect(startEmbeddedAws({ port })).rejects.toThrow(`port ${port} can't be had`);
  free();
});

test('two run side by side, and each is gone when stopped', async () => {
  const [one, other] = await Promise.all([startEmbeddedAws(), startEmbeddedAws()]);
  const bucket = new CreateBucketCommand({ Bucket: 'same-name' });
  await new S3Client(one.clientConfig(homeRegion)).send(bucket);
  await new S3Client(other.clientConfig(homeRegion)).send(bucket);
  await Promise.all([one.stop(), other.stop()]);
  expect(existsSync(one.certificate)).toBe(false);
  await expect(new S3Client(one.clientConfig(homeRegion)).send(bucket)).rejects.toThrow(/ECONNREFUSED/);
});

test('a TLS-only policy refuses plain HTTP', async () => {
  const { port: plainPort, free } = await portInUse();
  free();
  const aws = await startEmbeddedAws({ plainPort });
  try {
    const Bucket = 'tls-only';
    const secure = new S3Client(aws.clientConfig(homeRegion));
    await secure.send(new CreateBucketCommand({ Bucket }));
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [deny] });
    await secure.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const { credentials } = aws;
    const plain = new S3Client({
      region: homeRegion,
      credentials,
      endpoint: `http://127.0.0.1:${plainPort}`,
    });
    const put = () => new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' });
    await expect(plain.send(put())).rejects.toThrow(/AccessDenied|explicit deny/);
    await secure.send(put());
  } finally {
    await aws.stop();
  }
});
