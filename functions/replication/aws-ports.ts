import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { perRegion } from '../common/per-region';
import { readEnvironment, replicationEnvironment } from '../contracts/environment';
import type { Ports } from './ports';
import { type Silence, usual } from './silence';

/**
 * The world as AWS has it. The SDK tries each call once: what fails is tried again by the queue, later and counted, and
 * two kinds of retries would multiply each other. (A repeated conditional copy would also meet its own first result.)
 * A service that is silent for long is taken to have hung, so that one socket can't hold up a batch: the call fails with
 * TimeoutError. (`requestTimeout` alone only warns, and ends with the answer's headers; S3 sends those of a long copy
 * before it is done.)
 */
export function awsPorts(service: string, silence: Silence = usual): Ports {
  const env = readEnvironment(replicationEnvironment, process.env);
  const once = (socketTimeout: number) => ({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, socketTimeout },
  });
  const others = once(silence.others);
  const logger = new Logger({ serviceName: service });
  return {
    region: env.AWS_REGION,
    accountId: env.ACCOUNT_ID,
    s3: perRegion((region) => new S3Client({ region, ...once(silence.s3) })),
    // Queue URLs follow from names: the client's own endpoint is the one to call.
    sqs: perRegion((region) => new SQSClient({ region, ...others, useQueueUrlAsEndpoint: false })),
    sfn: new SFNClient({ region: env.AWS_REGION, ...others }),
    db: DynamoDBDocumentClient.from(new DynamoDBClient({ region: env.AWS_REGION, ...others }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    now: Date.now,
    sleep,
    log: (level, event, data) => logger[level](event, data),
  };
}

const sleep: Ports['sleep'] = (milliseconds, until) =>
  new Promise((resolve) => {
    if (until.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      until.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    until.addEventListener('abort', wake);
  });
