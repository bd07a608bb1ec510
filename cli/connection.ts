import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { perRegion } from '../functions/common/per-region';
import { translating } from '../functions/common/translating';

/** Clients of one account, by region: on AWS from the usual credentials, or those of an embedded AWS. */
export interface Connection {
  homeRegion: string;
  s3: (region: string) => S3Client;
  cloudFormation: (region: string) => CloudFormationClient;
  lambda: (region: string) => LambdaClient;
  sfn: (region: string) => SFNClient;
  sqs: (region: string) => SQSClient;
  db: (region: string) => DynamoDBDocumentClient;
  /** For clients of other services. */
  config: (region: string) => ClientConfig;
}

export type ClientConfig = Pick<S3ClientConfig, 'region' | 'endpoint' | 'credentials' | 'requestHandler'>;

export const connect = (
  homeRegion: string,
  config: (region: string) => ClientConfig = (region) => ({ region }),
): Connection => ({
  homeRegion,
  config,
  s3: perRegion((region) => new S3Client(config(region))),
  cloudFormation: perRegion((region) => new CloudFormationClient(config(region))),
  lambda: perRegion((region) => new LambdaClient(config(region))),
  sfn: perRegion((region) => new SFNClient(config(region))),
  // Queue URLs follow from names: the client's own endpoint is the one to call.
  sqs: perRegion((region) => new SQSClient({ ...config(region), useQueueUrlAsEndpoint: false })),
  db: perRegion((region) => DynamoDBDocumentClient.from(new DynamoDBClient(config(region)), translating)),
});
