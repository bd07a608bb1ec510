import { awsPorts, measured } from '../replication/aws-ports';
import { handlerOf } from './stream-processor';

export const handler = measured(handlerOf(awsPorts('StreamProcessor')));
