import { randomBytes } from 'node:crypto';
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { connect } from '../cli/connection';
import { findInstallation } from '../cli/installation';
import { supportedRegions } from './supported-regions';

/**
 * What a run of the end-to-end tests costs in somebody's own account, in dollars, at the prices of us-east-1. Calculated: requests
 * from those that the embedded AWS counted (`COUNTS=FILE npm test -- test/end-to-end`: 23,000 to S3, 21,000 to DynamoDB, 3,100 calls of
 * functions, 158 stacks), what is priced by the month for the three hours that a run may take.
 */
export const endToEndEstimate = {
  'S3: 23,000 requests at $0.005 per 1,000 at most': 0.12,
  'S3: 2 GB to other regions at $0.02 per GB': 0.04,
  'S3: request metrics of 80 buckets, 16 each at $0.30 a month': 1.58,
  'KMS: 40 keys at $1 a month': 0.17,
  'CloudWatch: 560 alarms at $0.10 a month, 40 dashboards at $3': 0.73,
  'DynamoDB: 21,000 units at $0.625 per million, in three regions; Lambda, SQS, Step Functions': 0.1,
};

/** The environment names credentials, and no endpoint: an account of AWS itself. */
export const isOwnAccount = ({
  AWS_ENDPOINT_URL,
  AWS_PROFILE,
  AWS_ACCESS_KEY_ID,
}: NodeJS.ProcessEnv): boolean => !AWS_ENDPOINT_URL && Boolean(AWS_PROFILE || AWS_ACCESS_KEY_ID);

/**
 * Asks whether `what` may run there, and tells what it will cost. Returns the prefix of its BaseNames, by which all that it makes
 * can be told. `MARS_TEST_AGREED=yes` is an answer, too, where nobody can be asked.
 * @throws Error without a "yes", or when MARS is not deployed there, or not for all regions that are needed.
 */
export async function agreedPrefix(
  what: string,
  estimate: Readonly<Record<string, number>>,
  regions: readonly string[] = supportedRegions,
  tell: (line: string) => void = console.log,
): Promise<string> {
  const installed = await findInstallation(connect(process.env.AWS_REGION ?? 'us-east-1'));
  const missing = regions.filter((region) => !installed.regions.includes(region));
  if (missing.length > 0)
    throw new Error(
      `${what} needs more of SupportedRegions: ${missing.join(', ')} (switched on in your account, too)`,
    );

  const prefix = `e2e-${randomBytes(3).toString('hex')}`;
  tell(`${what} will run in account ${installed.accountId}, in ${regions.length} regions.`);
  tell(
    `All that it makes has names with ${prefix} in them, and base resources where there are none; it removes them.`,
  );
  const total = Object.values(estimate).reduce((sum, price) => sum + price, 0);
  for (const [line, price] of Object.entries(estimate)) tell(`  $${price.toFixed(2)}  ${line}`);
  tell(`  $${total.toFixed(2)}  in all, by calculation`);
  const answer = process.env.MARS_TEST_AGREED ?? (await ask('Type "yes" to go on: '));
  if (answer.trim() !== 'yes') throw new Error('not agreed: nothing was touched');
  return prefix;
}

async function ask(question: string): Promise<string> {
  if (!stdin.isTTY) throw new Error('nobody can be asked: set MARS_TEST_AGREED=yes');
  const terminal = createInterface({ input: stdin, output: stdout });
  const answer = await terminal.question(question);
  terminal.close();
  return answer;
}
