import type { Ended } from './execution';

/** What to do next, by the name of an error (functions/contracts/errors.ts, and those of the state machines). */
const steps: Readonly<Record<string, (baseName: string, cause: Cause) => string>> = {
  InvalidInput: () => 'mend the input, and start again: nothing was touched',
  BaseNameInUse: (baseName, { execution, todo }) => {
    if (execution !== undefined) return `wait until that has ended: ${followOrStop(String(execution))}`;
    if (todo !== undefined) return String(todo);
    return `"mars status ${baseName}" shows it; "mars add-region ${baseName} REGION" adds to it`;
  },
  BucketNotEmpty: (baseName) => `"mars delete ${baseName} --empty" deletes what the buckets hold, too`,
  DifferencesRemain: (baseName) =>
    `"mars behind ${baseName}" and "mars failed ${baseName}" tell which keys, and why`,
};

/** What can be done about an execution that runs. */
export const followOrStop = (executionArn: string): string =>
  `"mars trace ${executionArn}" tells where it is, "mars stop ${executionArn}" ends it`;

type Cause = Record<string, unknown>;

/** Why an execution did not succeed, and what to do. */
export function explain(ended: Ended, baseName: string): string {
  const { status, error = '', executionArn } = ended;
  const cause = causeOf(ended);
  const why = error === '' ? status : `${error}: ${typeof cause === 'object' ? readable(cause) : cause}`;
  const next =
    steps[error]?.(baseName, typeof cause === 'object' ? cause : {}) ??
    `what it has done so far, state by state, is told by "mars trace ${executionArn}"`;
  return `${why}\nnext: ${next}`;
}

/** Of ours an object; else the text that Step Functions has, if any. */
export function causeOf({ cause = '' }: Ended): Cause | string {
  try {
    const parsed: unknown = JSON.parse(cause);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Cause) : cause;
  } catch {
    return cause; // not ours
  }
}

/** `Regions is "us-west-2", expected two regions or more`. */
function readable(cause: Cause): string {
  const { field, value, expected, region, reason, buckets } = cause;
  if (field !== undefined) return `${field} is ${JSON.stringify(value)}, expected ${expected}`;
  if (region !== undefined) return `${region}: ${reason}`;
  if (Array.isArray(buckets)) return `${reason}: ${buckets.map(heldBy).join(', ')}`;
  return typeof reason === 'string' ? reason : JSON.stringify(cause);
}

const heldBy = ({ region, objects, more }: { region: string; objects: number; more: boolean }): string =>
  `${region} ${objects}${more ? ' or more' : ''}`;
