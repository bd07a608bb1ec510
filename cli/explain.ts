import type { Ended } from './execution';

/** What to do next, by the name of an error (functions/contracts/errors.ts, and those of the state machines). */
const steps: Readonly<Record<string, (baseName: string) => string>> = {
  InvalidInput: () => 'mend the input, and start again: nothing was touched',
  BaseNameInUse: (baseName) =>
    `"mars status ${baseName}" shows it; "mars add-region ${baseName} REGION" adds to it`,
  BucketNotEmpty: (baseName) => `"mars delete ${baseName} --empty" deletes what the buckets hold, too`,
  DifferencesRemain: (baseName) =>
    `"mars behind ${baseName}" and "mars failed ${baseName}" tell which keys, and why`,
};

/** Why an execution did not succeed, and what to do. */
export function explain({ status, error = '', cause = '', executionArn }: Ended, baseName: string): string {
  const why = error === '' ? status : `${error}: ${readable(cause)}`;
  const next = steps[error]?.(baseName) ?? 'what it has done so far, state by state, is told by';
  const trace = steps[error] ? '' : ` "mars trace ${executionArn}"`;
  return `${why}\nnext: ${next}${trace}`;
}

/** `field Regions is "us-west-2", expected two regions or more`. */
function readable(cause: string): string {
  let detail: Record<string, unknown>;
  try {
    detail = JSON.parse(cause);
  } catch {
    return cause; // not ours
  }
  const { field, value, expected, region, reason } = detail;
  if (field !== undefined) return `${field} is ${JSON.stringify(value)}, expected ${expected}`;
  if (region !== undefined) return `${region}: ${reason}`;
  return typeof reason === 'string' ? reason : cause;
}
