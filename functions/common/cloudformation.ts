import {
  type CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';

/** Those of the regions that have a stack of this name, or one that counts. */
export async function regionsWith(
  stackName: string,
  regions: readonly string[],
  cloudFormation: (region: string) => Pick<CloudFormationClient, 'send'>,
  counts: (stack: Stack) => boolean = () => true,
): Promise<string[]> {
  const stacks = await Promise.all(regions.map((region) => findStack(cloudFormation(region), stackName)));
  return regions.filter((_, index) => stacks[index] && counts(stacks[index]));
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
