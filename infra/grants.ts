import { Aws } from 'aws-cdk-lib';
import {
  cleanUpCopyName,
  copyLargeObjectName,
  failedIndex,
  keyAlias,
  multiPartUploadTable,
  queueName,
  streamProcessorName,
} from '../functions/contracts/names';
import { arn, type Grant } from './roles';

/** Buckets carry no account in their ARN: the condition keeps strangers' buckets out, even where code forgot to. */
export const onBuckets = (actions: string[], suffix: '' | '/*'): Grant => ({
  actions,
  resources: [`arn:${Aws.PARTITION}:s3:::mars-*${suffix}`],
  conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
});

/** S3, SQS and DynamoDB use the key in their caller's name. Every region's key is behind the same alias. */
export const withKey = (): Grant => ({
  actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*'].map(
    (action) => `kms:${action}`,
  ),
  resources: [arn('kms', 'key/*')],
  conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias } },
});

/** Journals, rows of keys and of copies. */
const tables: Grant = {
  actions: ['dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem'],
  resources: [arn('dynamodb', 'table/MARS-*')],
};

/**
 * What both processors need to resolve a key: read the journal and the row, copy an exact version from any regional
 * bucket (tags included: AWS refuses to copy a tagged object without them), change its tags, delete conditionally (If-Match
 * needs s3:GetObject too), and send the key back to the queue.
 */
const resolving: Grant[] = [
  tables,
  onBuckets(
    [
      's3:GetObject',
      's3:GetObjectVersion',
      's3:GetObjectTagging',
      's3:GetObjectVersionTagging',
      's3:PutObject',
      's3:PutObjectTagging',
      's3:PutObjectVersionTagging',
      's3:DeleteObjectVersionTagging',
      's3:DeleteObject',
    ],
    '/*',
  ),
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''), // without ListBucket a missing key is 403, not 404
  withKey(),
  { actions: ['sqs:SendMessage'], resources: [arn('sqs', queueName)] },
  { actions: ['states:StartExecution'], resources: [arn('states', `stateMachine:${copyLargeObjectName}`)] },
];

export const queueProcessorGrants: Grant[] = [
  ...resolving,
  {
    actions: [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ChangeMessageVisibility',
    ],
    resources: [arn('sqs', queueName)],
  },
];

export const streamProcessorGrants: Grant[] = [
  ...resolving,
  {
    actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    resources: [arn('dynamodb', 'table/MARS-*/stream/*')],
  },
  { actions: ['dynamodb:ListStreams'], resources: ['*'] }, // has no resource level (Service Authorization Reference)
];

const copyTable = (...actions: string[]): Grant => ({
  actions: actions.map((action) => `dynamodb:${action}`),
  resources: [arn('dynamodb', `table/${multiPartUploadTable}`)],
});

/** The upload carries tags and metadata of the exact version. */
export const prepareCopyGrants: Grant[] = [
  copyTable('GetItem', 'PutItem'),
  onBuckets(
    [
      's3:GetObjectVersion',
      's3:GetObjectTagging',
      's3:GetObjectVersionTagging',
      's3:PutObject',
      's3:PutObjectTagging',
      's3:AbortMultipartUpload',
    ],
    '/*',
  ),
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''),
  withKey(),
  { actions: ['sqs:SendMessage'], resources: [arn('sqs', queueName)] },
];

export const copyPartsGrants: Grant[] = [
  copyTable('UpdateItem'),
  { actions: ['dynamodb:Query'], resources: [arn('dynamodb', 'table/MARS-*')] },
  onBuckets(['s3:GetObjectVersion', 's3:PutObject', 's3:ListMultipartUploadParts'], '/*'),
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''), // without them a version that is gone is 403
  withKey(),
];

