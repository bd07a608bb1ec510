import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { connect } from '../cli/connection';
import { findInstallation, type Installation, rootStackName } from '../cli/installation';
import { stackAtRest } from '../cli/stacks';
import { accountId, type EmbeddedAws, homeRegion } from './embedded-aws';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
export const assetBucket = `assets-${accountId}`;

/** Environment for any AWS tool that is to talk to the embedded AWS. */
export const environmentOf = (aws: EmbeddedAws): Record<string, string> => ({
  AWS_ENDPOINT_URL: aws.endpoint,
  AWS_ACCESS_KEY_ID: aws.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: aws.credentials.secretAccessKey,
  AWS_REGION: homeRegion,
  AWS_DEFAULT_REGION: homeRegion, // what version 1 of the AWS CLI reads
  AWS_CA_BUNDLE: aws.certificate,
  NODE_EXTRA_CA_CERTS: aws.certificate,
});

/** Deploys the root stack as a user without CDK's bootstrap would. */
export const deployRootStack = async (
  aws: EmbeddedAws,
  parameters: Record<string, string> = {},
): Promise<Installation> => createRootStack(aws, await publishRootStack(aws), parameters);

/** Assets into a bucket; the URL of the root stack's template there. */
export async function publishRootStack(aws: EmbeddedAws): Promise<string> {
  const { s3 } = connect(homeRegion, aws.clientConfig);
  await s3(homeRegion).send(new CreateBucketCommand({ Bucket: assetBucket }));
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', 'infra/package.ts', '--bucket', assetBucket],
    {
      cwd: root,
      env: { ...process.env, ...environmentOf(aws) },
    },
  );
  return stdout.trim();
}

export async function createRootStack(
  aws: EmbeddedAws,
  TemplateURL: string,
  parameters: Record<string, string> = {},
): Promise<Installation> {
  const connection = connect(homeRegion, aws.clientConfig);
  const cloudFormation = connection.cloudFormation(homeRegion);
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: rootStackName,
      TemplateURL,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await stackAtRest(cloudFormation, rootStackName);
  return findInstallation(connection);
}
