import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { perRegion } from '../shared/per-region';
import { handlerOf } from './validate-input';

export const handler = handlerOf({
  cloudFormation: perRegion((region) => new CloudFormationClient({ region })),
  supportedRegions: readEnvironment(orchestrationEnvironment, process.env).SUPPORTED_REGIONS,
});
