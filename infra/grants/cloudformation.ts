import { Aws } from 'aws-cdk-lib';
import { keyAlias, queueName } from '../../functions/contracts/names';
import { arn, type Grant } from '../roles';
import { onBuckets, viaService } from './shared';

const actions = (service: string, names: string): string[] =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => `${service}:${name}`);

/** A key has no name before its alias is made; conditions on its tags or alias take up to five minutes (KMS Developer Guide, "ABAC for AWS KMS"). */
const keys = arn('kms', 'key/*');

/**
 * What CloudFormation may do in our name: make, change and remove what the regional templates hold, by prefix. The actions are
 * those that each resource type's schema names for its handlers (CloudFormation registry, `describe-type`), but for properties
 * that the templates don't set.
 */
export const cloudFormationGrants = (codeBuckets: string): Grant[] => [
  { actions: ['s3:GetObject'], resources: [`${codeBuckets}/*`] }, // a function's code is read with this role
  {
    actions: ['s3:CreateBucket', 's3:TagResource'], // it has no owner to ask for yet
    resources: [`arn:${Aws.PARTITION}:s3:::mars-*`],
  },
  // AWS::S3::Bucket, AWS::S3::BucketPolicy
  onBuckets(
    actions(
      's3',
      `DeleteBucket ListBucket GetBucketAcl UntagResource ListTagsForResource
      PutBucketTagging GetBucketTagging PutBucketVersioning GetBucketVersioning PutBucketNotification GetBucketNotification
      PutEncryptionConfiguration GetEncryptionConfiguration PutLifecycleConfiguration GetLifecycleConfiguration
      PutMetricsConfiguration GetMetricsConfiguration PutBucketPublicAccessBlock GetBucketPublicAccessBlock
      PutBucketOwnershipControls GetBucketOwnershipControls PutBucketPolicy GetBucketPolicy DeleteBucketPolicy
      GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketCORS GetInventoryConfiguration GetBucketLogging
      GetReplicationConfiguration GetBucketWebsite GetBucketObjectLockConfiguration GetIntelligentTieringConfiguration
      GetBucketMetadataTableConfiguration GetBucketAbac`,
    ),
    '',
  ),
  {
    // AWS::SQS::Queue, AWS::SQS::QueuePolicy
    actions: actions(
      'sqs',
      'CreateQueue DeleteQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueueTags TagQueue UntagQueue',
    ),
    resources: [arn('sqs', `${queueName}*`)],
  },
  {
    // AWS::DynamoDB::Table, AWS::DynamoDB::GlobalTable: a replica is filled in the name of who adds it
    actions: actions(
      'dynamodb',
      `CreateTable UpdateTable DeleteTable CreateTableReplica DeleteTableReplica Describe* ListTagsOfResource TagResource
      UntagResource GetResourcePolicy UpdateTimeToLive UpdateContinuousBackups UpdateContributorInsights
      UpdateTableReplicaAutoScaling AssociateTableReplica Query Scan GetItem PutItem UpdateItem DeleteItem BatchWriteItem`,
    ),
    resources: [arn('dynamodb', 'table/MARS-*')],
  },
  // It asks for a table's scaling even when that is on demand; neither has a resource level.
  { actions: ['application-autoscaling:Describe*', 'cloudwatch:PutMetricData'], resources: ['*'] },
  {
    // DynamoDB makes this role with the first replica (DynamoDB Developer Guide, "Using IAM with global tables").
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [arn('iam', 'role/aws-service-role/replication.dynamodb.amazonaws.com/*', '')],
  },
  {
    // Who gives a table a key must be able to use it (DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes").
    actions: actions('kms', 'Encrypt Decrypt ReEncrypt* GenerateDataKey* CreateGrant RevokeGrant'),
    resources: [keys],
    conditions: viaService('dynamodb'),
  },
  {
    // AWS::Lambda::Function, AWS::Lambda::Permission
    actions: actions(
      'lambda',
      `CreateFunction DeleteFunction GetFunction UpdateFunctionCode UpdateFunctionConfiguration TagResource UntagResource
      GetFunctionCodeSigningConfig GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig
      PutFunctionConcurrency DeleteFunctionConcurrency AddPermission RemovePermission GetPolicy`,
    ),
    resources: [arn('lambda', 'function:MARS-*')],
  },
  {
    // AWS::Lambda::EventSourceMapping: they get their ids from Lambda, so they can be named only by the function they feed.
    actions: actions('lambda', 'CreateEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping'),
    resources: ['*'],
    conditions: { ArnLike: { 'lambda:FunctionArn': arn('lambda', 'function:MARS-*') } },
  },
  {
    // GetEventSourceMapping has no such condition, and tags are of a mapping before it can be named.
    actions: actions('lambda', 'GetEventSourceMapping ListTags TagResource UntagResource'),
    resources: [arn('lambda', 'event-source-mapping:*')],
  },
  {
    // AWS::StepFunctions::StateMachine
    actions: actions(
      'states',
      `CreateStateMachine UpdateStateMachine DeleteStateMachine DescribeStateMachine
      TagResource UntagResource ListTagsForResource`,
    ),
    resources: [arn('states', 'stateMachine:MARS-*')],
  },
  {
    // AWS::Events::Rule
    actions: actions(
      'events',
      `PutRule DeleteRule DescribeRule PutTargets RemoveTargets ListTargetsByRule
      TagResource UntagResource ListTagsForResource`,
    ),
    resources: [arn('events', 'rule/MARS-*')],
  },
  {
    actions: ['iam:PassRole'],
    resources: [arn('iam', 'role/MARS-*', '')],
    conditions: {
      StringEquals: {
        'iam:PassedToService': ['lambda.amazonaws.com', 'states.amazonaws.com', 'events.amazonaws.com'],
      },
    },
  },
  {
    // AWS::Logs::LogGroup
    actions: actions(
      'logs',
      `CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey
      TagResource UntagResource ListTagsForResource GetDataProtectionPolicy DeleteDataProtectionPolicy
      DescribeIndexPolicies`,
    ),
    resources: [arn('logs', 'log-group:/aws/lambda/MARS-*')],
  },
  {
    // AWS::Logs::QueryDefinition, and lists: these have no resource level.
    actions: actions(
      'logs',
      `DescribeLogGroups DescribeResourcePolicies PutQueryDefinition DeleteQueryDefinition DescribeQueryDefinitions`,
    ),
    resources: ['*'],
  },
  {
    // AWS::CloudWatch::Dashboard
    actions: actions(
      'cloudwatch',
      'PutDashboard GetDashboard DeleteDashboards TagResource UntagResource ListTagsForResource',
    ),
    resources: [arn('cloudwatch', 'dashboard/MARS-*', '')],
  },
  {
    // AWS::CloudWatch::Alarm
    actions: actions(
      'cloudwatch',
      'PutMetricAlarm DeleteAlarms DescribeAlarms TagResource UntagResource ListTagsForResource',
    ),
    resources: [arn('cloudwatch', 'alarm:MARS-*')],
  },
  {
    // AWS::SNS::Topic, AWS::SNS::TopicPolicy
    actions: actions(
      'sns',
      `CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes GetDataProtectionPolicy ListSubscriptionsByTopic
      TagResource UntagResource ListTagsForResource`,
    ),
    resources: [arn('sns', 'MARS-*')],
  },
  // AWS::KMS::Key, AWS::KMS::Alias
  { actions: ['kms:CreateKey', 'kms:ListAliases'], resources: ['*'] }, // a key has no name before it is made
  {
    actions: actions(
      'kms',
      `DescribeKey GetKeyPolicy PutKeyPolicy GetKeyRotationStatus EnableKeyRotation DisableKeyRotation UpdateKeyDescription
      ScheduleKeyDeletion ListResourceTags TagResource UntagResource`,
    ),
    resources: [keys],
  },
  { actions: actions('kms', 'CreateAlias UpdateAlias DeleteAlias'), resources: [keys, arn('kms', keyAlias)] },
];
