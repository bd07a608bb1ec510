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
  /** `undefined`: not of MARS's making. The look at the key will tell, and be listed as failed. */
  item: JournalItem | TagItem | undefined;
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
  const { Keys, NewImage, SequenceNumber: sequenceNumber = '' } = record.dynamodb ?? {};
  const baseName = baseNameOfStream(record.eventSourceARN ?? '');
  const key = Keys?.key?.S;
  if (baseName === undefined || key === undefined) {
    ports.log('error', 'record-dropped', { sequenceNumber, reason: `no journal: ${record.eventSourceARN}` });
    return [];
  }
  const image = NewImage as Record<string, AttributeValue> | undefined;
  const { data: item, error } = journaled.safeParse(image && unmarshall(image, { wrapNumbers: Number }));
  if (error) ports.log('error', 'item-unreadable', { baseName, key, reason: reasonOf(error) });
  return [{ place: { baseName, key }, item, sequenceNumber }];
}

/** Sequence numbers of the records that must be delivered again. */
async function workOn(changes: Change[], ports: Ports): Promise<string[]> {
  const place = changes[0]?.place as Place;
  const verify = changes.some(({ item }) => item?.origin === ports.region);
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
