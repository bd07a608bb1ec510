import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { awsPortsOf } from '../replication/aws-ports';
import { handlerOf } from './plan-reconcile';

const env = readEnvironment(orchestrationEnvironment, process.env);
export const handler = handlerOf({ ...awsPortsOf('PlanReconcile'), bucket: env.REPORTS_BUCKET });
