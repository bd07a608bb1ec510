import { Aws, CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { reconcileAllName, reconcileName, reportsBucketName } from '../functions/contracts/names';
import { onReports, type Reports } from './grants/shared';
import { arn, type Grant, marsRole } from './roles';

/** Where MARS-Reconcile leaves what it finds: keys, no contents. */
export const reportsBucket = (stack: Stack, encryptionKey: IKey): Bucket =>
  new Bucket(stack, 'Reports', {
    bucketName: reportsBucketName(Aws.ACCOUNT_ID, Aws.REGION),
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: RemovalPolicy.DESTROY,
  });

/**
 * A Distributed Map runs its children as executions of its own state machine (Step Functions Developer Guide, "IAM policies
 * for using Distributed Map states"), and reads the ranges in the role's name.
 */
export const reconcileGrants = (reports: Reports): Grant[] => [
  ...onReports(reports, ['s3:GetObject']),
  {
    actions: ['states:StartExecution'],
    resources: [arn('states', `stateMachine:${reconcileName}`, Aws.REGION)],
  },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
    resources: [arn('states', `execution:${reconcileName}/*`, Aws.REGION)],
  },
];

export const reconcileAllGrants: Grant[] = [
  {
    actions: ['states:StartExecution'],
    resources: [arn('states', `stateMachine:${reconcileName}`, Aws.REGION)],
  },
];

/** Starts MARS-Reconcile for all sets, unless switched off. */
export function reconcileSchedule(stack: Stack, machine: StateMachine): void {
  const schedule = new CfnParameter(stack, 'ReconcileSchedule', {
    default: 'rate(1 day)',
    description:
      'Reconcile Schedule: an expression of EventBridge, as rate(1 day) or cron(0 3 * * ? *); empty: never',
  });
  const isOn = new CfnCondition(stack, 'ReconcileIsScheduled', {
    expression: Fn.conditionNot(Fn.conditionEquals(schedule, '')),
  });
  const role = marsRole(stack, `${reconcileAllName}-Events-Role`, 'events.amazonaws.com', [
    { actions: ['states:StartExecution'], resources: [machine.stateMachineArn] },
  ]);
  const rule = new CfnRule(stack, 'ReconcileRule', {
    name: reconcileAllName,
    description: 'MARS: compares all sets, and mends what differs',
    scheduleExpression: schedule.valueAsString,
    targets: [{ id: 'Machine', arn: machine.stateMachineArn, roleArn: role.roleArn, input: '{}' }],
  });
  rule.cfnOptions.condition = isOn;
}
