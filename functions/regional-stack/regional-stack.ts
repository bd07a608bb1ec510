import {
  AlreadyExistsException,
  type CloudFormationClient,
  CloudFormationServiceException,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeEventsCommand,
  ListImportsCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findStack } from '../common/cloudformation';
import type { OrchestrationEnvironment } from '../contracts/environment';
import { BaseNameInUse, inRegion, RegionFailed } from '../contracts/errors';
import { journalTable } from '../contracts/names';
import {
  type RegionalStackInput,
  type RegionalStackOutput,
  regionalStackInput,
  type StackTarget,
} from '../contracts/stacks';
import { isMadeBy, nextToEnsure, nextToRemove, type Step } from './advance';
import { stackInput, stackName } from './stack-input';

interface RegionalStackPorts {
  cloudFormation: (region: string) => Pick<CloudFormationClient, 'send'>;
  dynamoDB: (region: string) => Pick<DynamoDBClient, 'send'>;
  env: OrchestrationEnvironment;
}

export const handlerOf = (ports: RegionalStackPorts) => (event: unknown) => {
  const input = regionalStackInput.parse(event);
  return inRegion(input.Target.Region, () => regionalStack(input, ports));
};

/**
 * Takes one stack in one region one step further and tells where it stands. The workflow asks until it is there.
 * @throws BaseNameInUse when another execution made the set's stack.
 * @throws RegionFailed with CloudFormation's own reason.
 */
async function regionalStack(
  input: RegionalStackInput,
  ports: RegionalStackPorts,
): Promise<RegionalStackOutput> {
  const { Target } = input;
  const { Region } = Target;
  const stack = await findStack(ports.cloudFormation(Region), stackName(Target));
  switch (nextStep(input, stack)) {
    case 'create':
      await create(Target, 'Execution' in input ? input.Execution : '', ports);
      return { Region, Status: 'InProgress' };
    case 'delete':
      if (await isImported(Target, ports)) return { Region, Status: 'Kept' };
      await ports.cloudFormation(Region).send(new DeleteStackCommand({ StackName: stack?.StackId }));
      return { Region, Status: 'InProgress' };
    case 'wait':
      return { Region, Status: 'InProgress' };
    case 'complete':
      return { Region, Status: 'Complete' };
    case 'absent':
      return { Region, Status: 'Absent' };
    case 'kept':
      return { Region, Status: 'Kept' };
    case 'in-use':
      throw inUse(Target);
    case 'failed':
      throw new RegionFailed({ region: Region, reason: await failureReason(Target, stack, ports) });
  }
}

function nextStep(input: RegionalStackInput, stack: Stack | undefined): Step {
  switch (input.Action) {
    case 'Look': {
      const next = nextToEnsure(stack, '', false);
      return next === 'create' ? 'absent' : next;
    }
    case 'Ensure':
      return nextToEnsure(stack, input.Execution, input.Target.Kind !== 'Base');
    case 'RollBack':
      return nextToRemove(stack, input.First, input.Execution);
    case 'Remove':
      return nextToRemove(stack, input.First);
  }
}

async function create(
  target: StackTarget,
  execution: string,
  { cloudFormation, dynamoDB, env }: RegionalStackPorts,
): Promise<void> {
  let streamArn = '';
  if (target.Kind === 'Bucket') {
    const table = new DescribeTableCommand({ TableName: journalTable(target.BaseName) });
    streamArn = (await dynamoDB(target.Region).send(table)).Table?.LatestStreamArn ?? '';
  }
  try {
    const input = stackInput(target, execution, env, streamArn);
    await cloudFormation(target.Region).send(new CreateStackCommand(input));
  } catch (error) {
    // Somebody was faster. A base serves all, so the next look finds it in progress; a set has one maker.
    if (!(error instanceof AlreadyExistsException)) throw error;
    const found = await findStack(cloudFormation(target.Region), stackName(target));
    const isOurs = found !== undefined && isMadeBy(found, execution); // a call that was answered too late, repeated
    if (target.Kind !== 'Base' && !isOurs) throw inUse(target);
  }
}

const inUse = ({ BaseName, Region, Kind }: StackTarget): BaseNameInUse =>
  new BaseNameInUse({
    field: 'BaseName',
    value: BaseName,
    expected: `a name without a stack ${stackName({ Kind, Region, BaseName, Regions: [] })} in ${Region}`,
  });

/** The base stack exports what bucket stacks import: while one does, another set lives on it. */
async function isImported(target: StackTarget, { cloudFormation }: RegionalStackPorts): Promise<boolean> {
  if (target.Kind !== 'Base') return false;
  try {
    const command = new ListImportsCommand({ ExportName: 'MARS-QueueArn' });
    return ((await cloudFormation(target.Region).send(command)).Imports ?? []).length > 0;
  } catch (error) {
    const none = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (none) return false;
    throw error;
  }
}

/**
 * CloudFormation's own words: of the earliest resource that failed, be it in the validation before anything was made or
 * in its creation (DescribeEvents has both); the stack's own event only says that one did.
 */
async function failureReason(
  target: StackTarget,
  stack: Stack | undefined,
  { cloudFormation }: RegionalStackPorts,
): Promise<string> {
  const command = new DescribeEventsCommand({ StackName: stack?.StackId, Filters: { FailedEvents: true } });
  const { OperationEvents = [] } = await cloudFormation(target.Region).send(command);
  const failed = OperationEvents.map(({ LogicalResourceId, PhysicalResourceId, ...event }) => ({
    resource: LogicalResourceId,
    isStack: PhysicalResourceId === stack?.StackId || LogicalResourceId === stack?.StackName,
    reason: event.ValidationStatusReason ?? event.ResourceStatusReason ?? '',
  }));
  const earliest = failed // they come newest first
    .filter(({ isStack, reason }) => !isStack && reason !== '' && !reason.includes('cancelled'))
    .at(-1);
  if (earliest) return `${earliest.resource}: ${earliest.reason}`;
  return `${stack?.StackStatus}: ${failed.at(-1)?.reason ?? stack?.StackStatusReason ?? 'no reason given'}`;
}
