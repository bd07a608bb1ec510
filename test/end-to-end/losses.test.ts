import type { IncomingMessage } from 'node:http';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { bucketName, journalTable, queueProcessorName } from '../../functions/contracts/names';
import { readBack, type Seen, sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { testEmbedded } from './embedded';
import { type BucketSet, named, patience } from './mars';
import { switchFunction } from './switch-function';
import { throughProxy } from './through-proxy';

/** What the 2020 release loses, one test each (docs/protocol.md, "What the 2020 release lost"). */

// Regions that no other test uses: here calls fail, and functions are switched off for a while.
const set: BucketSet = { baseName: named('losses'), regions: ['us-east-2', 'ap-southeast-2'] };
const [here, there] = set.regions;
const on = throughProxy(set);

const isCopyTo = ({ method, url, headers }: IncomingMessage, key: string) =>
  method === 'PUT' &&
  headers['x-amz-copy-source'] !== undefined &&
  new URL(`http://${url}`).pathname.includes(key);

testEmbedded.each([
  [503, 'SlowDown', 4],
  [403, 'AccessDenied', 1],
  [404, 'NoSuchKey', 1],
])(
  'a copy that fails with %d %s, %d times',
  async (status, code, times) => {
    const key = `fails-with-${status}`;
    let left = times;
    on.proxy.fault = (call) => (isCopyTo(call, key) && left-- > 0 ? { status, code } : undefined);
    await replicated(on.mars, set, key, await on.put(here, key, 'text'), 2 * patience); // the fifth try comes after 40 s
    expect(left).toBeLessThanOrEqual(0);
  },
  180_000,
);

testEmbedded('503 for ten seconds while 50 objects are written', async () => {
  let end: number | undefined;
  const refused = new Set<string>();
  on.proxy.fault = ({ url = '' }) => {
    const [, key] = /(in-the-storm%2F\d+|in-the-storm\/\d+)/.exec(url) ?? [];
    if (key === undefined || (refused.size === 50 && Date.now() > (end ?? 0))) return undefined;
    end ??= Date.now() + 10_000;
    refused.add(key);
    return { status: 503, code: 'SlowDown' };
  };
  const keys = Array.from({ length: 50 }, (_, index) => `in-the-storm/${index}`);
  const written = await Promise.all(keys.map((key) => on.put(here, key, `text of ${key}`)));
  for (const [index, seen] of written.entries()) {
    await replicated(on.mars, set, keys[index] as string, seen, patience);
  }
  expect(refused.size).toBe(50);
});

testEmbedded('an uploader whose name contains MARS is a user like any other', async () => {
  const iam = new IAMClient(on.mars.config(on.mars.homeRegion));
  const UserName = 'MARS-StreamProcessor-uploader';
  const Statement = [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'S3', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const credentials = {
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  };
  const seen = await on.put(here, 'by-mars', 'text', new S3Client({ ...on.mars.config(here), credentials }));
  await replicated(on.mars, set, 'by-mars', seen, patience);
});

testEmbedded('17 MB under a key of 1,000 characters', async () => {
  const key = 'k'.repeat(1000);
  await replicated(on.mars, set, key, await on.put(here, key, Buffer.alloc(17_000_000, 'mars')), patience);
});

testEmbedded('a copy that is refused for a while is made once it is allowed', async () => {
  const Bucket = bucketName(set.baseName, there);
  const { Policy = '' } = await on.mars.s3(there).send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy);
  const refuse = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/refused`,
  };
  const refusing = JSON.stringify({ ...policy, Statement: [...policy.Statement, refuse] });
  await on.mars.s3(there).send(new PutBucketPolicyCommand({ Bucket, Policy: refusing }));

  const refused = await on.put(here, 'refused', 'text');
  const later = await on.put(here, 'allowed', 'other text'); // the shard is not blocked
  await replicated(on.mars, set, 'allowed', later, patience);
  expect(await readBack(on.mars, set.baseName, there, 'refused')).toBeUndefined();

  await on.mars.s3(there).send(new DeleteBucketPolicyCommand({ Bucket }));
  await replicated(on.mars, set, 'refused', refused, patience);
  await on.mars.s3(there).send(new PutBucketPolicyCommand({ Bucket, Policy }));
});

testEmbedded(
  'a local write whose event is late is not covered by a replica, and the same one wins in both regions',
  async () => {
    await switchFunction(on.mars.lambda(there), queueProcessorName, false);
    const unheard = await on.put(there, 'contended', 'written here, not heard of yet');
    await on.put(here, 'contended', 'written in the other region');
    const marker = await on.put(here, 'marker', 'replicated after it');
    await replicated(on.mars, set, 'marker', marker, patience);
    expect(await readBack(on.mars, set.baseName, there, 'contended')).toEqual(unheard);

    await switchFunction(on.mars.lambda(there), queueProcessorName, true);
    const last = await winner('contended');
    await replicated(on.mars, set, 'contended', last, patience);
  },
);

/** What the region whose write has the greater stamp shows, once both are in the journal. */
async function winner(key: string): Promise<Seen> {
  const db = on.mars.db(here);
  const timeOf = async (origin: string): Promise<number | undefined> => {
    const read = new GetCommand({ TableName: journalTable(set.baseName), Key: { key, origin } });
    return (await db.send(read)).Item?.time;
  };
  for (let tries = 0; tries < 300; tries++) {
    const [a, b] = [await timeOf(here), await timeOf(there)];
    if (a !== undefined && b !== undefined) {
      const text = a > b ? 'written in the other region' : 'written here, not heard of yet';
      const body = Buffer.from(text);
      return { sha256: sha256(body), bytes: body.length, contentType: 'text/plain', metadata: {}, tags: {} };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the late write did not reach the journal');
}
