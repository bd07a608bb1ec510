import { deadLetterQueueName, failedIndex } from '../../functions/contracts/names';
import { arn, type Grant } from '../roles';
import { onBuckets, onReports, type Reports, sendingToQueue, withKey } from './shared';

export const planReconcileGrants = (reports: Reports): Grant[] => [
  { actions: ['dynamodb:DescribeTable', 'dynamodb:Scan'], resources: [arn('dynamodb', 'table/MARS-*')] },
  withKey(),
  ...onReports(reports, ['s3:PutObject']),
];

/** Reads whatever a region knows of a key: what resolve would do is decided without doing it. */
export const compareRangeGrants = (reports: Reports): Grant[] => [
  {
    actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
    resources: [arn('dynamodb', 'table/MARS-*')],
  },
  onBuckets(['s3:GetObject', 's3:GetObjectVersionTagging'], '/*'),
  onBuckets(['s3:ListBucket', 's3:ListBucketVersions'], ''),
  withKey(),
  sendingToQueue,
  ...onReports(reports, ['s3:PutObject']),
];

export const summariseReconcileGrants = (reports: Reports): Grant[] => [
  ...onReports(reports, ['s3:GetObject', 's3:PutObject']),
  { actions: ['s3:ListBucket'], resources: [reports.bucket] }, // without it what is not there is 403
];

export const redriveRegionGrants: Grant[] = [
  {
    actions: ['dynamodb:GetItem', 'dynamodb:Scan'],
    resources: [
      arn('dynamodb', 'table/MARS-*-Replicas'),
      arn('dynamodb', `table/MARS-*/index/${failedIndex}`),
    ],
  },
  sendingToQueue,
  { actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], resources: [arn('sqs', deadLetterQueueName)] },
  withKey(),
];
