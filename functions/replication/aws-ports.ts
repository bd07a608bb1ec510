import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { perRegion } from '../common/per-region';
import { readEnvironment, replicationEnvironment } from '../contracts/environment';
import type { Ports } from './ports';

/**
 * The world as AWS has it. The SDK tries each call once: what fails is tried again by the queue, later and counted, and
 * two kinds of retries would multiply each other. (A repeated conditional copy would also meet its own first result.)
 * `requestTimeout`: milliseconds after which S3 is taken to have hung, so that one socket can't hold up a batch.
 */
export function awsPorts(service: string, requestTimeout: number): Ports {
  const env = readEnvironment(replicationEnvironment, process.env);
  const once = { maxAttempts: 1 };
  const logger = new Logger({ serviceName: service });
  return {
    region: env.AWS_REGION,
    accountId: env.ACCOUNT_ID,
    s3: perRegion((region) => new S3Client({ region, ...once, requestHandler: { requestTimeout } })),
    // Queue URLs follow from names: the client's own endpoint is the one to call.
    sqs: perRegion((region) => new SQSClient({ region, ...once, useQueueUrlAsEndpoint: false })),
    sfn: new SFNClient({ region: env.AWS_REGION, ...once }),
    db: DynamoDBDocumentClient.from(new DynamoDBClient({ region: env.AWS_REGION, ...once }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    now: Date.now,
    log: (level, event, data) => logger[level](event, data),
  };
}
