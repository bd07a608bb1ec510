import { Aws } from 'aws-cdk-lib';
import { cleanUpCopyName, copyLargeObjectName, streamProcessorName } from '../../functions/contracts/names';
import { arn, type Grant } from '../roles';
import { onBuckets, onReports, type Reports } from './shared';

const ofStacks = (...actions: string[]): Grant => ({
  actions: actions.map((action) => `cloudformation:${action}`),
  resources: [arn('cloudformation', 'stack/MARS-*')],
});

/** `reports`: the bucket that holds locks and commits, too. ListBucket, since without it one that is not there is 403, not 404. */
export const validateInputGrants = (reports: Reports): Grant[] => [
  ...onReports(reports, ['s3:GetObject', 's3:PutObject'], 'locks/', 'commits/'),
  { actions: ['s3:ListBucket'], resources: [reports.bucket] },
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
    actions: [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:GetBucketPolicy',
      's3:PutBucketPolicy',
      's3:ListBucket',
    ],
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
