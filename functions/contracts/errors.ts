import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';

/**
 * Every refusal and failure a user can meet. `name` becomes `Error` of the failed execution and is what
 * `ErrorEquals` in the state machines matches; the message is `Cause`, as JSON.
 */
export abstract class MarsError<Detail extends object> extends Error {
  abstract override readonly name: string;

  constructor(
    readonly detail: Detail,
    options?: ErrorOptions,
  ) {
    super(JSON.stringify(detail), options);
  }
}

/** The input of an execution is wrong; nothing has been touched. */
export class InvalidInput extends MarsError<{ field: string; value: unknown; expected: string }> {
  override readonly name = 'InvalidInput';
}

/** Stacks of this BaseName exist already, or an `execution` (its ARN) works on them; nothing has been touched. */
export class BaseNameInUse extends MarsError<{
  field: 'BaseName';
  value: string;
  expected: string;
  execution?: string;
  todo?: string;
}> {
  override readonly name = 'BaseNameInUse';
}

/** Buckets still hold current objects; nothing has been removed. */
export class BucketNotEmpty extends MarsError<{
  reason: string;
  buckets: { region: string; objects: number; more: boolean }[];
}> {
  override readonly name = 'BucketNotEmpty';
}

/** One region could not do its part; `reason` is CloudFormation's own where it has one. */
export class RegionFailed extends MarsError<{ region: string; reason: string }> {
  override readonly name = 'RegionFailed';
}

export const errorNames = ['InvalidInput', 'BaseNameInUse', 'BucketNotEmpty', 'RegionFailed'] as const;

/**
 * Runs one region's part; what it throws names the region. What may pass (throttling, a service's own errors, a connection that
 * broke) goes on as it is: the workflow tries again.
 * @throws MarsError
 */
export async function inRegion<Result>(region: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MarsError || mayPass(error)) throw error;
    throw new RegionFailed({ region, reason: reasonOf(error) }, { cause: error });
  }
}

const mayPass = (error: unknown): boolean =>
  error instanceof Error &&
  [isThrottlingError, isTransientError, isServerError].some((test) =>
    test(error as Parameters<typeof test>[0]),
  );

/** Characters: a reason goes into rows, messages and logs, and what was sent by nobody knows whom may be at fault in 30,000 places. */
const longestReason = 1_000;

/** The text of whatever was thrown, for a `reason`. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, longestReason);
