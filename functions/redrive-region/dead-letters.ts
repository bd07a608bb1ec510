import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { baseNameOfBucket, deadLetterQueueUrl } from '../contracts/names';
import type { Scope } from '../contracts/redrive';
import { queueMessage, type S3EventRecord } from '../contracts/replication';
import { isInScope } from '../replication/failures';
import type { Ports } from '../replication/ports';
import { sendAll } from '../replication/queue';

/** Milliseconds of one function call; the rest of its time is for the last batch. */
const longest = 600_000;

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
  const begun = ports.now();
  let moved = 0;
  while (ports.now() - begun < longest) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1, // asks all of SQS's servers; without, some of what is there may not be seen
        VisibilityTimeout: 900, // what stays is not received again by this call
      }),
    );
    if (Messages.length === 0) return { moved, more: false };
    const wanted = Messages.filter(({ Body = '' }) => isWanted(Body, baseName, scope, ports));
    if (wanted.length === 0) continue;
    await sendAll(
      wanted.map(({ Body = '' }) => Body),
      ports,
    );
    const Entries = wanted.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    for (const { Code, Message } of Failed) ports.log('warn', 'still-dead', { reason: `${Code} ${Message}` });
    moved += wanted.length;
  }
  return { moved, more: moved > 0 }; // those of other sets come round again
}

function isWanted(body: string, baseName: string, scope: Scope, ports: Ports): boolean {
  const parsed = queueMessage.safeParse(jsonOf(body));
  if (!parsed.success) return false;
  const places = 'Records' in parsed.data ? parsed.data.Records.map(placeOf(ports)) : [parsed.data];
  return places.some((place) => place.baseName === baseName && isInScope(place.key, scope));
}

const placeOf =
  ({ region }: Ports) =>
  ({ s3 }: S3EventRecord) => ({ baseName: baseNameOfBucket(s3.bucket.name, region), key: s3.object.key });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not ours: it stays where it is, for a person to see
  }
}
