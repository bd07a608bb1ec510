import { bucketName, reportsBucketName } from '../../functions/contracts/names';

export const baseName = 'set';
export const accountId = '111122223333';
/** The bucket of MARS-Reconcile's reports. */
export const reports = reportsBucketName(accountId, 'us-west-2');
export const regionNames = [
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'us-east-1',
  'eu-central-1',
  'ap-northeast-1',
  'us-east-2',
  'eu-west-2',
  'ap-southeast-2',
];

export const regionOfBucket = (bucket: string): string => bucket.slice(bucketName(baseName, '').length);