export const completeCopyGrants: Grant[] = [
  ...resolving,
  onBuckets(['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], '/*'),
];

export const abortCopyGrants: Grant[] = [
  tables,
  onBuckets(['s3:AbortMultipartUpload'], '/*'),
  { actions: ['sqs:SendMessage'], resources: [arn('sqs', queueName)] },
  withKey(),
];

export const endUploadGrants: Grant[] = [
  onBuckets(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], '/*'),
  withKey(),
];

export const endOrphansGrants: Grant[] = [
  tables,
  { actions: ['s3:ListAllMyBuckets'], resources: ['*'] }, // has no resource level
  onBuckets(['s3:ListBucketMultipartUploads'], ''),
  onBuckets(['s3:AbortMultipartUpload'], '/*'),
  { actions: ['states:ListExecutions'], resources: [arn('states', `stateMachine:${copyLargeObjectName}`)] },
  { actions: ['states:DescribeExecution'], resources: [arn('states', `execution:${copyLargeObjectName}:*`)] },
  { actions: ['sqs:SendMessage'], resources: [arn('sqs', queueName)] },
  withKey(),
];

export const measureGrants: Grant[] = [
  { actions: ['s3:ListAllMyBuckets'], resources: ['*'] }, // has no resource level
  { actions: ['dynamodb:Scan'], resources: [arn('dynamodb', `table/MARS-*/index/${failedIndex}`)] },
  { actions: ['states:ListExecutions'], resources: [arn('states', `stateMachine:${copyLargeObjectName}`)] },
  withKey(),
];

const ofStacks = (...actions: string[]): Grant => ({
  actions: actions.map((action) => `cloudformation:${action}`),
  resources: [arn('cloudformation', 'stack/MARS-*')],
});

/** `reports`: the bucket that holds locks and commits, too. ListBucket, since without it one that is not there is 403, not 404. */
export const validateInputGrants = (reports: string): Grant[] => [
  { actions: ['s3:GetObject', 's3:PutObject'], resources: [`${reports}/locks/*`, `${reports}/commits/*`] },
  { actions: ['s3:ListBucket'], resources: [reports] },
  { actions: ['states:DescribeExecution'], resources: [arn('states', 'execution:MARS-*', Aws.REGION)] },
  ofStacks('DescribeStacks'),
  { actions: ['cloudformation:ListStacks'], resources: ['*'] }, // has no resource level
];

export const regionalStackGrants = (cloudFormationRole: string, codeBuckets: string): Grant[] => [
  ofStacks('DescribeStacks', 'DescribeEvents', 'CreateStack', 'UpdateStack', 'DeleteStack'),
  ofStacks('TagResource', 'UpdateTerminationProtection'),
  { actions: ['cloudformation:ListImports'], resources: ['*'] }, // has no resource level
  { actions: ['dynamodb:DescribeTable'], resources: [arn('dynamodb', 'table/MARS-*')] },
  { actions: ['s3:GetObject'], resources: [`${codeBuckets}/*`] }, // CloudFormation reads the template as its caller
  { actions: ['iam:PassRole'], resources: [cloudFormationRole] },
];

export const stageCodeGrants = (assets: string, codeBuckets: string): Grant[] => [
  { actions: ['s3:GetObject'], resources: [`${assets}/*`] },
  {
    actions: ['s3:CreateBucket', 's3:DeleteBucket', 's3:PutBucketPolicy', 's3:ListBucket'],
    resources: [codeBuckets],
  },
  { actions: ['s3:PutObject', 's3:DeleteObject'], resources: [`${codeBuckets}/*`] },
];

export const bucketContentsGrants: Grant[] = [
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''),
  onBuckets(['s3:DeleteObject', 's3:DeleteObjectVersion'], '/*'),
];

export const stopReplicationGrants: Grant[] = [
  {
    actions: ['states:ListExecutions'],
    resources: [copyLargeObjectName, cleanUpCopyName].map((name) => arn('states', `stateMachine:${name}`)),
  },
  {
    actions: ['states:DescribeExecution', 'states:StopExecution'],
    resources: [copyLargeObjectName, cleanUpCopyName].map((name) => arn('states', `execution:${name}:*`)),
  },
  onBuckets(
    ['PutBucketNotification', 'GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'].map(
      (action) => `s3:${action}`,
    ),
    '',
  ),
  { actions: ['dynamodb:DescribeTable'], resources: [arn('dynamodb', 'table/MARS-*')] },
  { actions: ['lambda:ListEventSourceMappings'], resources: ['*'] }, // has no resource level
  {
    actions: ['lambda:UpdateEventSourceMapping'],
    resources: [arn('lambda', 'event-source-mapping:*')],
    conditions: { ArnLike: { 'lambda:FunctionArn': arn('lambda', `function:${streamProcessorName}`) } },
  },
];
