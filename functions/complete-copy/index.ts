import { awsPorts } from '../replication/aws-ports';
import { completing } from '../replication/silence';
import { handlerOf } from './complete-copy';

export const handler = handlerOf(awsPorts('CompleteCopy', completing));
