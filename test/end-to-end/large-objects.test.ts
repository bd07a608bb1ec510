import { randomBytes } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import type { Installation } from '../../cli/installation';
import type { CopyRow } from '../../functions/contracts/copy';
import { bucketName, copyLargeObjectName } from '../../functions/contracts/names';
import { type Seen, sha256 } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { endedCopies } from './copies';
import { denials } from './logs';
import { type BucketSet, createSet, installed, named, patience, removeSet } from './mars';

const set: BucketSet = { baseName: named('large'), regions: ['us-west-2', 'eu-west-1', 'ap-southeast-1'] };
const [source, ...others] = set.regions;
let mars: Installation;

beforeAll(async () => {
  mars = await installed();
  await createSet(mars, set);
});
afterEach(async () => expect(await denials(mars, set)).toEqual([]));
afterAll(() => removeSet(mars, set));

async function put(Key: string, bytes: number, region = source): Promise<Seen> {
  const Body = randomBytes(bytes);
  const metadata = { title: 'a large object' };
  const tags = { project: 'mars', kind: 'large & heavy' };
  const contentType = 'video/mp4';
  await mars.s3(region).send(
    new PutObjectCommand({
      Bucket: bucketName(set.baseName, region),
      Key,
      Body,
      ContentType: contentType,
      CacheControl: 'max-age=60',
      ContentDisposition: 'attachment',
      ContentLanguage: 'en',
      StorageClass: 'STANDARD_IA',
      Metadata: metadata,
      Tagging: new URLSearchParams(tags).toString(),
    }),
  );
  return { sha256: sha256(Body), bytes, contentType, metadata, tags };
}

test('100 MB with metadata and tags, in several iterations of the Map', async () => {
  const seen = await put('movies/100 MB.mp4', 100 * 2 ** 20);
  await replicated(mars, set, 'movies/100 MB.mp4', seen, patience);
  const rows = await endedCopies(mars, set, 'movies/100 MB.mp4', others.length);
  expect(rows.map(({ region }) => region)).toEqual(others);
  for (const { region, ...row } of rows) {
    expect(row).toMatchObject({
      Status: 'Complete',
      Origin: source,
      Bytes: seen.bytes,
      Parts: 13,
      PartsDone: 13,
    });
    expect(await iterations(region, row)).toBeGreaterThanOrEqual(2);
    expect(await headersOf(region, 'movies/100 MB.mp4')).toEqual(
      await headersOf(source, 'movies/100 MB.mp4'),
    );
  }
});

/** With the checksum, which S3 verified when the object was completed. */
async function headersOf(region: string, Key: string) {
  const command = new HeadObjectCommand({
    Bucket: bucketName(set.baseName, region),
    Key,
    ChecksumMode: 'ENABLED',
  });
  const { ChecksumCRC32, ChecksumType, CacheControl, ContentDisposition, ContentLanguage, StorageClass } =
    await mars.s3(region).send(command);
  expect(ChecksumCRC32).toBeTruthy();
  expect({ CacheControl, ContentDisposition, ContentLanguage, StorageClass }).toEqual({
    CacheControl: 'max-age=60',
    ContentDisposition: 'attachment',
    ContentLanguage: 'en',
    StorageClass: 'STANDARD_IA',
  });
  return { ChecksumCRC32, ChecksumType };
}

async function iterations(region: string, { CopyId, Attempt }: CopyRow): Promise<number> {
  const client = mars.sfn(region);
  const account = mars.createArn.split(':')[4];
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:${copyLargeObjectName}`;
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  const execution = executions.find(({ name }) => name === `${CopyId}-${Attempt}`);
  expect(execution?.status).toBe('SUCCEEDED');
  const history = new GetExecutionHistoryCommand({ executionArn: execution?.executionArn });
  const { events = [] } = await client.send(history);
  const types = events.map(({ type }) => type);
  const inMap = types.slice(types.indexOf('MapStateEntered'), types.indexOf('MapStateExited'));
  return inMap.filter((type) => type === 'TaskScheduled').length;
}

test('a large object over a small one of another region, and the other way round', async () => {
  const [other] = others as [string];
  await replicated(mars, set, 'grown', await put('grown', 10), patience);
  await replicated(mars, set, 'grown', await put('grown', 17_000_000, other), patience);
  await replicated(mars, set, 'grown', await put('grown', 20), patience);
  await endedCopies(mars, set, 'grown', others.length);
});

test.each([
  [15_999_999, 0],
  [16_000_000, 1],
  [16_000_001, 1],
])('%d bytes: large copies %d', async (bytes, copies) => {
  const key = `edge/${bytes}`;
  await replicated(mars, set, key, await put(key, bytes), patience);
  expect(await endedCopies(mars, set, key, copies * others.length)).toHaveLength(copies * others.length);
});
