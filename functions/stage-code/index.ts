import { S3Client } from '@aws-sdk/client-s3';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './stage-code';

export const handler = handlerOf({
  s3: perRegion((region) => new S3Client({ region })),
  env: readEnvironment(orchestrationEnvironment, process.env),
});
