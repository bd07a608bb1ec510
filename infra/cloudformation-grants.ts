import { Aws } from 'aws-cdk-lib';
import { keyAlias, queueName } from '../functions/contracts/names';
import { onBuckets } from './grants';
import { arn, type Grant } from './roles';

/** What CloudFormation may do in our name: make, change and remove what the regional templates hold, by prefix. */
export const cloudFormationGrants = (codeBuckets: string): Grant[] => [
  { actions: ['s3:GetObject'], resources: [`${codeBuckets}/*`] }, // a function's code is read with this role
  { actions: ['s3:CreateBucket'], resources: [`arn:${Aws.PARTITION}:s3:::mars-*`] }, // it has no owner to ask for yet
  onBuckets(
    ['DeleteBucket', 'GetBucket*', 'PutBucket*', 'DeleteBucketPolicy', 'GetEncryptionConfiguration']
      .concat(['PutEncryptionConfiguration', 'GetLifecycleConfiguration', 'PutLifecycleConfiguration'])
      .concat(['GetMetricsConfiguration', 'PutMetricsConfiguration', 'ListBucket'])
      .map((action) => `s3:${action}`),
    '',
  ),
  { actions: ['sqs:*'], resources: [arn('sqs', `${queueName}*`)] },
  { actions: ['dynamodb:*'], resources: [arn('dynamodb', 'table/MARS-*')] },
  { actions: ['lambda:*'], resources: [arn('lambda', 'function:MARS-*')] },
  {
    // Mappings get their ids from Lambda, so they can be named only by the function they feed.
    actions: ['CreateEventSourceMapping', 'UpdateEventSourceMapping', 'DeleteEventSourceMapping'].map(
      (action) => `lambda:${action}`,
    ),
    resources: ['*'],
    conditions: { ArnLike: { 'lambda:FunctionArn': arn('lambda', 'function:MARS-*') } },
  },
  { actions: ['lambda:GetEventSourceMapping', 'lambda:ListTags', 'lambda:TagResource'], resources: ['*'] }, // as above
  { actions: ['states:*'], resources: [arn('states', 'stateMachine:MARS-*')] },
  {
    actions: ['PutRule', 'DeleteRule', 'DescribeRule', 'PutTargets', 'RemoveTargets', 'ListTargetsByRule']
      .concat(['TagResource', 'UntagResource', 'ListTagsForResource'])
      .map((action) => `events:${action}`),
    resources: [arn('events', 'rule/MARS-*')],
  },
  { actions: ['logs:*'], resources: [arn('logs', 'log-group:/aws/lambda/MARS-*')] },
  {
    actions: ['cloudwatch:PutDashboard', 'cloudwatch:GetDashboard', 'cloudwatch:DeleteDashboards'],
    resources: [arn('cloudwatch', 'dashboard/MARS-*', '')],
  },
  {
    actions: ['cloudwatch:PutMetricAlarm', 'cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms'].concat(
      ['TagResource', 'UntagResource', 'ListTagsForResource'].map((action) => `cloudwatch:${action}`),
    ),
    resources: [arn('cloudwatch', 'alarm:MARS-*')],
  },
  { actions: ['sns:*'], resources: [arn('sns', 'MARS-*')] },
  {
    // These have no resource level.
    actions: [
      'DescribeLogGroups',
      'PutQueryDefinition',
      'DeleteQueryDefinition',
      'DescribeQueryDefinitions',
    ].map((action) => `logs:${action}`),
    resources: ['*'],
  },
  { actions: ['kms:CreateKey', 'kms:ListAliases'], resources: ['*'] }, // a key has no name before it is made
  { actions: ['kms:*'], resources: [arn('kms', 'key/*'), arn('kms', keyAlias)] },
  { actions: ['iam:PassRole', 'iam:GetRole'], resources: [arn('iam', 'role/MARS-*', '')] },
  {
    // CloudFormation asks for a table's scaling even when it is on demand; it has no resource level.
    actions: ['application-autoscaling:Describe*'],
    resources: ['*'],
  },
  {
    // DynamoDB makes this role with the first replica (DynamoDB Developer Guide, "Using IAM with global tables").
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [arn('iam', 'role/aws-service-role/replication.dynamodb.amazonaws.com/*', '')],
  },
];
