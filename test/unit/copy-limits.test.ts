import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CopyInput, PrepareOutput } from '../../functions/contracts/copy';
import { largestObject, planParts } from '../../functions/large/parts';

/** Step Functions Developer Guide, "Service quotas" (Standard workflows). */
const mostEvents = 25_000;
const mostStateBytes = 256 * 1024;

interface State {
  Type: string;
  Retry?: { MaxAttempts: number }[];
  MaxConcurrency?: number;
  ItemProcessor?: { StartAt: string; States: Record<string, State> };
}
const file = join(import.meta.dirname, '../../statemachines/CopyLargeObject.asl.json');
const machine: { States: Record<string, State> } = JSON.parse(readFileSync(file, 'utf8'));
const { parts, partSize, batches } = planParts(largestObject);

/** Entered, scheduled, started, succeeded, exited; each retry adds failed, scheduled, started. */
const eventsOfTask = ({ Retry = [] }: State): number =>
  5 + 3 * Retry.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 0);

test("the largest object's history stays under Step Functions' limit, even if each task needs all its retries", () => {
  const { 'Abort copy': abort, ...states } = machine.States;
  const waits = 10; // "Complete copy", "Is the copy complete?", "Wait for news"
  const events = Object.entries(states).map(([name, state]) => {
    if (state.Type === 'Map') {
      const [task] = Object.values(state.ItemProcessor?.States ?? {});
      return 4 + batches.length * (2 + eventsOfTask(task as State)); // each iteration starts and ends
    }
    const times = ['Complete copy', 'Is the copy complete?', 'Wait for news'].includes(name) ? waits : 1;
    // All retries of a task happen once: a task that needs them each time would end the copy.
    return state.Type === 'Task' ? eventsOfTask(state) + 5 * (times - 1) : 2 * times;
  });
  const all = 2 + events.reduce((sum, each) => sum + each, 0);
  expect(batches).toHaveLength(400);
  expect(all).toBeLessThan(mostEvents);
  // What is left is for the clean-up, which is tried as long as it takes.
  expect(abort?.Type).toBe('Task');
});

test('its state stays under the limit, with the longest key that JSON makes longest', () => {
  const key = '\u0001'.repeat(1024);
  const copy: CopyInput = {
    BaseName: 'b'.repeat(40),
    Key: key,
    Item: {
      time: 1_700_000_000_000,
      origin: 'ap-southeast-1',
      kind: 'put',
      versionId: 'v'.repeat(1024),
      size: largestObject,
      eTag: 'e'.repeat(64),
      checksum: 'c'.repeat(64),
      headers: 'h'.repeat(16),
      tags: 't'.repeat(4_000),
      storageClass: 'INTELLIGENT_TIERING',
      websiteRedirectLocation: 'w'.repeat(2048),
    },
    Attempt: 10,
  };
  const prepared: PrepareOutput = { UploadId: 'u'.repeat(1024), PartSize: partSize, Batches: batches };
  const bytes = (state: unknown) => Buffer.byteLength(JSON.stringify(state));
  expect(bytes(copy) + bytes(prepared)).toBeLessThan(mostStateBytes);
  expect(bytes(batches.map(({ Last }) => Last))).toBeLessThan(mostStateBytes);
});

test('at least 1,000 parts are in flight', () => {
  const { MaxConcurrency = 0 } = machine.States['Copy parts'] as State;
  const [{ First, Last }] = batches as [{ First: number; Last: number }];
  expect(parts).toBe(10_000);
  expect(MaxConcurrency * (Last - First + 1)).toBeGreaterThanOrEqual(1_000);
});
