import { awsPortsOf, measured } from '../replication/aws-ports';
import { handlerOf } from './summarise-reconcile';

export const handler = measured(handlerOf(awsPortsOf('SummariseReconcile')));
