import { awsPorts, measured } from '../replication/aws-ports';
import { completing } from '../replication/silence';
import { handlerOf } from './complete-copy';

export const handler = measured(handlerOf(awsPorts('CompleteCopy', completing)));
