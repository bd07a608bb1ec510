import type { Stack } from '@aws-sdk/client-cloudformation';

/** Tag that names the execution which made a stack; roll-back removes by it, so it removes nobody else's. */
export const executionTag = 'mars:execution';

export type Step =
  | 'create'
  | 'update'
  | 'delete'
  | 'wait'
  | 'complete'
  | 'absent'
  | 'kept'
  | 'in-use'
  | 'failed';

/** Such a stack serves. */
const settled = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];
/** Such a stack serves nobody, and can only be deleted (CloudFormation User Guide, "Stack status codes"). */
const broken = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED'];
/** Deletions of one stack that an execution tries. */
const mostDeletions = 3;

/** In review: a change set waits for somebody to execute it, and CloudFormation does nothing. */
const inProgress = ({ StackStatus }: Stack): boolean =>
  StackStatus !== 'REVIEW_IN_PROGRESS' && StackStatus?.endsWith('_IN_PROGRESS') === true;

/** The execution that made a stack. */
export const makerOf = (stack: Stack): string | undefined =>
  stack.Tags?.find(({ Key }) => Key === executionTag)?.Value;

export const isMadeBy = (stack: Stack, execution: string): boolean => makerOf(stack) === execution;

export interface Asker {
  execution: string;
  /** Milliseconds since 1970: when the execution started. */
  since: number;
}

/**
 * What to do next so that the stack comes to exist as this version of MARS has it (`isCurrent`). Asked again and again, it
 * needs no memory: a retried call, or one that was made by somebody else, is seen in the stack itself.
 * `isShared`: a base serves all sets. Any other stack belongs to one, and if another execution made it, the name is in use.
 */
export function nextToEnsure(
  stack: Stack | undefined,
  { execution, since }: Asker,
  { isShared, isCurrent }: { isShared: boolean; isCurrent: (stack: Stack) => boolean },
): Step {
  if (stack === undefined) return 'create';
  const isOurs = isMadeBy(stack, execution);
  if (!isShared && !isOurs) return 'in-use';
  const { StackStatus: status = '', DeletionTime: deleted } = stack;
  // What an earlier attempt left is cleared away, once.
  const isNew = isOurs || (deleted !== undefined && deleted.getTime() >= since);
  if (broken.includes(status) && !isNew) return 'delete';
  return nextToUpdate(stack, { since }, isCurrent);
}

/** What to do next so that a stack that is there becomes as this version of MARS has it. Who made it is no matter. */
export function nextToUpdate(
  stack: Stack | undefined,
  { since }: Pick<Asker, 'since'>,
  isCurrent: (stack: Stack) => boolean,
): Step {
  if (stack === undefined) return 'absent';
  if (inProgress(stack)) return 'wait';
  const { StackStatus: status = '', LastUpdatedTime: updated } = stack;
  if (!settled.includes(status)) return 'failed';
  if (isCurrent(stack)) return 'complete';
  const hasFailed =
    status === 'UPDATE_ROLLBACK_COMPLETE' && updated !== undefined && updated.getTime() >= since;
  return hasFailed ? 'failed' : 'update';
}

/**
 * What to do next so that the stack goes. With an `execution`, only what that execution made goes.
 * A stack that is still being created is waited for: so CloudFormation never cleans up and creates at once.
 * `deletions`: how many this execution has begun.
 */
export function nextToRemove(stack: Stack | undefined, deletions: number, execution?: string): Step {
  if (stack === undefined) return 'absent';
  if (execution !== undefined && !isMadeBy(stack, execution)) return 'kept';
  if (inProgress(stack)) return 'wait';
  return deletions < mostDeletions ? 'delete' : 'failed';
}
