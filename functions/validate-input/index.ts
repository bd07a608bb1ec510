import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment, replicationEnvironment } from '../contracts/environment';
import { reportsIn } from '../reconcile/reports';
import { handlerOf } from './validate-input';

const { SUPPORTED_REGIONS, REPORTS_BUCKET } = readEnvironment(orchestrationEnvironment, process.env);
const { ACCOUNT_ID: accountId, AWS_REGION: region } = readEnvironment(replicationEnvironment, process.env);
const s3 = perRegion((each) => new S3Client({ region: each }));

export const handler = handlerOf({
  cloudFormation: perRegion((each) => new CloudFormationClient({ region: each })),
  supportedRegions: SUPPORTED_REGIONS,
  work: { sfn: new SFNClient({ region }), reports: reportsIn(REPORTS_BUCKET, { s3, region, accountId }) },
});
