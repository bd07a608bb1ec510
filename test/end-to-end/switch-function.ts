import { setTimeout as sleep } from 'node:timers/promises';
import {
  type LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';

/** Switches off, or on again, what feeds a function, and waits until that is so. */
export async function switchFunction(
  lambda: LambdaClient,
  FunctionName: string,
  Enabled: boolean,
): Promise<void> {
  const list = () => lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  for (const { UUID } of (await list()).EventSourceMappings ?? []) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  }
  const wanted = Enabled ? 'Enabled' : 'Disabled';
  while (!(await list()).EventSourceMappings?.every(({ State }) => State === wanted)) await sleep(100);
}
