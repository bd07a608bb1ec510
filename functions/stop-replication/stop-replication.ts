import {
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import {
  type LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { PutBucketNotificationConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import { isNoSuchBucket, type OwnedBucket } from '../common/s3';
import { inRegion } from '../contracts/errors';
import { bucketName, journalTable, streamProcessorName } from '../contracts/names';
import { type StopReplicationOutput, stopReplicationInput } from '../contracts/stacks';
import { setClosed } from './close';
import { drain, type Executions } from './drain';

interface StopReplicationPorts {
  accountId: string;
  s3: (region: string) => Pick<S3Client, 'send'>;
  dynamoDB: (region: string) => Pick<DynamoDBClient, 'send'>;
  lambda: (region: string) => Pick<LambdaClient, 'send'>;
  executions: (region: string) => Executions;
}

/**
 * Ends replication of a set from and to a region, in steps, each asked until `Complete`. Close, Open: see close.ts. Stop: its
 * bucket sends no more events, its stream subscription is off, which takes a while. Drain, once the region has no journal any
 * more, so that functions find nothing to do: its large copies are ended. So a bucket stops being a target before it
 * disappears (anybody may take the name of a deleted bucket).
 */
export const handlerOf = (ports: StopReplicationPorts) => (event: unknown) => {
  const input = stopReplicationInput.parse(event);
  const { Region } = input;
  return inRegion(Region, async (): Promise<StopReplicationOutput> => {
    return { Region, Status: (await isDone(input, ports)) ? 'Complete' : 'InProgress' };
  });
};

async function isDone(
  { Action, Region, BaseName }: z.infer<typeof stopReplicationInput>,
  { s3, dynamoDB, lambda, executions, accountId }: StopReplicationPorts,
): Promise<boolean> {
  const owned = { Bucket: bucketName(BaseName, Region), ExpectedBucketOwner: accountId };
  switch (Action) {
    case 'Close':
    case 'Open':
      await unlessGone(() => setClosed(s3(Region), owned, Action === 'Close'));
      return true;
    case 'Stop':
      await unlessGone(() => stopEvents(s3(Region), owned));
      return stopReading(await streamArn(dynamoDB(Region), journalTable(BaseName)), lambda(Region));
    case 'Drain':
      return drain(BaseName, executions(Region));
  }
}

/** What is removed from here on is no news to other regions. */
const stopEvents = (client: Pick<S3Client, 'send'>, owned: OwnedBucket): Promise<unknown> =>
  client.send(new PutBucketNotificationConfigurationCommand({ ...owned, NotificationConfiguration: {} }));

/** True once the stream subscription is off, or there is no stream. */
async function stopReading(
  EventSourceArn: string | undefined,
  client: Pick<LambdaClient, 'send'>,
): Promise<boolean> {
  if (EventSourceArn === undefined) return true;
  const list = new ListEventSourceMappingsCommand({ EventSourceArn, FunctionName: streamProcessorName });
  const { EventSourceMappings = [] } = await client.send(list);
  for (const { UUID, State } of EventSourceMappings) {
    if (State !== 'Enabled') continue;
    await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  }
  return EventSourceMappings.every(({ State }) => State === 'Disabled');
}

/** A repeated removal finds some buckets gone. */
async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!isNoSuchBucket(error)) throw error;
  }
}

async function streamArn(
  client: Pick<DynamoDBClient, 'send'>,
  TableName: string,
): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table?.LatestStreamArn;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined; // a repeated deletion got this far before
    throw error;
  }
}
