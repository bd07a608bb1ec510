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
import { isNoSuchBucket } from '../common/s3';
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
 * Ends replication of a set from and to a region, in steps, each asked until `Complete`. Close: see close.ts. Stop: its bucket sends no more
 * events, its stream subscription is off, which takes a while. Drain, once the region has no journal any more, so that
 * functions find nothing to do: its large copies are ended. So a bucket stops being a target before it disappears (anybody
 * may take the name of a deleted bucket).
 */
export const handlerOf =
  ({ s3, dynamoDB, lambda, executions, accountId }: StopReplicationPorts) =>
  (event: unknown): Promise<StopReplicationOutput> => {
    const { Action, Region, BaseName } = stopReplicationInput.parse(event);
    return inRegion(Region, async () => {
      const owned = { Bucket: bucketName(BaseName, Region), ExpectedBucketOwner: accountId };
      if (Action === 'Drain')
        return {
          Region,
          Status: (await drain(BaseName, executions(Region))) ? 'Complete' : 'InProgress',
        };
      if (Action !== 'Stop') {
        await unlessGone(() => setClosed(s3(Region), owned, Action === 'Close'));
        return { Region, Status: 'Complete' };
      }
      // What is removed from here on is no news to other regions.
      const none = new PutBucketNotificationConfigurationCommand({ ...owned, NotificationConfiguration: {} });
      await unlessGone(() => s3(Region).send(none));
      const EventSourceArn = await streamArn(dynamoDB(Region), journalTable(BaseName));
      if (EventSourceArn === undefined) return { Region, Status: 'Complete' };
      const list = new ListEventSourceMappingsCommand({ EventSourceArn, FunctionName: streamProcessorName });
      const { EventSourceMappings = [] } = await lambda(Region).send(list);
      for (const { UUID, State } of EventSourceMappings) {
        if (State !== 'Enabled') continue;
        await lambda(Region).send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
      }
      const stopped = EventSourceMappings.every(({ State }) => State === 'Disabled');
      return { Region, Status: stopped ? 'Complete' : 'InProgress' };
    });
  };

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
