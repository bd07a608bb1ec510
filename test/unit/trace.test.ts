import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { visitsOf, whereabouts } from '../../cli/history';
import { draw } from '../../cli/trace/graph';
import type { Machine, Trace } from '../../cli/trace/load';
import { page } from '../../cli/trace/page';
import { text } from '../../cli/trace/text';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const event = (id: number, previousEventId: number, type: string, details: object = {}): HistoryEvent =>
  ({ id, previousEventId, type, timestamp: at(id), ...details }) as HistoryEvent;
const entered = (name: string, input = '{}') => ({ stateEnteredEventDetails: { name, input } });
const exited = (name: string, output = '{}') => ({ stateExitedEventDetails: { name, output } });
const iteration = (index: number) => ({ name: 'Each region', index });

/** As AWS writes it: two iterations side by side, a task that is tried again, one that is caught. */
const events = [
  event(1, 0, 'ExecutionStarted'),
  event(2, 0, 'MapStateEntered', entered('Each region')),
  event(3, 2, 'MapStateStarted', { mapStateStartedEventDetails: { length: 2 } }),
  event(4, 3, 'MapIterationStarted', { mapIterationStartedEventDetails: iteration(0) }),
  event(5, 4, 'TaskStateEntered', entered('Build', '{"Target":{"Region":"us-west-2"}}')),
  event(6, 3, 'MapIterationStarted', { mapIterationStartedEventDetails: iteration(1) }),
  event(7, 6, 'TaskStateEntered', entered('Build', '{"Target":{"Region":"eu-west-1"}}')),
  event(8, 5, 'TaskScheduled'),
  event(9, 7, 'TaskScheduled'),
  event(10, 8, 'TaskFailed', {
    taskFailedEventDetails: { error: 'Lambda.SdkClientException', cause: 'reset' },
  }),
  event(11, 10, 'TaskScheduled'),
  event(12, 11, 'TaskSucceeded'),
  event(13, 12, 'TaskStateExited', exited('Build', '{"done":"<b>"}')),
  event(14, 13, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: iteration(0) }),
  event(15, 9, 'TaskFailed', { taskFailedEventDetails: { error: 'RegionFailed', cause: 'no' } }),
  event(16, 15, 'TaskStateExited', exited('Build')),
  event(17, 16, 'PassStateEntered', entered('Note')),
  event(18, 17, 'PassStateExited', exited('Note')),
  event(19, 18, 'MapIterationSucceeded', { mapIterationSucceededEventDetails: iteration(1) }),
  event(20, 19, 'MapStateSucceeded'),
  event(21, 20, 'MapStateExited', exited('Each region')),
  event(22, 21, 'FailStateEntered', entered('Give up')),
];
const definition: Machine = {
  StartAt: 'Each region',
  States: {
    'Each region': {
      Type: 'Map',
      Next: 'Give up',
      ItemProcessor: {
        StartAt: 'Build',
        States: { Build: { Type: 'Task', Catch: [{ Next: 'Note' }] }, Note: { Type: 'Pass' } },
      },
    },
    'Give up': { Type: 'Fail', Comment: 'It is over' },
    'Never there': { Type: 'Pass' },
  },
};
const trace: Trace = {
  executionArn: 'arn:aws:states:us-east-1:111122223333:execution:MARS-Any:1',
  name: 'MARS-Any',
  status: 'FAILED',
  started: at(0),
  stopped: at(22),
  input: '{}',
  error: 'RegionFailed',
  cause: '{"region":"eu-west-1","reason":"no"}',
  definition,
  visits: visitsOf(events),
};

test('events of iterations that run side by side are told apart', () => {
  const [map, end] = trace.visits;
  expect([map?.name, end?.name]).toEqual(['Each region', 'Give up']);
  const [first, second] = map?.iterations ?? [];
  expect(first?.visits).toMatchObject([{ name: 'Build', tries: 2, isDone: true, output: '{"done":"<b>"}' }]);
  expect(second?.visits).toMatchObject([
    { name: 'Build', tries: 1, error: { error: 'RegionFailed' } },
    { name: 'Note' },
  ]);
  expect(second?.status).toBe('SUCCEEDED');
});

test('where it is, region by region', () => {
  expect(whereabouts(visitsOf(events.slice(0, 9)))).toEqual(['us-west-2 Build', 'eu-west-1 Build']);
  expect(whereabouts(visitsOf(events.slice(0, 14)))).toEqual(['eu-west-1 Build']);
  expect(whereabouts(visitsOf(events))).toEqual(['Give up']);
});

test('as text', () => {
  expect(text(trace)).toBe(`MARS-Any  FAILED  22.0 s, started 2026-01-01T00:00:00.000Z
  ✓ Each region  19.0 s
    us-west-2
      ↻ Build  8.0 s  Lambda.SdkClientException: reset
    eu-west-1
      ! Build  9.0 s  RegionFailed: no
      ✓ Note  1.0 s
  ✗ Give up  0.0 s
RegionFailed: {"region":"eu-west-1","reason":"no"}`);
});

test('as a page: every state, what was said in it, and nothing that it could run', () => {
  const html = page(trace);
  for (const label of [
    'Build: caught, 2 times, longest 9.0 s',
    'Never there: not entered, not entered',
    'Give up: failed',
  ])
    expect(html).toContain(label);
  expect(html).toContain('&#60;b&#62;');
  expect(html).not.toContain('<b>');
  expect(html).not.toMatch(/(src|href)="(?!#)/); // it needs nothing else
});

const folder = join(import.meta.dirname, '../../statemachines');
test.each(readdirSync(folder))('%s is drawn with no state over another', (file) => {
  const { nodes, width, height } = draw(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  expect(nodes.length).toBeGreaterThan(1);
  for (const [index, a] of nodes.entries()) {
    expect(a.x + a.width / 2).toBeLessThanOrEqual(width);
    expect(a.y + a.height / 2).toBeLessThanOrEqual(height);
    for (const b of nodes.slice(index + 1)) {
      const isApart = Math.abs(a.x - b.x) >= a.width || Math.abs(a.y - b.y) >= a.height;
      expect([a.name, b.name, isApart]).toEqual([a.name, b.name, true]);
    }
  }
});
