import { randomBytes } from 'node:crypto';
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { connect } from '../cli/connection';
import { findInstallation, rootStackName } from '../cli/installation';
import { findStack, parameterOf } from '../functions/common/cloudformation';
import { supportedRegions } from './supported-regions';

/**
 * What a run of the tests costs in somebody's own account, in dollars, calculated from what was counted on the embedded AWS
 * (`COUNTS=counts.json npm test`), at the prices of us-east-1, and rounded up.
 */
const estimate = {
  'S3: 60,000 requests at $0.005 per 1,000': 0.3,
  'S3: 2 GB between regions at $0.02 per GB, by two destinations': 0.08,
  'S3: request metrics of 60 buckets, 16 each at $0.30 a month, for 3 hours': 1.2,
  'KMS: 20 keys at $1 a month, for 3 hours; and 30,000 requests at $0.03 per 10,000': 0.18,
  'CloudWatch: 280 alarms at $0.10 a month, for 3 hours; dashboards at $3': 0.6,
  'Lambda, SQS, DynamoDB, Step Functions: below': 0.5,
};
const total = Object.values(estimate).reduce((sum, price) => sum + price, 0);

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
  regions: readonly string[] = supportedRegions,
  tell: (line: string) => void = console.log,
): Promise<string> {
  const connection = connect(process.env.AWS_REGION ?? 'us-east-1');
  const { accountId } = await findInstallation(connection);
  const root = await findStack(connection.cloudFormation(connection.homeRegion), rootStackName);
  const there = root ? parameterOf(root, 'SupportedRegions').split(',') : [];
  const missing = regions.filter((region) => !there.includes(region));
  if (missing.length > 0)
    throw new Error(
      `${what} needs more of SupportedRegions: ${missing.join(', ')} (switched on in your account, too)`,
    );

  const prefix = `e2e-${randomBytes(3).toString('hex')}`;
  tell(`${what} will run in account ${accountId}, in ${regions.length} regions.`);
  tell(
    `All that it makes has names with ${prefix} in them, and base resources where there are none; it removes them.`,
  );
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
