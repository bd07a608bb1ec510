import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Installation } from '../../cli/installation';
import { bucketName, deadLetterQueueName, journalTable, queueName } from '../../functions/contracts/names';
import { replicationFunctions } from '../../infra/replication';
import { strangerId } from '../../local/embedded-aws';
import { resourcesIn } from './account';
import { callThrough, type FaultyProxy, faultyProxy } from './faulty-proxy';
import { type BucketSet, createSet, installed, patience, removeSet } from './mars';

// `there` is a region that no other test uses: its functions call through a proxy.
const set: BucketSet = { baseName: 'e2e-delete', regions: ['us-west-2', 'sa-east-1'] };
const [here, there] = set.regions;
const bucket = bucketName(set.baseName, there);
const functions = replicationFunctions.map(({ name }) => name);

let mars: Installation;
let proxy: FaultyProxy;
beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
  proxy = await faultyProxy();
  await callThrough(mars.lambda(there), functions, proxy.endpoint);
});
afterAll(async () => {
  await callThrough(mars.lambda(there), functions, undefined);
  await proxy.close();
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(200)) if (await isSo()) return;
}

/** In the queue, or in a function's hands. */
async function messagesIn(QueueName: string): Promise<number> {
  const { QueueUrl } = await mars.sqs(there).send(new GetQueueUrlCommand({ QueueName }));
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
  const { Attributes = {} } = await mars.sqs(there).send(command);
  return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}

test('deleted while a large object is copied, a bucket is called no more, even if a stranger takes its name', async () => {
  const calls: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const copying = new Promise<void>((resolve) => {
    proxy.fault = ({ method, url = '' }) => {
      if (!url.startsWith(`/${bucket}`)) return undefined;
      calls.push(`${method} ${url}`);
      if (!url.includes('partNumber=2')) return undefined;
      resolve();
      return held;
    };
  });
  const put = { Bucket: bucketName(set.baseName, here), Key: 'large', Body: Buffer.alloc(20_000_000) };
  await mars.s3(here).send(new PutObjectCommand(put));
  await copying;
  const removed = removeSet(mars, set);
  // Not before its execution has been stopped: a part that is under way is what may come late.
  await until(
    async () =>
      !(await resourcesIn(mars, [there])).includes(
        `${there} AWS::DynamoDB::Table ${journalTable(set.baseName)}`,
      ),
  );
  release();
  await removed;

  const stranger = new S3Client({
    region: there,
    endpoint: process.env.AWS_ENDPOINT_URL ?? '',
    credentials: { accessKeyId: strangerId, secretAccessKey: 'any' },
  });
  const CreateBucketConfiguration = { LocationConstraint: there as 'eu-west-1' };
  await stranger.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
  calls.length = 0;
  const late = { kind: 'look', baseName: set.baseName, key: 'large', reason: 'late', from: here };
  const sqs = mars.sqs(there);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(late) }));
  await until(async () => (await messagesIn(queueName)) === 0);
  expect([await messagesIn(queueName), await messagesIn(deadLetterQueueName)]).toEqual([0, 0]);
  expect(calls).toEqual([]);
  expect((await stranger.send(new ListObjectVersionsCommand({ Bucket: bucket }))).Versions).toBeUndefined();
  await stranger.send(new DeleteBucketCommand({ Bucket: bucket }));
}, 240_000);
