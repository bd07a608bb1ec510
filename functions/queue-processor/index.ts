import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './queue-processor';

export const handler = handlerOf(awsPorts('QueueProcessor'));
