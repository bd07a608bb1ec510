import { Aws, CfnParameter, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import {
  principalOf,
  queueBatchingWindow,
  queueBatchSize,
  queueFilters,
} from '../functions/contracts/filters';
import { deadLetterQueueName, maxReceives, queueName, queueVisibility } from '../functions/contracts/names';
import { writers } from './replication';

/**
 * Change events from S3, and work to be retried. Its visibility time-out is six times the function's
 * (Lambda Developer Guide, "Configuring a queue for use with Lambda").
 */
export function changeQueue(stack: Stack, encryptionMasterKey: Key): { queue: Queue; deadLetters: Queue } {
  const encrypted = {
    encryption: QueueEncryption.KMS,
    encryptionMasterKey,
    enforceSSL: true,
    retentionPeriod: Duration.days(14), // SQS's most
    removalPolicy: RemovalPolicy.DESTROY,
  };
  const deadLetters = new Queue(stack, 'DLQueue', {
    queueName: deadLetterQueueName,
    ...encrypted,
  });
  const queue = new Queue(stack, 'Queue', {
    queueName,
    visibilityTimeout: Duration.seconds(queueVisibility),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceives },
    ...encrypted,
  });
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EventsFromBuckets',
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::mars-*' },
      },
    }),
  );
  return { queue, deadLetters };
}

/** Queue to QueueProcessor. */
export function subscribeToQueue(queue: Queue, processor: LambdaFunction): void {
  const stack = processor.stack;
  const principals = writers.map(({ id, name }) =>
    principalOf(new CfnParameter(stack, `${id}RoleId`).valueAsString, name),
  );
  new CfnEventSourceMapping(stack, 'QueueSubscription', {
    eventSourceArn: queue.queueArn,
    functionName: processor.functionName,
    batchSize: queueBatchSize,
    maximumBatchingWindowInSeconds: queueBatchingWindow,
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: 200 }, // pollers don't back off from partial failures
    filterCriteria: {
      filters: queueFilters(principals).map((filter) => ({ pattern: stack.toJsonString(filter) })),
    },
  });
}
