import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './stream-processor';

export const handler = handlerOf(awsPorts('StreamProcessor'));
