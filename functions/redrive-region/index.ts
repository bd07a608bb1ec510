import { awsPortsOf } from '../replication/aws-ports';
import { handlerOf } from './redrive-region';

export const handler = handlerOf(awsPortsOf('RedriveRegion'));
