import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { queueUrl } from '../contracts/names';
import type { LookMessage, RetryMessage } from '../contracts/replication';
import type { Ports } from './ports';

/** Sends work to a region's Queue. `delay`: seconds, 900 at most. */
export async function send(
  message: RetryMessage | LookMessage,
  region: string,
  delay: number,
  { sqs, accountId }: Ports,
): Promise<void> {
  await sqs(region).send(
    new SendMessageCommand({
      QueueUrl: queueUrl(region, accountId),
      MessageBody: JSON.stringify(message),
      DelaySeconds: delay,
    }),
  );
}

/** Seconds before the next delivery: 5, 10, 20, ... 900; ten deliveries cover about 36 minutes. */
export const retryDelay = (deliveries: number): number => Math.min(900, 5 * 2 ** (deliveries - 1));

/**
 * Lets a message that failed come again sooner than the queue's time-out, later each time. The message itself waits: a
 * chain of new messages would be taken for a loop (Lambda Developer Guide, "Recursive loop detection": about 16).
 */
export async function comeAgain(
  receiptHandle: string,
  deliveries: number,
  { sqs, region, accountId }: Ports,
): Promise<void> {
  await sqs(region).send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl(region, accountId),
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: retryDelay(deliveries),
    }),
  );
}
