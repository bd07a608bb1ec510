import type { Stack } from '@aws-sdk/client-cloudformation';

/** Tag that names the execution which made a stack; roll-back removes by it, so it removes nobody else's. */
export const executionTag = 'mars:execution';

export type Step = 'create' | 'delete' | 'wait' | 'complete' | 'absent' | 'kept' | 'in-use' | 'failed';

const settled = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

const inProgress = (stack: Stack) => stack.StackStatus?.endsWith('_IN_PROGRESS') ?? false;

export const isMadeBy = (stack: Stack, execution: string): boolean =>
  stack.Tags?.some((tag) => tag.Key === executionTag && tag.Value === execution) ?? false;

/**
 * What to do next so that the stack comes to exist. Asked again and again, it needs no memory: a retried call, or one
 * that was made by somebody else, is seen in the stack itself.
 * `exclusive`: the stack belongs to one BaseName, so one that another execution made means that the name is in use.
 */
export function nextToEnsure(stack: Stack | undefined, execution: string, exclusive: boolean): Step {
  if (stack === undefined) return 'create';
  if (exclusive && !isMadeBy(stack, execution)) return 'in-use';
  if (inProgress(stack)) return 'wait';
  return settled.includes(stack.StackStatus ?? '') ? 'complete' : 'failed';
}

/**
 * What to do next so that the stack goes. With an `execution`, only what that execution made goes.
 * A stack that is still being created is waited for: so CloudFormation never cleans up and creates at once.
 * A stack that could not be deleted is tried again only by the `first` question, so that asking ends.
 */
export function nextToRemove(stack: Stack | undefined, first: boolean, execution?: string): Step {
  if (stack === undefined) return 'absent';
  if (execution !== undefined && !isMadeBy(stack, execution)) return 'kept';
  if (inProgress(stack)) return 'wait';
  return stack.StackStatus === 'DELETE_FAILED' && !first ? 'failed' : 'delete';
}
