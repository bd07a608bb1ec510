import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { queueMessage } from '../../../functions/contracts/replication';
import { handlerOf as queueProcessor } from '../../../functions/queue-processor/queue-processor';
import { handlerOf as streamProcessor } from '../../../functions/stream-processor/stream-processor';
import { answers, item, spoiled, stored, tagItem, times } from './arbitraries';
import { home, Wire } from './wire';

const record = {
  eventName: 'ObjectCreated:Put',
  eventTime: '2026-01-01T00:00:00.000Z',
  userIdentity: { principalId: 'AWS:AIDA' },
  s3: {
    bucket: { name: 'mars-pictures-us-west-2' },
    object: { key: 'a%2Fb', size: 10, eTag: 'e', versionId: 'v1', sequencer: '0055AED6DCD90281E5' },
  },
};
const named = (eventName: string) => ({ Records: [{ ...record, eventName }] });
const look = {
  kind: 'look',
  baseName: 'pictures',
  key: 'a',
  reason: 'why',
  from: 'eu-west-1',
  awaited: 'v1',
  adopt: true,
  tags: true,
  source: { time: 1, origin: 'eu-west-1', region: 'ap-southeast-1', versionId: 'v2' },
};
const made = spoiled(
  named('ObjectCreated:Put'),
  named('ObjectRemoved:DeleteMarkerCreated'),
  named('ObjectRemoved:Delete'),
  named('ObjectTagging:Put'),
  look,
  { Event: 's3:TestEvent' },
);
const huge = ['x'.repeat(262_144), '['.repeat(100_000), `{"Records":[${'{},'.repeat(10_000)}{}]}`];
const bodies = fc.oneof(
  { weight: 18, arbitrary: made.map((body) => JSON.stringify(body) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom(...huge) },
);
const messages = fc.array(fc.tuple(bodies, fc.integer({ min: 1, max: 11 })), { minLength: 1, maxLength: 10 });

const isRead = (body: string): boolean => {
  try {
    const value = JSON.parse(body);
    return value?.Event === 's3:TestEvent' || queueMessage.safeParse(value).success;
  } catch {
    return false;
  }
};

/** Inputs of each handler. */
const numRuns = 250 * times;

test('QueueProcessor: no message harms another, leaves its set, or goes without a trace', async () => {
  await fc.assert(
    fc.asyncProperty(messages, answers, async (some, given) => {
      const wire = new Wire(given);
      const Records = some.map(([body, deliveries], index) => ({
        messageId: String(index),
        receiptHandle: `receipt-${index}`,
        body,
        attributes: {
          ApproximateReceiveCount: String(deliveries),
          ApproximateFirstReceiveTimestamp: '1767225600000',
        },
      }));
      const { batchItemFailures } = await queueProcessor(wire.portsOf(home))({
        Records,
      } as unknown as SQSEvent);
      const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      expect(wire.faults).toEqual([]);
      some.forEach(([body], index) => {
        const messageId = String(index);
        if (isRead(body)) return;
        expect(failed).toContain(messageId);
        expect(wire.logged).toContainEqual({
          event: 'message-unreadable',
          data: { messageId, reason: expect.any(String) },
        });
      });
    }),
    { numRuns },
  );
}, 600_000);

test('StreamProcessor: no item harms another, leaves its set, or goes without a trace', async () => {
  const items = fc.array(spoiled(item, { ...item, origin: home, check: true }, tagItem), {
    minLength: 1,
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(items, answers, async (some, given) => {
      const wire = new Wire(given);
      const Records = some.map((value, index) => ({
        eventSourceARN: `arn:aws:dynamodb:${home}:111122223333:table/MARS-pictures/stream/1`,
        dynamodb: {
          Keys: { key: { S: `key-${index}` }, origin: { S: 'eu-west-1' } },
          NewImage: stored(value),
          SequenceNumber: String(index),
        },
      }));
      const handled = await streamProcessor(wire.portsOf(home))({
        Records,
      } as unknown as DynamoDBStreamEvent);
      expect(wire.faults).toEqual([]);
      expect(handled.batchItemFailures.length).toBeLessThanOrEqual(some.length);
      expect(wire.logged.filter(({ event }) => event === 'record-dropped')).toEqual([]);
      expect(wire.requests).toBeGreaterThan(0);
    }),
    { numRuns },
  );
}, 600_000);
