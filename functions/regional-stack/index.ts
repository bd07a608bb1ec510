import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { perRegion } from '../common/per-region';
import { orchestrationEnvironment, readEnvironment } from '../contracts/environment';
import { handlerOf } from './regional-stack';

export const handler = handlerOf({
  cloudFormation: perRegion((region) => new CloudFormationClient({ region })),
  dynamoDB: perRegion((region) => new DynamoDBClient({ region })),
  env: readEnvironment(orchestrationEnvironment, process.env),
});
