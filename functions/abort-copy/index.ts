import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './abort-copy';

export const handler = handlerOf(awsPorts('AbortCopy'));
