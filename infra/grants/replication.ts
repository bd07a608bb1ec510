import {
  copyLargeObjectName,
  failedIndex,
  multiPartUploadTable,
  queueName,
} from '../../functions/contracts/names';
import { arn, type Grant } from '../roles';
import { onBuckets, sendingToQueue, withKey } from './shared';

/** Rows of keys and of copies. */
const rows: Grant = {
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
  resources: [arn('dynamodb', 'table/MARS-*')],
};
const journals: Grant = { actions: ['dynamodb:Query'], resources: [arn('dynamodb', 'table/MARS-*')] };

/**
 * What both processors need to resolve a key: read the journal and the row, copy an exact version from any regional
 * bucket (tags included: AWS refuses to copy a tagged object without them), change its tags, delete conditionally (If-Match
 * needs s3:GetObject too), and send the key back to the queue.
 */
const resolving: Grant[] = [
  rows,
  journals,
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
  sendingToQueue,
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
  sendingToQueue,
];

export const copyPartsGrants: Grant[] = [
  copyTable('UpdateItem'),
  journals,
  onBuckets(['s3:GetObjectVersion', 's3:PutObject', 's3:ListMultipartUploadParts'], '/*'),
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''), // without them a version that is gone is 403
  withKey(),
];

export const completeCopyGrants: Grant[] = [
  ...resolving,
  onBuckets(['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload'], '/*'),
];

export const abortCopyGrants: Grant[] = [
  rows,
  onBuckets(['s3:AbortMultipartUpload'], '/*'),
  sendingToQueue,
  withKey(),
];

export const endUploadGrants: Grant[] = [
  onBuckets(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], '/*'),
  withKey(),
];

export const endOrphansGrants: Grant[] = [
  rows,
  { actions: ['s3:ListAllMyBuckets'], resources: ['*'] }, // has no resource level
  onBuckets(['s3:ListBucketMultipartUploads'], ''),
  onBuckets(['s3:AbortMultipartUpload'], '/*'),
  { actions: ['states:ListExecutions'], resources: [arn('states', `stateMachine:${copyLargeObjectName}`)] },
  { actions: ['states:DescribeExecution'], resources: [arn('states', `execution:${copyLargeObjectName}:*`)] },
  sendingToQueue,
  withKey(),
];

export const measureGrants: Grant[] = [
  { actions: ['s3:ListAllMyBuckets'], resources: ['*'] }, // has no resource level
  { actions: ['dynamodb:Scan'], resources: [arn('dynamodb', `table/MARS-*/index/${failedIndex}`)] },
  { actions: ['states:ListExecutions'], resources: [arn('states', `stateMachine:${copyLargeObjectName}`)] },
  withKey(),
];
