import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import pLimit from 'p-limit';
import { groupBy } from '../common/group-by';
import { reasonOf } from '../contracts/errors';
import { baseNameOfStream } from '../contracts/names';
import { type JournalItem, journaled, type TagItem } from '../contracts/replication';
import type { Waits } from '../replication/decide';
import type { Place, Ports } from '../replication/ports';
import { lookLater } from '../replication/queue';
import { resolve } from '../replication/resolve';

/** Keys worked on at a time. */
const sideBySide = 16;

interface Change {
  place: Place;
  item: JournalItem | TagItem;
  sequenceNumber: string;
}

/**
 * Reads the journal's stream: each record says that its key has changed somewhere. A key that fails, or must wait, goes
 * to Queue, so that the shard never blocks; only if that fails, too, is the batch repeated from there.
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const limit = pLimit(sideBySide);
    const changes = event.Records.flatMap((record) => parse(record, ports));
    const keys = groupBy(changes, ({ place }) => JSON.stringify([place.baseName, place.key]));
    const failed = await Promise.all(keys.map((ofKey) => limit(() => workOn(ofKey, ports))));
    return { batchItemFailures: failed.flat().map((itemIdentifier) => ({ itemIdentifier })) };
  };

function parse(record: DynamoDBRecord, ports: Ports): Change[] {
  const baseName = baseNameOfStream(record.eventSourceARN ?? '');
  const image = record.dynamodb?.NewImage as Record<string, AttributeValue> | undefined;
  const item = journaled.safeParse(image && unmarshall(image));
  const sequenceNumber = record.dynamodb?.SequenceNumber ?? '';
  if (baseName === undefined || !item.success) {
    const reason = item.success ? `no journal: ${record.eventSourceARN}` : reasonOf(item.error);
    ports.log('error', 'record-dropped', { sequenceNumber, reason });
    return [];
  }
  return [{ place: { baseName, key: item.data.key }, item: item.data, sequenceNumber }];
}

/** Sequence numbers of the records that must be delivered again. */
async function workOn(changes: Change[], ports: Ports): Promise<string[]> {
  const place = changes[0]?.place as Place;
  const verify = changes.some(({ item }) => item.origin === ports.region);
  let waits: Waits;
  try {
    const outcome = await resolve(place, { verify }, ports);
    if ('done' in outcome) return [];
    waits = outcome;
  } catch (error) {
    waits = { wait: reasonOf(error) };
  }
  const { wait: reason, awaited } = waits;
  ports.log('warn', 'to-be-retried', { ...place, reason });
  try {
    await lookLater(place, reason, 1, ports, { awaited });
    return [];
  } catch (error) {
    ports.log('error', 'retry-not-sent', { ...place, reason: reasonOf(error) });
    return changes.map(({ sequenceNumber }) => sequenceNumber);
  }
}
