import { awsPortsOf } from '../replication/aws-ports';
import { handlerOf } from './summarise-reconcile';

export const handler = handlerOf(awsPortsOf('SummariseReconcile'));
