import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './copy-parts';

export const handler = handlerOf(awsPorts('CopyParts', 880_000));
