import { Aws, CfnParameter, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { maxReceives, queueName } from '../functions/contracts/names';
import { lookKind, retryKind } from '../functions/contracts/replication';
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
    removalPolicy: RemovalPolicy.DESTROY,
  };
  const deadLetters = new Queue(stack, 'DLQueue', {
    queueName: `${queueName}-DLQ`,
    retentionPeriod: Duration.days(14),
    ...encrypted,
  });
  const queue = new Queue(stack, 'Queue', {
    queueName,
    visibilityTimeout: Duration.minutes(6),
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

/**
 * Queue to QueueProcessor. What matches no filter Lambda deletes: so a replica's event, whose principal is one of our
 * own functions, costs no invocation. The principal of a function is `AWS:<role id>:<function name>`; the exact names
 * are listed, since anything-but with a prefix is not among the operators that Lambda documents for filters.
 * Retry messages have no Records, so they need a filter of their own.
 */
export function subscribeToQueue(queue: Queue, processor: LambdaFunction): void {
  const stack = processor.stack;
  const principals = writers.map(({ id, name }) => {
    const roleId = new CfnParameter(stack, `${id}RoleId`).valueAsString;
    return `AWS:${roleId}:${name}`;
  });
  const written = { Records: { userIdentity: { principalId: [{ 'anything-but': principals }] } } };
  const pattern = (body: object) => ({ pattern: stack.toJsonString({ body }) });
  new CfnEventSourceMapping(stack, 'QueueSubscription', {
    eventSourceArn: queue.queueArn,
    functionName: processor.functionName,
    batchSize: 10, // more than 10 needs a window of a second or longer, which every write would wait
    functionResponseTypes: ['ReportBatchItemFailures'],
    scalingConfig: { maximumConcurrency: 200 }, // pollers don't back off from partial failures
    filterCriteria: { filters: [pattern(written), pattern({ kind: [retryKind, lookKind] })] },
  });
}
