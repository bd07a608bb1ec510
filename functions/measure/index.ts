import { awsPortsOf, measured } from '../replication/aws-ports';
import { handlerOf } from './measure';

export const handler = measured(handlerOf(awsPortsOf('Measure').home));
