import { awsPorts, measured } from '../replication/aws-ports';
import { handlerOf } from './queue-processor';

export const handler = measured(handlerOf(awsPorts('QueueProcessor')));
