import { Aws, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { keyAlias } from '../functions/contracts/names';
import { arn } from './roles';

const ofThisAccount = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };

/** A service that may use the key, in its own name: in a key policy, `*` is this key. */
const lets = (
  sid: string,
  service: string,
  actions: string[],
  conditions: Record<string, Record<string, string>>,
): PolicyStatement =>
  new PolicyStatement({
    sid,
    principals: [new ServicePrincipal(service)],
    actions: actions.map((action) => `kms:${action}`),
    resources: ['*'],
    conditions,
  });

/** S3 sends events into the encrypted queue (S3 User Guide, "Granting permissions to publish event notifications"). */
const s3 = () => lets('EventsFromBuckets', 's3.amazonaws.com', ['GenerateDataKey', 'Decrypt'], ofThisAccount);

/** CloudWatch Logs encrypts log groups (CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"). */
const logs = () =>
  lets(
    'LogsOfFunctions',
    `logs.${Aws.REGION}.amazonaws.com`,
    ['Encrypt*', 'Decrypt*', 'ReEncrypt*', 'GenerateDataKey*', 'Describe*'],
    {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': arn('logs', 'log-group:/aws/lambda/MARS-*', Aws.REGION),
      },
    },
  );

function rotatingKey(
  stack: Stack,
  id: string,
  alias: string,
  description: string,
  services: PolicyStatement[],
) {
  const key = new Key(stack, id, {
    alias,
    description,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const service of services) key.addToResourcePolicy(service);
  return key;
}

/** The region's key, for buckets, queues, topic, tables and logs, behind the same alias in every region. */
export const regionalKey = (stack: Stack): Key =>
  rotatingKey(stack, 'Key', keyAlias, 'MARS: buckets, queues, topic, tables and logs of this region', [
    s3(),
    logs(),
  ]);

/** Of the root stack: a region that no set is in has no key of its own. */
export const homeKey = (stack: Stack): Key =>
  rotatingKey(stack, 'HomeKey', `${keyAlias}-Home`, 'MARS: reports, topic and logs of the home region', [
    logs(),
  ]);
