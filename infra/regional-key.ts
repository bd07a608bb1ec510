import { Aws, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { keyAlias } from '../functions/contracts/names';

/** The region's key, for buckets, queue, topic and tables, behind the same alias in every region. */
export function regionalKey(stack: Stack): Key {
  const key = new Key(stack, 'Key', {
    alias: keyAlias,
    description: 'MARS: buckets, queue and tables of this region',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // S3 sends events into the encrypted queue (S3 User Guide, "Granting permissions to publish event notifications").
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EventsFromBuckets',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
      resources: ['*'], // in a key policy: this key
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  // CloudWatch publishes to the encrypted topic (CloudWatch User Guide, "Notifying users on alarm changes").
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsFromCloudWatch',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:GenerateDataKey*', 'kms:Decrypt'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return key;
}
