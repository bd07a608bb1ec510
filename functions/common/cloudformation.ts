import {
  type CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';

/** Empty: it has none of that name. */
export const parameterOf = (stack: Stack | undefined, name: string): string =>
  stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === name)?.ParameterValue ?? '';

/** Of a parameter whose values are separated by commas. */
export const listOf = (stack: Stack | undefined, name: string): string[] =>
  parameterOf(stack, name)
    .split(',')
    .filter((each) => each !== '');

/** The stacks of this name in those of the regions that have one, or one that counts. */
export async function stacksIn(
  stackName: string,
  regions: readonly string[],
  cloudFormation: (region: string) => Pick<CloudFormationClient, 'send'>,
  counts: (stack: Stack) => boolean = () => true,
): Promise<{ region: string; stack: Stack }[]> {
  const found = await Promise.all(
    regions.map(async (region) => ({ region, stack: await findStack(cloudFormation(region), stackName) })),
  );
  return found.flatMap(({ region, stack }) => (stack && counts(stack) ? [{ region, stack }] : []));
}

/** The stack as it stands; `undefined` when there is none, or only the memory of a deleted one. */
export async function findStack(
  client: Pick<CloudFormationClient, 'send'>,
  StackName: string,
): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.find((stack) => stack.StackStatus !== 'DELETE_COMPLETE');
  } catch (error) {
    // DescribeStacks has no exception of its own for this: ValidationError "Stack with id ... does not exist".
    const isValidation = error instanceof CloudFormationServiceException && error.name === 'ValidationError';
    if (isValidation && error.message.includes('does not exist')) return undefined;
    throw error;
  }
}
