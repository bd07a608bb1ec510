import { DeleteObjectCommand, DeleteObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { outputOf, runExecution } from '../../cli/execution';
import { portsOf } from '../../cli/status';
import { bucketName, deadLetterQueueUrl, streamProcessorName } from '../../functions/contracts/names';
import { type LookMessage, lookKind } from '../../functions/contracts/replication';
import { type Journal, readJournal } from '../../functions/replication/journal';
import { sendAll } from '../../functions/replication/queue';
import { difference, readBack, type Seen } from '../../local/demo/objects';
import { replicated } from '../../local/demo/replicated';
import { endedCopies } from './copies';
import { testEmbedded } from './embedded';
import { denials, logged } from './logs';
import { type BucketSet, named, patience, putText, untilSo } from './mars';
import { switchFunction } from './switch-function';
import { atPart, throughProxy } from './through-proxy';
import { unheard } from './unheard';

/**
 * What one function does in another's stead when things meet: QueueProcessor what no stream told of, CompleteCopy what has
 * happened since the last part. `there`, a region that no other test uses, hears of nothing but by messages in Queue.
 */
const set: BucketSet = { baseName: named('seldom'), regions: ['us-west-2', 'me-central-1'] };
const [here, there] = set.regions;
const on = throughProxy(set);

beforeAll(() => switchFunction(on.mars.lambda(there), streamProcessorName, false));
afterAll(() => switchFunction(on.mars.lambda(there), streamProcessorName, true));

const message = (key: string, more: Partial<LookMessage> = {}): string => {
  const look: LookMessage = { kind: lookKind, baseName: set.baseName, key, reason: 'a test', from: there };
  return JSON.stringify({ ...look, ...more });
};
const ports = () => portsOf(on.mars)(there);
const look = (key: string, more?: Partial<LookMessage>) => sendAll([message(key, more)], ports());

const target = (region: string, Key: string) => ({ Bucket: bucketName(set.baseName, region), Key });
const put = (key: string, text: string, tags: Seen['tags'] = {}) =>
  putText(on.mars, here, set, key, text, { tags });
const remove = (key: string) => on.mars.s3(here).send(new DeleteObjectCommand(target(here, key)));
const untag = (key: string) => on.mars.s3(here).send(new DeleteObjectTaggingCommand(target(here, key)));

/** Until the journal that `there` reads is so. */
const journaled = (key: string, isSo: (journal: Journal) => boolean) =>
  untilSo(`a change of ${key} is journaled`, async () =>
    isSo(await readJournal({ baseName: set.baseName, key }, ports())),
  );
const isPut = ({ items }: Journal) => items.some(({ kind }) => kind === 'put');
const isDeleted = ({ items }: Journal) => items.some(({ kind }) => kind === 'delete');
const isTagged = ({ tagged }: Journal) => tagged.length > 0;

const shows = (region: string, key: string, seen: Seen | undefined) =>
  replicated(on.mars, { ...set, regions: [region] }, key, seen, patience);

/** Written there, without an event that tells of it. */
async function putUnheard(key: string, text: string): Promise<{ seen: Seen; awaited: string | undefined }> {
  const seen = await unheard(on.mars, set, there, () => putText(on.mars, there, set, key, text));
  const { VersionId } = await on.mars.s3(there).send(new HeadObjectCommand(target(there, key)));
  return { seen, awaited: VersionId };
}

/** Written here, and applied there by QueueProcessor. */
async function putAndLook(key: string, tags?: Seen['tags']): Promise<Seen> {
  const seen = await put(key, 'small', tags);
  await journaled(key, isPut);
  await look(key);
  await shows(there, key, seen);
  return seen;
}

testEmbedded('QueueProcessor applies, takes tags away, deletes, and adopts', async () => {
  const key = 'by-queue';
  const seen = await putAndLook(key, { a: 'b' });
  await untag(key);
  await journaled(key, isTagged);
  await look(key, { tags: true });
  await shows(there, key, { ...seen, tags: {} });
  await remove(key);
  await journaled(key, isDeleted);
  await look(key);
  await shows(there, key, undefined);
  const { seen: adopted, awaited } = await putUnheard(key, 'unheard');
  await look(key); // it waits for the event, by a message of its own
  await look(key, { awaited, adopt: true });
  await shows(here, key, adopted);
  expect(await denials(on.mars, set)).toEqual([]);
});

const large = 'x'.repeat(17_000_000);

/** A large object is copied; when its last part is about to be, something happens. */
async function copied(key: string, happens: () => Promise<unknown>): Promise<Seen> {
  const seen = await put(key, large, { a: 'b' });
  await journaled(key, ({ items }) => items.some(({ size = 0 }) => size === large.length));
  const happened = atPart(on.proxy, 3, key, happens);
  await look(key);
  await happened;
  return seen;
}

const closed = async (key: string) => {
  const [row, ...others] = await endedCopies(on.mars, set, key);
  expect(others).toEqual([]);
  return row;
};

testEmbedded('CompleteCopy deletes what was deleted since the last part', async () => {
  const key = 'deleted-at-last';
  await putAndLook(key);
  await copied(key, async () => {
    await remove(key);
    await journaled(key, isDeleted);
  });
  expect(await closed(key)).toMatchObject({ Status: 'Superseded', Attempt: 1 });
  expect(await readBack(on.mars, set.baseName, there, key)).toBeUndefined();
});

testEmbedded('CompleteCopy takes away tags that were taken away since the last part', async () => {
  const key = 'untagged-at-last';
  const seen = await copied(key, async () => {
    await untag(key);
    await journaled(key, isTagged);
  });
  expect(await closed(key)).toMatchObject({ Status: 'Complete', Attempt: 1 });
  await shows(there, key, { ...seen, tags: {} });
});

testEmbedded('CompleteCopy leaves to Queue what waits for an event, when its write has lost', async () => {
  const key = 'unheard-at-last';
  await putAndLook(key);
  let awaited: string | undefined;
  await copied(key, async () => {
    await remove(key);
    await journaled(key, isDeleted);
    ({ awaited } = await putUnheard(key, 'unheard'));
  });
  expect(await closed(key)).toMatchObject({ Status: 'Superseded', Attempt: 1 });
  await look(key, { awaited, adopt: true });
  // S3 gives its time in whole seconds: it may be before or after the delete.
  await untilSo('both regions show the same', async () => {
    const [a, b] = await Promise.all(
      [here, there].map((region) => readBack(on.mars, set.baseName, region, key)),
    );
    return difference(a, b) === undefined;
  });
});

testEmbedded('CompleteCopy asks the origin what a 404 means, and copies again', async () => {
  const key = 'refused-at-last';
  let left = 1;
  const seen = await put(key, large);
  await journaled(key, isPut);
  on.proxy.fault = ({ method, url }) =>
    method === 'POST' && url?.includes(`${key}?uploadId=`) && left-- > 0
      ? { status: 404, code: 'NoSuchKey' }
      : undefined;
  await look(key);
  await shows(there, key, seen);
  expect(await closed(key)).toMatchObject({ Status: 'Complete', Attempt: 2 });
  const [failed] = await logged(on.mars, there, 'MARS-AbortCopy', 'large-copy-failed');
  expect(failed).toMatchObject({ key, reason: expect.stringContaining('another write came first') });
});

testEmbedded('MARS-Redrive moves a dead letter back, once', async () => {
  const key = 'dead';
  const seen = await put(key, 'text');
  await journaled(key, isPut);
  const QueueUrl = deadLetterQueueUrl(there, on.mars.accountId);
  const sqs = ports().sqs(there);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: message(key) }));
  const input = { BaseName: set.baseName, Key: key, Region: there };
  const ended = await runExecution(on.mars.sfn(on.mars.homeRegion), on.mars.redriveArn, input);
  expect(outputOf(ended)).toMatchObject({ Regions: [{ Region: there, Keys: 0, Messages: 1 }] });
  await shows(there, key, seen);
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const left = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  expect(left.Attributes).toEqual(Object.fromEntries(AttributeNames.map((name) => [name, '0'])));
});
