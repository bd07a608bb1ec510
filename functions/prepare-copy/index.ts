import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './prepare-copy';

export const handler = handlerOf(awsPorts('PrepareCopy'));
