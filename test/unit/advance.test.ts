import type { Stack } from '@aws-sdk/client-cloudformation';
import { executionTag, nextToEnsure, nextToRemove } from '../../functions/regional-stack/advance';

const stack = (StackStatus: Stack['StackStatus'], by = 'me'): Stack => ({
  StackName: 'MARS-pictures',
  CreationTime: new Date(0),
  StackStatus,
  Tags: [{ Key: executionTag, Value: by }],
});

test.each([
  ['nothing', undefined, 'create'],
  ['one in creation', stack('CREATE_IN_PROGRESS'), 'wait'],
  ['one that is there', stack('CREATE_COMPLETE'), 'complete'],
  ['one being rolled back', stack('ROLLBACK_IN_PROGRESS'), 'wait'],
  ['one rolled back', stack('ROLLBACK_COMPLETE'), 'failed'],
  ['one that did not go', stack('DELETE_FAILED'), 'failed'],
  ["another's", stack('CREATE_COMPLETE', 'another'), 'in-use'],
  ["another's, failed", stack('ROLLBACK_COMPLETE', 'another'), 'in-use'],
])('to ensure a set, %s: %s', (_, found, step) => {
  expect(nextToEnsure(found, 'me', true)).toBe(step);
});

test('a base serves all, whoever made it', () => {
  expect(nextToEnsure(stack('CREATE_COMPLETE', 'another'), 'me', false)).toBe('complete');
  expect(nextToEnsure(stack('DELETE_IN_PROGRESS', 'another'), 'me', false)).toBe('wait');
});

test.each([
  ['nothing', undefined, true, 'absent'],
  ['one that is there', stack('CREATE_COMPLETE'), true, 'delete'],
  ['one rolled back', stack('ROLLBACK_COMPLETE'), false, 'delete'],
  ['one still in creation', stack('CREATE_IN_PROGRESS'), true, 'wait'],
  ['one that did not go before', stack('DELETE_FAILED'), true, 'delete'],
  ['one that does not go now', stack('DELETE_FAILED'), false, 'failed'],
  ["another's", stack('CREATE_COMPLETE', 'another'), true, 'kept'],
] as const)('to roll back, %s: %s', (_, found, first, step) => {
  expect(nextToRemove(found, first, 'me')).toBe(step);
});

test('a user who deletes a set deletes it whoever made it', () => {
  expect(nextToRemove(stack('CREATE_COMPLETE', 'another'), true)).toBe('delete');
});
