import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { perRegion } from '../shared/per-region';
import { handlerOf } from './stop-replication';

export const handler = handlerOf({
  dynamoDB: perRegion((region) => new DynamoDBClient({ region })),
  lambda: perRegion((region) => new LambdaClient({ region })),
});
