import { setTimeout as sleep } from 'node:timers/promises';
import { type CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { findStack } from '../functions/common/cloudformation';

/**
 * Waits until CloudFormation is done with a stack. Returns its outputs; `undefined` once it is gone.
 * @throws Error with the reasons, when the stack failed.
 */
export async function stackAtRest(
  client: CloudFormationClient,
  StackName: string,
): Promise<Map<string, string> | undefined> {
  for (;;) {
    const stack = await findStack(client, StackName);
    if (!stack) return undefined;
    const status = stack.StackStatus ?? '';
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
      return new Map(stack.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
    }
    if (!status.endsWith('_IN_PROGRESS')) {
      throw new Error(
        `stack ${StackName} is in ${status}: ${await reasons(client, stack.StackId ?? StackName)}`,
      );
    }
    await sleep(500);
  }
}

async function reasons(client: CloudFormationClient, StackName: string): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.filter((event) => event.ResourceStatus?.endsWith('_FAILED'))
    .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
    .join('; ');
}
