import { awsPorts } from '../replication/aws-ports';
import { handlerOf } from './end-upload';

export const handler = handlerOf(awsPorts('EndUpload'));
