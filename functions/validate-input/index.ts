import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './validate-input';

const { SUPPORTED_REGIONS, REPORTS_BUCKET, ACCOUNT_ID } = readEnvironment(
  orchestrationEnvironment,
  process.env,
);

export const handler = handlerOf({
  cloudFormation: perRegion((region) => new CloudFormationClient({ region })),
  supportedRegions: SUPPORTED_REGIONS,
  work: { s3: new S3Client(), sfn: new SFNClient(), bucket: REPORTS_BUCKET, accountId: ACCOUNT_ID },
});
