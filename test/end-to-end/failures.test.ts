import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Installation } from '../../cli/installation';
import { bucketName, journalTable, queueProcessorName } from '../../functions/contracts/names';
import { readBack, type Seen, sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { type BucketSet, createSet, installed, patience, removeSet } from './mars';

// Regions that no other test uses: here a region's QueueProcessor is switched off for a while.
const set: BucketSet = { baseName: 'e2e-failures', regions: ['us-east-2', 'ap-southeast-2'] };
const [here, there] = set.regions;
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterAll(() => removeSet(mars, set));

async function put(region: string, Key: string, text: string): Promise<Seen> {
  const Body = Buffer.from(text);
  const Bucket = bucketName(set.baseName, region);
  await mars.s3(region).send(new PutObjectCommand({ Bucket, Key, Body, ContentType: 'text/plain' }));
  return { sha256: sha256(Body), bytes: Body.length, contentType: 'text/plain', metadata: {}, tags: {} };
}

test('a copy that is refused for a while is made once it is allowed', async () => {
  const Bucket = bucketName(set.baseName, there);
  const { Policy = '' } = await mars.s3(there).send(new GetBucketPolicyCommand({ Bucket }));
  const policy = JSON.parse(Policy);
  const refuse = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::${Bucket}/refused`,
  };
  const refusing = JSON.stringify({ ...policy, Statement: [...policy.Statement, refuse] });
  await mars.s3(there).send(new PutBucketPolicyCommand({ Bucket, Policy: refusing }));

  const refused = await put(here, 'refused', 'text');
  const later = await put(here, 'allowed', 'other text'); // the shard is not blocked
  await replicated(mars, set, 'allowed', later, patience);
  expect(await readBack(mars, set.baseName, there, 'refused')).toBeUndefined();

  await mars.s3(there).send(new DeleteBucketPolicyCommand({ Bucket }));
  await replicated(mars, set, 'refused', refused, patience);
  await mars.s3(there).send(new PutBucketPolicyCommand({ Bucket, Policy }));
});

test('a local write whose event is late is not covered by a replica, and the same one wins in both regions', async () => {
  await setQueueSubscription(there, false);
  const unheard = await put(there, 'contended', 'written here, not heard of yet');
  await put(here, 'contended', 'written in the other region');
  const marker = await put(here, 'marker', 'replicated after it');
  await replicated(mars, set, 'marker', marker, patience);
  expect(await readBack(mars, set.baseName, there, 'contended')).toEqual(unheard);

  await setQueueSubscription(there, true);
  const last = await winner('contended');
  await replicated(mars, set, 'contended', last, patience);
});

/** What the region whose write has the greater stamp shows, once both are in the journal. */
async function winner(key: string): Promise<Seen> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(mars.config(here)));
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

async function setQueueSubscription(region: string, Enabled: boolean): Promise<void> {
  const client = mars.lambda(region);
  const list = () => client.send(new ListEventSourceMappingsCommand({ FunctionName: queueProcessorName }));
  for (const { UUID } of (await list()).EventSourceMappings ?? []) {
    await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  }
  const wanted = Enabled ? 'Enabled' : 'Disabled';
  while (!(await list()).EventSourceMappings?.every(({ State }) => State === wanted)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
