import {
  AlreadyExistsException,
  type CloudFormationClient,
  CloudFormationServiceException,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeEventsCommand,
  ListImportsCommand,
  type Stack,
  UpdateStackCommand,
  type UpdateStackCommandInput,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { findStack } from '../common/cloudformation';
import { executionTag } from './advance';
import type { StackInput } from './stack-input';

type Client = Pick<CloudFormationClient, 'send'>;

/** Minutes; then CloudFormation itself rolls back: a creation that hangs comes to an end. */
const creationTimeout = 60;

/** False when there is one of that name already. */
export async function createStack(client: Client, input: StackInput, execution: string): Promise<boolean> {
  const Tags = [{ Key: executionTag, Value: execution }];
  try {
    await client.send(new CreateStackCommand({ ...input, TimeoutInMinutes: creationTimeout, Tags }));
    return true;
  } catch (error) {
    if (error instanceof AlreadyExistsException) return false;
    throw error;
  }
}

/** False when CloudFormation finds nothing to change. The stack keeps its tags. */
export const updateStack = (client: Client, input: UpdateStackCommandInput): Promise<boolean> =>
  unless('No updates are to be performed', () => client.send(new UpdateStackCommand(input)));

/** False when the stack is protected: another execution builds on it. */
export const deleteStack = (client: Client, StackName: string | undefined): Promise<boolean> =>
  unless('TerminationProtection is enabled', () => client.send(new DeleteStackCommand({ StackName })));

/**
 * Nobody deletes the stack from here on. False when its deletion was first: protection can be set in any status but
 * DELETE_IN_PROGRESS and DELETE_COMPLETE (CloudFormation User Guide, "Protect CloudFormation stacks from being deleted").
 */
export async function protectStack(client: Client, StackName: string): Promise<boolean> {
  try {
    const command = new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true });
    await client.send(command);
    return true;
  } catch (error) {
    const status = (await findStack(client, StackName))?.StackStatus;
    if (status === undefined || status === 'DELETE_IN_PROGRESS') return false;
    throw error;
  }
}

/** Whether another stack imports what this one exports: while one does, another set lives on it. */
export async function isImported(client: Client, ExportName: string): Promise<boolean> {
  let imports: string[] = [];
  await unless(`Export '${ExportName}' `, async () => {
    // "is not imported by any stack", or "does not exist"
    imports = (await client.send(new ListImportsCommand({ ExportName }))).Imports ?? [];
  });
  return imports.length > 0;
}

/** CloudFormation has one exception for most refusals, ValidationError; only its text tells them apart. */
async function unless(refusal: string, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const isValidation = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (isValidation && error.message.includes(refusal)) return false;
    throw error;
  }
}

/**
 * CloudFormation's own words: of the earliest resource that failed, be it in the validation before anything was made or
 * in its creation (DescribeEvents has both); the stack's own event only says that one did.
 */
export async function failureReason(client: Client, stack: Stack): Promise<string> {
  const command = new DescribeEventsCommand({ StackName: stack.StackId, Filters: { FailedEvents: true } });
  const { OperationEvents = [] } = await client.send(command);
  const failed = OperationEvents.map(({ LogicalResourceId, PhysicalResourceId, ...event }) => ({
    resource: LogicalResourceId,
    isStack: PhysicalResourceId === stack.StackId || LogicalResourceId === stack.StackName,
    reason: event.ValidationStatusReason ?? event.ResourceStatusReason ?? '',
  }));
  const earliest = failed // they come newest first
    .filter(({ isStack, reason }) => !isStack && reason !== '' && !reason.includes('cancelled'))
    .at(-1);
  if (earliest) return `${earliest.resource}: ${earliest.reason}`;
  return `${stack.StackStatus}: ${failed.at(-1)?.reason ?? stack.StackStatusReason ?? 'no reason given'}`;
}
