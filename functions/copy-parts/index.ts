import { awsPorts } from '../replication/aws-ports';
import { copyingParts } from '../replication/silence';
import { handlerOf } from './copy-parts';

export const handler = handlerOf(awsPorts('CopyParts', copyingParts));
