import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { awsPortsOf } from '../replication/aws-ports';
import { handlerOf } from './compare-range';

const env = readEnvironment(orchestrationEnvironment, process.env);
export const handler = handlerOf({
  ...awsPortsOf('CompareRange'),
  graceMinutes: env.RECONCILE_GRACE_MINUTES,
});
