import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './end-orphans';

export const handler = handlerOf(awsPorts('EndOrphans'));
