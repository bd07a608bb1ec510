import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './validate-input';

export const handler = handlerOf({
  cloudFormation: perRegion((region) => new CloudFormationClient({ region })),
  supportedRegions: readEnvironment(orchestrationEnvironment, process.env).SUPPORTED_REGIONS,
});
