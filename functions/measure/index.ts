import { awsPorts, measured } from '../replication/aws-ports';
import { handlerOf } from './measure';

export const handler = measured(handlerOf(awsPorts('Measure')));
