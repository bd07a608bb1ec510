import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './stop-replication';

export const handler = handlerOf({
  accountId: readEnvironment(orchestrationEnvironment, process.env).ACCOUNT_ID,
  s3: perRegion((region) => new S3Client({ region })),
  dynamoDB: perRegion((region) => new DynamoDBClient({ region })),
  lambda: perRegion((region) => new LambdaClient({ region })),
});
