import { Aws } from 'aws-cdk-lib';
import { keyAlias, queueName } from '../../functions/contracts/names';
import { arn, type Grant } from '../roles';

/** Buckets carry no account in their ARN: the condition keeps strangers' buckets out, even where code forgot to. */
export const onBuckets = (actions: string[], suffix: '' | '/*'): Grant => ({
  actions,
  resources: [`arn:${Aws.PARTITION}:s3:::mars-*${suffix}`],
  conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
});

/** Only when a service asks for it in its caller's name (KMS Developer Guide, "kms:ViaService"). */
export const viaService = (...services: string[]): Required<Grant>['conditions'] => ({
  StringLike: { 'kms:ViaService': services.map((service) => `${service}.*.${Aws.URL_SUFFIX}`) },
});

/**
 * S3, SQS and DynamoDB use the key in their caller's name. Every region's key is behind the same alias. The actions are those that
 * DynamoDB needs (DynamoDB Developer Guide, "DynamoDB encryption at rest usage notes"); S3 and SQS need two of them.
 */
export const withKey = (): Grant => ({
  actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*'].map(
    (action) => `kms:${action}`,
  ),
  resources: [arn('kms', 'key/*')],
  conditions: {
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': keyAlias },
    ...viaService('s3', 'sqs', 'dynamodb'),
  },
});

/** ARNs of the bucket for reports, and of its key. */
export interface Reports {
  bucket: string;
  key: string;
}

/** S3 uses the key in the caller's name. */
export const onReports = ({ bucket, key }: Reports, actions: string[], ...folders: string[]): Grant[] => [
  { actions, resources: (folders.length > 0 ? folders : ['']).map((folder) => `${bucket}/${folder}*`) },
  { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key], conditions: viaService('s3') },
];

export const sendingToQueue: Grant = { actions: ['sqs:SendMessage'], resources: [arn('sqs', queueName)] };
