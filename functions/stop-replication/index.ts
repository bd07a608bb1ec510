import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './stop-replication';

const accountId = readEnvironment(orchestrationEnvironment, process.env).ACCOUNT_ID;
const sfn = perRegion((region) => new SFNClient({ region }));

export const handler = handlerOf({
  accountId,
  s3: perRegion((region) => new S3Client({ region })),
  dynamoDB: perRegion((region) => new DynamoDBClient({ region })),
  executions: (region) => ({ region, accountId, sfn: sfn(region), now: Date.now }),
  lambda: perRegion((region) => new LambdaClient({ region })),
});
