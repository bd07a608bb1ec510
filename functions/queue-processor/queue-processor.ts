import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import { groupBy } from '../common/group-by';
import { reasonOf } from '../contracts/errors';
import { baseNameOfBucket, maxReceives } from '../contracts/names';
import { type LookMessage, queueMessage, type S3EventRecord } from '../contracts/replication';
import { heard, timeOf } from '../replication/heard';
import type { Place, Ports } from '../replication/ports';
import { comeAgain, isPatient, lookLater } from '../replication/queue';
import { recordFailure } from '../replication/replicas';
import { know, resolve } from '../replication/resolve';
import { isLater } from '../replication/stamp';
import { tagged } from '../replication/tagging';
import { removed } from '../replication/uncovered';

/** Keys worked on at a time. */
const sideBySide = 16;

interface Work {
  message: SQSRecord;
  deliveries: number;
  place: Place;
  what: S3EventRecord | LookMessage;
}

/**
 * Reads Queue: journals what S3 tells of, and resolves again what could not be resolved before. Keys are worked on side
 * by side, the messages of one key in turn. A message that fails is delivered again, the others are not.
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const limit = pLimit(sideBySide);
    const parsed = event.Records.map((message) => ({ message, works: parse(message, ports) }));
    const unreadable = parsed.filter(({ works }) => works === undefined).map(({ message }) => message);
    const keys = groupBy(
      parsed.flatMap(({ works = [] }) => works),
      ({ place }) => JSON.stringify([place.baseName, place.key]),
    );
    const failed = await Promise.all(keys.map((ofKey) => limit(() => workOn(ofKey, ports))));
    const ids = new Set([...unreadable, ...failed.flat()].map(({ messageId }) => messageId));
    return { batchItemFailures: [...ids].map((itemIdentifier) => ({ itemIdentifier })) };
  };

/**
 * `undefined`: not readable, so it may be a write of a form that we don't know; it fails until it is in the DLQ, for a
 * person to see. S3's test event means nothing, and of a stranger's bucket nothing is wanted.
 */
function parse(message: SQSRecord, ports: Ports): Work[] | undefined {
  const deliveries = Number(message.attributes.ApproximateReceiveCount);
  const unreadable = (error: unknown) => {
    ports.log('error', 'message-unreadable', { messageId: message.messageId, reason: reasonOf(error) });
    return undefined;
  };
  let body: unknown;
  try {
    body = JSON.parse(message.body);
  } catch (error) {
    return unreadable(error);
  }
  if (typeof body === 'object' && body !== null && 'Event' in body && body.Event === 's3:TestEvent')
    return [];
  const parsed = queueMessage.safeParse(body);
  if (!parsed.success) return unreadable(parsed.error);
  if (!('Records' in parsed.data)) {
    const { baseName, key } = parsed.data;
    return [{ message, deliveries, place: { baseName, key }, what: parsed.data }];
  }
  return parsed.data.Records.flatMap((what) => {
    const baseName = baseNameOfBucket(what.s3.bucket.name, ports.region);
    if (baseName === undefined) {
      ports.log('error', 'foreign-bucket', { messageId: message.messageId, bucket: what.s3.bucket.name });
      return [];
    }
    return [{ message, deliveries, place: { baseName, key: what.s3.object.key }, what }];
  });
}

async function workOn(works: Work[], ports: Ports): Promise<SQSRecord[]> {
  const failed: SQSRecord[] = [];
  let journaled: Work | undefined;
  for (const work of inOrder(works)) {
    const { message, deliveries, place, what } = work;
    let reason: string | undefined;
    try {
      if (!isWrite(what)) reason = await workOff(work, ports);
      else if (journaled && isAfter(journaled, work)) continue;
      else {
        const outcome = await heard(place, what, deliveries, ports, olderThan(work, works));
        if (outcome === 'stands') journaled ??= work;
        else if (outcome !== 'nothing') reason = outcome.wait;
      }
    } catch (error) {
      if (error instanceof ResourceNotFoundException) {
        ports.log('warn', 'set-is-gone', { ...place });
        continue; // its tables are removed last: nothing is left that could be replicated
      }
      reason = reasonOf(error);
    }
    if (reason === undefined) continue;
    ports.log('warn', 'try-again', { ...place, deliveries, reason });
    if (!(await postpone(work, reason, ports))) failed.push(message);
  }
  return failed;
}

