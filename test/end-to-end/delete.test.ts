import { DeleteBucketCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { bucketName, deadLetterQueueName, journalTable, queueName } from '../../functions/contracts/names';
import { messages } from '../convergence/regions';
import { resourcesIn } from './account';
import { testEmbedded, within } from './embedded';
import { type BucketSet, named, removeSet, stranger, takeName, untilSo } from './mars';
import { throughProxy } from './through-proxy';

// `there` is a region that no other test uses: its functions call through a proxy.
const set: BucketSet = { baseName: named('delete'), regions: ['us-west-2', 'sa-east-1'] };
const [here, there] = set.regions;
const bucket = bucketName(set.baseName, there);
const on = throughProxy(set, { isRemovedByTest: true });

testEmbedded(
  'deleted while a large object is copied, a bucket is called no more, even if a stranger takes its name',
  async () => {
    const calls: string[] = [];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const copying = new Promise<void>((resolve) => {
      on.proxy.fault = ({ method, url = '' }) => {
        if (!url.startsWith(`/${bucket}`)) return undefined;
        calls.push(`${method} ${url}`);
        if (!url.includes('partNumber=2')) return undefined;
        resolve();
        return held;
      };
    });
    await on.put(here, 'large', Buffer.alloc(20_000_000));
    await copying;
    const removed = removeSet(on.mars, set);
    // Not before its execution has been stopped: a part that is under way is what may come late.
    const journal = `${there} AWS::DynamoDB::Table ${journalTable(set.baseName)}`;
    await untilSo('no journal', async () => !(await resourcesIn(on.mars, [there])).includes(journal));
    release();
    await removed;

    const s3 = stranger(there);
    await takeName(s3, there, bucket);
    calls.length = 0;
    const late = { kind: 'look', baseName: set.baseName, key: 'large', reason: 'late', from: here };
    const sqs = on.mars.sqs(there);
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(late) }));
    await untilSo('worked off', async () => (await messages(on.mars, there, queueName)) === 0);
    const left = [queueName, deadLetterQueueName].map((name) => messages(on.mars, there, name));
    expect(await Promise.all(left)).toEqual([0, 0]);
    expect(calls).toEqual([]);
    expect((await s3.send(new ListObjectVersionsCommand({ Bucket: bucket }))).Versions).toBeUndefined();
    await s3.send(new DeleteBucketCommand({ Bucket: bucket }));
  },
  within(240_000),
);
