import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Connection, connect } from '../../cli/connection';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { Table } from './models/dynamodb';
import { Bucket, type Caller, type Content } from './models/s3';
import { S3 } from './models/s3-commands';

/**
 * The models of S3 and DynamoDB beside the embedded AWS, call by call. What that does not show (lag, races, clocks, which
 * of two uploads is current) the models have from the documents that they name.
 */
const region = 'us-west-2';
let aws: EmbeddedAws;
let connection: Connection;
beforeAll(async () => {
  aws = await startEmbeddedAws();
  connection = connect(region, aws.clientConfig);
});
afterAll(() => aws.stop());

const user: Caller = { by: 'user', principal: 'AWS:AIDA' };
const name = 'models';
const Key = 'k';

/** What a call shows to a caller: a status, and what does not differ by chance. */
type Shown = string;

interface Bench {
  put: (body: string) => Promise<Shown>;
  remove: () => Promise<Shown>;
  removeVersion: (index: number) => Promise<Shown>;
  head: (index?: number) => Promise<Shown>;
  copy: (
    index: number,
    condition: 'none' | 'if-none-match' | 'if-match' | 'if-match-other',
  ) => Promise<Shown>;
  removeIf: (matches: boolean) => Promise<Shown>;
  upload: (condition: 'none' | 'if-none-match' | 'if-match-other', abort?: boolean) => Promise<Shown>;
  list: () => Promise<Shown>;
}

type Send = (command: { input: object }) => Promise<unknown>;

/** The same calls on whatever answers them. */
function bench(
  send: Send,
  put: (body: string) => Promise<void>,
  parts: (UploadId: string) => Promise<object[]>,
): Bench {
  const shown = async (work: () => Promise<unknown>): Promise<Shown> => {
    try {
      await work();
      return 'done';
    } catch (error) {
      if (error instanceof S3ServiceException) return String(error.$metadata.httpStatusCode);
      throw error;
    }
  };
  const listed = async () => {
    const answer = await send(new ListObjectVersionsCommand({ Bucket: name, Prefix: Key }));
    const { Versions = [], DeleteMarkers = [] } = answer as ListObjectVersionsCommandOutput;
    return { Versions, DeleteMarkers };
  };
  const idAt = async (index: number) => {
    const { Versions } = await listed();
    return Versions[index]?.VersionId ?? '';
  };
  const eTag = async () => (await listed()).Versions.find(({ IsLatest }) => IsLatest)?.ETag ?? '"none"';
  const target = { Bucket: name, Key };
  return {
    put: (body) => shown(() => put(body)),
    remove: () => shown(() => send(new DeleteObjectCommand(target))),
    removeVersion: (index) =>
      shown(async () => send(new DeleteObjectCommand({ ...target, VersionId: await idAt(index) }))),
    head: (index) =>
      shown(async () =>
        send(
          new HeadObjectCommand({ ...target, ...(index !== undefined && { VersionId: await idAt(index) }) }),
        ),
      ),
    copy: (index, condition) =>
      shown(async () =>
        send(
          new CopyObjectCommand({
            ...target,
            CopySource: `${name}/${Key}?versionId=${await idAt(index)}`,
            MetadataDirective: 'REPLACE', // S3 refuses a copy onto itself that changes nothing
            ...(condition === 'if-none-match' && { IfNoneMatch: '*' }),
            ...(condition === 'if-match' && { IfMatch: await eTag() }),
            ...(condition === 'if-match-other' && { IfMatch: '"other"' }),
          }),
        ),
      ),
    removeIf: (matches) =>
      shown(async () =>
        send(new DeleteObjectCommand({ ...target, IfMatch: matches ? await eTag() : '"other"' })),
      ),
    upload: (condition, abort = false) =>
      shown(async () => {
        const { UploadId } = (await send(new CreateMultipartUploadCommand(target))) as { UploadId: string };
        const upload = { ...target, UploadId };
        const MultipartUpload = { Parts: await parts(UploadId) };
        if (abort) await send(new AbortMultipartUploadCommand(upload));
        await send(
          new CompleteMultipartUploadCommand({
            ...upload,
            MultipartUpload,
            ...(condition === 'if-none-match' && { IfNoneMatch: '*' }),
            ...(condition === 'if-match-other' && { IfMatch: '"other"' }),
          }),
        );
      }),
    list: async () => {
      const { Versions, DeleteMarkers } = await listed();
      const latest =
        Versions.find(({ IsLatest }) => IsLatest) ?? DeleteMarkers.find(({ IsLatest }) => IsLatest);
      const kind = latest && 'Size' in latest && latest.Size !== undefined ? 'object' : 'marker';
      return `${Versions.length} versions, ${DeleteMarkers.length} markers, ${latest ? kind : 'nothing'} is current`;
    },
  };
}