/**
 * The last failure is recorded with the key, the others only wait. `true`: the row tells all that the message did, which
 * may go; an event of S3 tells more, and goes to the DLQ. Without this the message would come again all the same, by the
 * queue's own time-out: so a fault here is logged, and harms no other message of the batch.
 */
async function postpone(work: Work, reason: string, ports: Ports): Promise<boolean> {
  const { message, deliveries, place, what } = work;
  try {
    if (deliveries < maxReceives) {
      await comeAgain(message.receiptHandle, deliveries, ports);
      return false;
    }
    const since = Number(message.attributes.ApproximateFirstReceiveTimestamp);
    const of = isWrite(what) ? { time: timeOf(what, ports), origin: ports.region } : undefined;
    await recordFailure(place, { ...(of && { of }), reason, attempts: deliveries, since }, ports);
    return !('s3' in what);
  } catch (error) {
    ports.log('error', 'not-postponed', { ...place, deliveries, reason: reasonOf(error) });
    return false;
  }
}

const sequencerOf = ({ what }: Work) => ('s3' in what ? what.s3.object.sequencer : undefined);
const isTagging = (what: Work['what']): boolean =>
  's3' in what && what.eventName.startsWith('ObjectTagging:');
const isWrite = (what: Work['what']): what is S3EventRecord =>
  's3' in what && what.eventName !== 'ObjectRemoved:Delete' && !isTagging(what);
/** `undefined` where sequencers don't tell. */
function isAfter(a: Work, b: Work): boolean | undefined {
  const [ofA, ofB] = [sequencerOf(a), sequencerOf(b)];
  return ofA === undefined || ofB === undefined ? undefined : isLater(ofA, ofB);
}

/** Versions of this batch that a write stands for. */
const olderThan = (work: Work, works: readonly Work[]): string[] =>
  works.flatMap((each) =>
    isWrite(each.what) && isAfter(work, each) ? (each.what.s3.object.versionId ?? []) : [],
  );

/** Writes first, from the newest, since it stands for all before it; then removals of versions, in S3's order, and tags. */
function inOrder(works: Work[]): Work[] {
  const oldestFirst = works.toSorted((a, b) => (isAfter(a, b) ? 1 : isAfter(b, a) ? -1 : 0));
  return [
    ...oldestFirst.filter(({ what }) => isWrite(what)).reverse(),
    ...oldestFirst.filter(({ what }) => !isWrite(what)),
  ];
}

/** Why the work is not done yet; `undefined`: it is. */
async function workOff({ what, place, deliveries }: Work, ports: Ports): Promise<string | undefined> {
  if ('s3' in what) {
    const outcome = isTagging(what)
      ? await tagged(place, what, deliveries, await know(place, ports), ports)
      : await removed(place, what, deliveries, ports);
    if (typeof outcome === 'object') return outcome.wait;
    if (outcome === 'wait') return 'a version was removed whose creation has not been heard of';
    if (outcome === 'done') return undefined;
  }
  const asked = 's3' in what ? undefined : what;
  const { tags, source, awaited, before = [] } = asked ?? {};
  const waits = isPatient(deliveries) && asked?.adopt !== true;
  const adopt = waits ? undefined : awaited;
  const outcome = await resolve(place, { verify: true, adopt, tags, source }, ports);
  if ('done' in outcome) return undefined;
  // How long a message has waited for one version says nothing of another: that gets a message of its own.
  const waited = awaited === undefined ? before : [...before, awaited];
  const isAnother = outcome.awaited !== undefined && !waited.includes(outcome.awaited);
  if (isAnother && (awaited === undefined || !waits)) {
    const next = { awaited: outcome.awaited, ...(waited.length > 0 && { before: waited }), tags, source };
    await lookLater(place, outcome.wait, 1, ports, next);
    return undefined;
  }
  return asked && asked.from !== ports.region ? undefined : outcome.wait; // who asked, asks again
}
