import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';
import { replicationFunctions } from '../../infra/replication';
import { type Seen, sha256 } from '../../local/demo/objects';
import { callThrough, type FaultyProxy, faultyProxy } from './faulty-proxy';
import { type BucketSet, createSet, installed, removeSet } from './mars';

/** What a test file has at hand; there only once its tests run. */
export interface Proxied {
  mars: Installation;
  proxy: FaultyProxy;
  put: (region: string, key: string, body: Buffer | string, s3?: S3Client) => Promise<Seen>;
}

/**
 * A set for the tests of a file; all functions of its second region, which no other file may use, call AWS through a proxy.
 * Faults end with their test.
 */
export function throughProxy(set: BucketSet, { isRemovedByTest = false } = {}): Proxied {
  const [, there] = set.regions;
  const names = replicationFunctions.map(({ name }) => name);
  const proxied = {
    put: async (region, Key, body, s3 = proxied.mars.s3(region)) => {
      const Body = Buffer.from(body);
      const Bucket = bucketName(set.baseName, region);
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain' }));
      return { sha256: sha256(Body), bytes: Body.length, contentType: 'text/plain', metadata: {}, tags: {} };
    },
  } as Proxied;
  beforeAll(async () => {
    proxied.mars = await installed();
    await createSet(proxied.mars, set);
    proxied.proxy = await faultyProxy();
    await callThrough(proxied.mars.lambda(there), names, proxied.proxy.endpoint);
  });
  afterEach(() => {
    proxied.proxy.fault = undefined;
  });
  afterAll(async () => {
    await callThrough(proxied.mars.lambda(there), names, undefined);
    await proxied.proxy.close();
    if (!isRemovedByTest) await removeSet(proxied.mars, set);
  });
  return proxied;
}

/** What happens when a part of a key is about to be copied, for the first time: the copy of it waits. */
export function atPart(
  proxy: FaultyProxy,
  part: number,
  key: string,
  happens: () => Promise<unknown>,
): Promise<void> {
  let happening: Promise<unknown> | undefined;
  return new Promise<void>((resolve, reject) => {
    proxy.fault = ({ url }) => {
      if (!url?.includes(`partNumber=${part}`) || !url.includes(key)) return undefined;
      happening ??= happens();
      happening.then(() => resolve(), reject);
      return happening;
    };
  });
}
