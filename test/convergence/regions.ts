import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Installation } from '../../cli/installation';
import {
  bucketName,
  deadLetterQueueName,
  journalTable,
  queueName,
  replicasTable,
} from '../../functions/contracts/names';
import { type JournalItem, journalItem, replicaRow } from '../../functions/contracts/replication';
import type { BucketSet } from '../end-to-end/mars';

/** Messages under way in a region: to be read, being read, or delayed. */
export const waiting = (mars: Installation, region: string): Promise<number> =>
  messages(mars, region, queueName);

export async function messages(mars: Installation, region: string, QueueName: string): Promise<number> {
  const sqs = mars.sqs(region);
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const ask = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
  const { Attributes = {} } = await sqs.send(ask);
  return (
    Number(Attributes.ApproximateNumberOfMessages) +
    Number(Attributes.ApproximateNumberOfMessagesNotVisible) +
    Number(Attributes.ApproximateNumberOfMessagesDelayed)
  );
}

/** A region's objects and its replica of the journal, as text. */
export async function everything(mars: Installation, set: BucketSet, region: string): Promise<string> {
  const lines: string[] = [];
  const listing = { Bucket: bucketName(set.baseName, region) };
  for await (const { Contents = [] } of paginateListObjectsV2({ client: mars.s3(region) }, listing)) {
    lines.push(...Contents.map(({ Key, ETag, Size }) => `${Key} ${ETag} ${Size}`));
  }
  const stamps = (await journal(mars, set, region)).map(
    ({ key, origin, time }) => `${key} ${origin} ${time}`,
  );
  return [...lines, ...stamps.sort()].join('\n');
}

export async function journal(mars: Installation, set: BucketSet, region: string): Promise<JournalItem[]> {
  const items = await scan(mars, region, journalTable(set.baseName));
  return items.map((item) => journalItem.parse(item));
}

/** What a region lists as failed, in words; dead letters, too. */
export async function failures(mars: Installation, set: BucketSet, region: string): Promise<string[]> {
  const rows = await scan(mars, region, replicasTable(set.baseName));
  const failed = rows.map((row) => replicaRow.parse(row)).filter((row) => row.failed);
  const dead = await messages(mars, region, deadLetterQueueName);
  return [
    ...failed.map(({ key, failed }) => `${region}: ${key}: ${failed?.reason}`),
    ...(dead > 0 ? [`${region}: ${dead} messages in the DLQ`] : []),
  ];
}

async function scan(mars: Installation, region: string, TableName: string): Promise<object[]> {
  const client = mars.db(region);
  const found: object[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    found.push(...Items);
  }
  return found;
}
