import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { perRegion } from '../common/per-region';
import { translating } from '../common/translating';
import { readEnvironment, replicationEnvironment } from '../contracts/environment';
import { Measures } from './measures';
import type { Ports, RegionsPorts } from './ports';
import { type Silence, usual } from './silence';

/**
 * The world as AWS has it. The SDK tries each call once: what fails is tried again by the queue, later and counted, and
 * two kinds of retries would multiply each other. (A repeated conditional copy would also meet its own first result.)
 * A service that is silent for long is taken to have hung, so that one socket can't hold up a batch: the call fails with
 * TimeoutError. (`requestTimeout` alone only warns, and ends with the answer's headers; S3 sends those of a long copy
 * before it is done.)
 */
export const awsPorts = (service: string, silence: Silence = usual): Ports =>
  portsOfRegions(service, silence, { maxAttempts: 1 })(hereAndAccount().AWS_REGION);

/**
 * The world as seen from any region, for functions of the home region that look at all of a set. What they call they may
 * call again, so the SDK does.
 */
export function awsPortsOf(service: string): RegionsPorts {
  const portsOf = portsOfRegions(service, usual, {});
  return { home: portsOf(hereAndAccount().AWS_REGION), portsOf };
}

const hereAndAccount = () => readEnvironment(replicationEnvironment, process.env);

function portsOfRegions(
  service: string,
  silence: Silence,
  retries: { maxAttempts?: number },
): (region: string) => Ports {
  const accountId = hereAndAccount().ACCOUNT_ID;
  const patient = (socketTimeout: number) => ({
    ...retries,
    requestHandler: { connectionTimeout: 5_000, socketTimeout },
  });
  const others = patient(silence.others);
  const logger = new Logger({ serviceName: service });
  const s3 = perRegion((region) => new S3Client({ region, ...patient(silence.s3) }));
  // Queue URLs follow from names: the client's own endpoint is the one to call.
  const sqs = perRegion((region) => new SQSClient({ region, ...others, useQueueUrlAsEndpoint: false }));
  return perRegion((region) => ({
    region,
    accountId,
    s3,
    sqs,
    sfn: new SFNClient({ region, ...others }),
    db: DynamoDBDocumentClient.from(new DynamoDBClient({ region, ...others }), translating),
    now: Date.now,
    sleep,
    log: (level, event, data) => logger[level](event, data),
    measure: measures.add,
  }));
}

/** One call at a time runs in a function's process. */
const measures = new Measures();

/** A handler that tells at its end what it has measured, whatever the end. */
export const measured =
  <Event, Answer>(handler: (event: Event) => Promise<Answer>) =>
  async (event: Event): Promise<Answer> => {
    try {
      return await handler(event);
    } finally {
      measures.publish();
    }
  };

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
