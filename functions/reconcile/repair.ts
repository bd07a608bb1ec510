import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { queueUrl } from '../contracts/names';
import { type LookMessage, lookKind } from '../contracts/replication';
import type { Ports } from '../replication/ports';
import type { Difference } from './compare';

/** SQS API Reference, SendMessageBatch: ten messages, and 1 MiB together; ours have some 4 KB at most. */
const perCall = 10;

/**
 * What asks a region to mend a difference: `resolve` decides anew. An event that has not come within the grace time is
 * taken for lost at once; of what nobody knows since when, only after the usual wait.
 */
export function lookFor(
  baseName: string,
  { key, region, kind, awaited, since, source }: Difference,
): LookMessage {
  const reason = `MARS-Reconcile: ${kind}`;
  const adopt = since !== undefined && awaited !== undefined;
  return {
    kind: lookKind,
    baseName,
    key,
    reason,
    from: region,
    awaited,
    adopt,
    tags: kind === 'Tags',
    source,
  };
}

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
