import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CopyObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { copyPart } from '../../functions/large/uploads';
import { awsPorts } from '../../functions/replication/aws-ports';
import { copyVersion, isRefused } from '../../functions/replication/objects';

/** A service that takes each call, and never ends its answer. */
let hung: Server;
let answer: (response: ServerResponse) => void;
let calls = 0;
const before = { ...process.env };

beforeAll(async () => {
  hung = createServer((_, response) => {
    calls++;
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(hung, 'listening');
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(hung.address() as AddressInfo).port}`,
    ACCOUNT_ID: '111122223333',
  });
});
afterAll(() => {
  process.env = before;
  hung.closeAllConnections();
  hung.close();
});

const target = { Bucket: 'bucket', Key: 'k' };
const asked: [string, (ports: ReturnType<typeof awsPorts>) => Promise<unknown>][] = [
  ['S3', ({ s3 }) => s3('eu-west-1').send(new HeadObjectCommand(target))],
  ['DynamoDB', ({ db }) => db.send(new GetCommand({ TableName: 't', Key: { key: 'k' } }))],
  [
    'SQS',
    ({ sqs }) =>
      sqs('eu-west-1').send(new SendMessageCommand({ QueueUrl: 'http://q/1/q', MessageBody: 'm' })),
  ],
  ['Step Functions', ({ sfn }) => sfn.send(new ListExecutionsCommand({ stateMachineArn: 'arn:m' }))],
];

test.each(asked)('%s does not answer: the call fails in time, and is made once', async (_, ask) => {
  answer = () => undefined;
  calls = 0;
  await expect(ask(awsPorts('test', { s3: 200, others: 200 }))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(calls).toBe(1);
});

test('sleep ends when it is over, or was over before', async () => {
  const { sleep } = awsPorts('test');
  const over = new AbortController();
  const asleep = sleep(600_000, over.signal);
  over.abort();
  await Promise.all([asleep, sleep(600_000, over.signal)]);
  await sleep(1, new AbortController().signal);
});

test('S3 begins its answer to a copy, and falls silent: it fails in time', async () => {
  answer = (response) => response.writeHead(200, { 'content-type': 'application/xml' }).write(' ');
  const copy = new CopyObjectCommand({ ...target, CopySource: 'from/k' });
  const { s3 } = awsPorts('test', { s3: 200, others: 200 });
  await expect(s3('eu-west-1').send(copy)).rejects.toMatchObject({ name: 'TimeoutError' });
});

const answerWith = (code: string) => (response: ServerResponse) =>
  response
    .writeHead(200, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`);
const copying = () => {
  const item = { time: 1, origin: 'us-west-2', kind: 'put', versionId: 'v' } as const;
  return copyVersion({ baseName: 'b', key: 'k' }, item, 'absent', awsPorts('test'));
};

test.each(['PreconditionFailed', 'ConditionalRequestConflict'])(
  'S3 answers a copy with 200, and %s in its body: nothing was copied',
  async (code) => {
    answer = answerWith(code);
    expect(await copying()).toBe('mismatch');
  },
);

test.each([
  ['AccessDenied', true],
  ['InternalError', false],
  ['SlowDown', false],
])('S3 answers a copy with 200, and %s in its body: refused %s', async (code, refused) => {
  answer = answerWith(code);
  const error = await copying().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: code });
  expect(isRefused(error)).toBe(refused);
});

test('S3 does not copy a part in time: the error names the part', async () => {
  answer = () => undefined;
  const place = { baseName: 'b', key: 'k' };
  const item = { time: 1, origin: 'us-west-2', kind: 'put', versionId: 'v' } as const;
  const { signal } = new AbortController();
  const ports = awsPorts('test', { s3: 200, others: 200 });
  await expect(
    copyPart(place, item, 'u', { number: 7, range: 'bytes=0-9' }, signal, ports),
  ).rejects.toMatchObject({
    name: 'PartTooSlow',
    message: expect.stringMatching(/^part 7, bytes=0-9: TimeoutError/),
  });
});
