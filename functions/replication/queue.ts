import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { queueUrl } from '../contracts/names';
import { type CopySource, type LookMessage, lookKind } from '../contracts/replication';
import type { Place, Ports } from './ports';

/** What a look is for, if not just a look. */
type Asked = Pick<LookMessage, 'awaited' | 'before' | 'adopt' | 'tags' | 'source'>;

/** Asks a region to look at a key again. `delay`: seconds, 900 at most. */
async function askToLook(
  { baseName, key }: Place,
  reason: string,
  { region, delay, ...more }: { region: string; delay: number } & Asked,
  ports: Ports,
): Promise<void> {
  const message: LookMessage = { kind: lookKind, baseName, key, reason, from: ports.region, ...more };
  await ports.sqs(region).send(
    new SendMessageCommand({
      QueueUrl: queueUrl(region, ports.accountId),
      MessageBody: JSON.stringify(message),
      DelaySeconds: delay,
    }),
  );
}

/** This region looks at the key again, after as long as a message waits that was delivered `tries` times. */
export const lookLater = (
  place: Place,
  reason: string,
  tries: number,
  ports: Ports,
  { awaited, before, tags, source }: Omit<Asked, 'adopt'> = {},
): Promise<void> =>
  askToLook(
    place,
    reason,
    { region: ports.region, delay: retryDelay(tries), awaited, before, tags, source },
    ports,
  );

/** The version that a write names is gone from its region: that one must look at the key. Our own look comes again anyway. */
export async function askOrigin(
  place: Place,
  { origin, versionId }: CopySource,
  adopt: boolean,
  ports: Ports,
): Promise<void> {
  if (origin === ports.region) return;
  const reason = `${ports.region} misses version ${versionId}`;
  await askToLook(place, reason, { region: origin, delay: 0, awaited: versionId, adopt }, ports);
}

/**
 * Until the ninth delivery, about 21 minutes, an event is waited for that would explain what a bucket shows; then it is
 * taken for lost. Events come "typically in seconds", sometimes after "a minute or longer" (S3 User Guide, "Amazon S3 Event
 * Notifications"); a function that dies over one holds it up for six minutes each time.
 */
export const isPatient = (deliveries: number): boolean => deliveries < 9;

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

/** SQS API Reference, SendMessageBatch: ten messages, and 1 MiB together; ours have some 4 KB at most. */
const perCall = 10;

/** Sends messages to a region's Queue. @throws Error when SQS refuses some of them. */
export async function sendAll(messages: readonly string[], { sqs, region, accountId }: Ports): Promise<void> {
  for (let from = 0; from < messages.length; from += perCall) {
    const Entries = messages
      .slice(from, from + perCall)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await sqs(region).send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl(region, accountId), Entries }),
    );
    const [first] = Failed;
    if (first)
      throw new Error(`${Failed.length} messages were refused in ${region}: ${first.Code} ${first.Message}`);
  }
}
