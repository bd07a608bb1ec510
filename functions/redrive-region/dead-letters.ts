import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { baseNameOfBucket, deadLetterQueueUrl } from '../contracts/names';
import { type QueueMessage, queueMessage, type S3EventRecord } from '../contracts/replication';
import { sendAll } from '../reconcile/repair';
import { isInScope, type Scope } from '../replication/failures';
import type { Ports } from '../replication/ports';
import { readRow } from '../replication/replicas';

/** Of one function call: a minute's work or two. */
const mostReceived = 5_000;

/**
 * Moves dead letters of a set back to Queue; those of other sets, and what can't be read, stay. (StartMessageMoveTask moves all
 * or nothing.) First sent, then deleted: what is interrupted is there twice, which does no harm. `more`: ask again.
 */
export async function moveBack(
  baseName: string,
  scope: Scope,
  ports: Ports,
): Promise<{ moved: number; more: boolean }> {
  const QueueUrl = deadLetterQueueUrl(ports.region, ports.accountId);
  const sqs = ports.sqs(ports.region);
  let moved = 0;
  for (let received = 0; received < mostReceived; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1, // asks all of SQS's servers; without, some of what is there may not be seen
        VisibilityTimeout: 900, // what stays is not received again by this call
      }),
    );
    if (Messages.length === 0) return { moved, more: false };
    received += Messages.length;
    for (const { Body = '', ReceiptHandle } of Messages) {
      const message = wanted(Body, baseName, scope, ports);
      if (!message) continue;
      if (!(await isListed(message, ports))) await sendAll([Body], ports);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      moved++;
    }
  }
  return { moved, more: true };
}

/** The message, if it is of this set and scope. */
function wanted(body: string, baseName: string, scope: Scope, ports: Ports): QueueMessage | undefined {
  const parsed = queueMessage.safeParse(jsonOf(body));
  if (!parsed.success) return undefined;
  const places = 'Records' in parsed.data ? parsed.data.Records.map(placeOf(ports)) : [parsed.data];
  const isWanted = places.some((place) => place.baseName === baseName && isInScope(place.key, scope));
  return isWanted ? parsed.data : undefined;
}

const placeOf =
  ({ region }: Ports) =>
  ({ s3 }: S3EventRecord) => ({ baseName: baseNameOfBucket(s3.bucket.name, region), key: s3.object.key });

/** A look at a key that is listed as failed has been sent already. */
const isListed = async (message: QueueMessage, ports: Ports): Promise<boolean> =>
  !('Records' in message) && (await readRow(message, ports))?.failed !== undefined;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not ours: it stays where it is, for a person to see
  }
}
