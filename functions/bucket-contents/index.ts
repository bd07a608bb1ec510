import { S3Client } from '@aws-sdk/client-s3';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './bucket-contents';

export const handler = handlerOf({
  s3: perRegion((region) => new S3Client({ region })),
  accountId: readEnvironment(orchestrationEnvironment, process.env).ACCOUNT_ID,
});
