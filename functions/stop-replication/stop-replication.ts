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
import { inRegion } from '../contracts/errors';
import { journalTable, streamProcessorName } from '../contracts/names';
import { type StopReplicationOutput, stopReplicationInput } from '../contracts/stacks';

interface StopReplicationPorts {
  dynamoDB: (region: string) => Pick<DynamoDBClient, 'send'>;
  lambda: (region: string) => Pick<LambdaClient, 'send'>;
}

/**
 * Switches the region's stream subscription of a set off, so that a bucket stops being a target before it disappears
 * (anybody may take the name of a deleted bucket). A mapping takes a while to stop: asked until `Complete`.
 */
export const handlerOf =
  ({ dynamoDB, lambda }: StopReplicationPorts) =>
  (event: unknown): Promise<StopReplicationOutput> => {
    const { Region, BaseName } = stopReplicationInput.parse(event);
    return inRegion(Region, async () => {
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