function modelled(): Bench {
  let number = 0;
  const bucket: Bucket = new Bucket({
    region,
    clock: () => Date.now(),
    count: () => ++number,
    now: () => 0,
    comesLate: () => false,
    landed: () => undefined,
    removed: () => undefined,
    tagged: () => undefined,
  });
  const s3 = new S3(bucket, { name: 'bucket', bucketOf: () => bucket, conflicts: () => false });
  const content = (body: string): Content => ({
    body,
    size: body.length,
    metadata: '',
    tags: '',
    checksum: 'CRC64NVME',
  });
  const send: Send = async (command) => {
    const { VersionId } = command.input as { VersionId?: string };
    if (!(command instanceof DeleteObjectCommand) || VersionId === undefined)
      return s3.execute(command, user);
    const version = bucket.versions(Key).find(({ versionId }) => versionId === VersionId);
    if (version) bucket.remove(Key, version, user);
    return {};
  };
  const copyPart = async (UploadId: string) => {
    const [source] = bucket.versions(Key).filter((version) => version.content);
    if (source?.content) {
      const range = `bytes=0-${source.content.size - 1}`;
      bucket.upload(UploadId).parts.set(1, { source, range });
    }
    return [{ PartNumber: 1, ETag: '"part-1"' }];
  };
  return bench(send, async (body) => void bucket.put(Key, content(body), 0, user), copyPart);
}

async function embedded(): Promise<Bench> {
  const s3 = connection.s3(region);
  await s3.send(
    new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
  const put = async (Body: string) => void (await s3.send(new PutObjectCommand({ Bucket: name, Key, Body })));
  const parts = async (UploadId: string) => {
    const part = { Bucket: name, Key, UploadId, PartNumber: 1, Body: 'part' };
    const { ETag } = await s3.send(new UploadPartCommand(part));
    return [{ PartNumber: 1, ETag }];
  };
  return bench((command) => s3.send(command as never), put, parts);
}

test('S3 as modelled answers like the embedded one', async () => {
  const steps: ((on: Bench) => Promise<Shown>)[] = [
    (on) => on.head(),
    (on) => on.removeIf(false),
    (on) => on.remove(), // a marker over nothing
    (on) => on.head(),
    (on) => on.put('one'),
    (on) => on.head(),
    (on) => on.head(0),
    (on) => on.copy(0, 'if-none-match'),
    (on) => on.copy(0, 'if-match-other'),
    (on) => on.copy(0, 'if-match'),
    (on) => on.list(),
    (on) => on.removeIf(false),
    (on) => on.removeIf(true),
    (on) => on.head(),
    (on) => on.list(),
    (on) => on.copy(0, 'if-match-other'), // over a marker: 404
    (on) => on.upload('if-match-other'),
    (on) => on.copy(0, 'if-none-match'), // over a marker: done
    (on) => on.upload('if-none-match'),
    (on) => on.upload('none'),
    (on) => on.upload('none', true), // aborted before: no such upload
    (on) => on.list(),
    (on) => on.removeVersion(0),
    (on) => on.list(),
    (on) => on.put('two'),
    (on) => on.removeVersion(1),
    (on) => on.list(),
  ];
  const [model, real] = [modelled(), await embedded()];
  for (const [index, step] of steps.entries()) {
    expect([index, await step(model)]).toEqual([index, await step(real)]);
  }
});

test('a table as modelled answers like the embedded one', async () => {
  const TableName = 'MARS-models';
  const client = new DynamoDBClient(connection.config(region));
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'key', KeyType: 'HASH' },
        { AttributeName: 'origin', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['key', 'origin'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  const real = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const model = new Table({ keys: ['key', 'origin'], now: () => 0, misses: () => false });
  const ExpressionAttributeNames = { '#revision': 'revision' };
  const place = { key: 'k', origin: 'a' };
  const put = (revision: number, before?: number) =>
    new PutCommand({
      TableName,
      Item: { ...place, revision, gone: undefined, list: [{ n: 1 }] },
      ExpressionAttributeNames,
      ...(before === undefined
        ? { ConditionExpression: 'attribute_not_exists(#revision)' }
        : {
            ConditionExpression: '#revision = :revision',
            ExpressionAttributeValues: { ':revision': before },
          }),
    });
  const add = (n: number) =>
    new UpdateCommand({
      TableName,
      Key: place,
      UpdateExpression: 'ADD PartsDone :parts',
      ExpressionAttributeValues: { ':parts': n },
    });
  const query = new QueryCommand({
    TableName,
    KeyConditionExpression: '#key = :key',
    ExpressionAttributeNames: { '#key': 'key' },
    ExpressionAttributeValues: { ':key': 'k' },
    ConsistentRead: true,
  });
  const get = new GetCommand({ TableName, Key: place, ConsistentRead: true });
  const commands = [get, put(1), put(1), put(2, 1), put(3, 1), get, add(2), add(3), get, query];
  const shown = async (work: () => unknown): Promise<unknown> => {
    try {
      const { Item, Items } = (await work()) as { Item?: object; Items?: object[] };
      return { Item, Items };
    } catch (error) {
      return (error as Error).name;
    }
  };
  for (const [index, command] of commands.entries()) {
    const answers = [
      await shown(() => model.execute(command)),
      await shown(() => real.send(command as never)),
    ];
    expect([index, answers[0]]).toEqual([index, answers[1]]);
  }
});
