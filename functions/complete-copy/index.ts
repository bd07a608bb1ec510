import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './complete-copy';

export const handler = handlerOf(awsPorts('CompleteCopy', 280_000));
