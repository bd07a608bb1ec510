import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findStack } from '../common/cloudformation';
import type { OrchestrationEnvironment } from '../contracts/environment';
import { BaseNameInUse, inRegion, RegionFailed } from '../contracts/errors';
import { queueExport } from '../contracts/names';
import {
  type RegionalStackInput,
  type RegionalStackOutput,
  regionalStackInput,
  type StackTarget,
} from '../contracts/stacks';
import { isMadeBy, nextToEnsure, nextToRemove, nextToUpdate, type Step } from './advance';
import {
  createStack,
  deleteStack,
  failureReason,
  isImported,
  protectStack,
  updateStack,
} from './stack-calls';
import {
  isCurrent,
  keptParameters,
  oneStepTowards,
  type StackInput,
  stackInput,
  withStream,
} from './stack-input';

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
  const { Region } = input.Target;
  const client = ports.cloudFormation(Region);
  const wanted = stackInput(input.Target, ports.env);
  const stack = await findStack(client, wanted.StackName);
  const step = nextStep(input, stack, wanted);
  if (step === 'failed' && stack) {
    const found = await failureReason(client, stack);
    // What others left is theirs to judge: it may hold data.
    const todo = `; mend or delete the stack ${wanted.StackName} there, and start again`;
    throw new RegionFailed({
      region: Region,
      reason: isMadeBy(stack, input.Execution) ? found : found + todo,
    });
  }
  const before = input.Deletions;
  if (input.Action === 'Look')
    return { Region, Status: step === 'complete' ? 'Complete' : 'Absent', Deletions: before };
  const Status = await take(step, input, stack, wanted, ports);
  const isDeleting = step === 'delete' && Status === 'InProgress';
  return { Region, Status, Deletions: isDeleting ? before + 1 : before };
}

function nextStep(input: RegionalStackInput, stack: Stack | undefined, wanted: StackInput): Step {
  const asker = { execution: input.Execution, since: Date.parse(input.Since) };
  switch (input.Action) {
    case 'Look':
    case 'Ensure':
      return nextToEnsure(stack, asker, {
        isShared: input.Target.Kind === 'Base',
        isCurrent: isCurrent(wanted),
      });
    case 'Update':
      return nextToUpdate(stack, asker, isCurrent(wanted));
    case 'RollBack':
      return nextToRemove(stack, input.Deletions, input.Execution);
    case 'Remove':
      return nextToRemove(stack, input.Deletions);
  }
}

async function take(
  step: Step,
  { Action, Target, Execution }: RegionalStackInput,
  stack: Stack | undefined,
  wanted: StackInput,
  ports: RegionalStackPorts,
): Promise<RegionalStackOutput['Status']> {
  const client = ports.cloudFormation(Target.Region);
  const isShared = Target.Kind === 'Base';
  switch (step) {
    case 'create':
      await create(Target, Execution, wanted, ports);
      return 'InProgress';
    case 'update':
      return (await updateStack(client, changeOf(Target, stack, ports))) ? 'InProgress' : 'Complete';
    case 'delete':
      if (isShared && (await isImported(client, queueExport))) return 'Kept';
      return (await deleteStack(client, stack?.StackId)) ? 'InProgress' : 'Kept';
    case 'complete': {
      // Who made a base removes it when it fails; from here on it may not.
      const isAnothers =
        Action === 'Ensure' && isShared && stack !== undefined && !isMadeBy(stack, Execution);
      const isClaimed = !isAnothers || stack.EnableTerminationProtection === true;
      return isClaimed || (await protectStack(client, wanted.StackName)) ? 'Complete' : 'InProgress';
    }
    case 'absent':
      return 'Absent';
    case 'kept':
      return 'Kept';
    case 'in-use':
      throw inUse(Target, wanted.StackName);
    default:
      return 'InProgress';
  }
}

function changeOf(target: StackTarget, stack: Stack | undefined, { env }: RegionalStackPorts) {
  const input = stackInput(oneStepTowards(target, stack), env);
  return { ...input, Parameters: [...input.Parameters, ...keptParameters(target, stack)] };
}

/** @throws BaseNameInUse when somebody was faster with a set's stack. A base serves all: the next look finds it. */
async function create(
  target: StackTarget,
  execution: string,
  wanted: StackInput,
  { cloudFormation, dynamoDB }: RegionalStackPorts,
): Promise<void> {
  const client = cloudFormation(target.Region);
  const { Kind, BaseName, Region } = target;
  const input = Kind === 'Bucket' ? await withStream(wanted, BaseName, dynamoDB(Region)) : wanted;
  if ((await createStack(client, input, execution)) || Kind === 'Base') return;
  const found = await findStack(client, wanted.StackName);
  const isOurs = found !== undefined && isMadeBy(found, execution); // a call that was answered too late, repeated
  if (!isOurs) throw inUse(target, wanted.StackName);
}

const inUse = ({ BaseName, Region }: StackTarget, stackName: string): BaseNameInUse =>
  new BaseNameInUse({
    field: 'BaseName',
    value: BaseName,
    expected: `a name without a stack ${stackName} in ${Region}`,
  });
