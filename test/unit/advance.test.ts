import type { Stack } from '@aws-sdk/client-cloudformation';
import { leftParameter, regionsParameter } from '../../functions/contracts/names';
import {
  executionTag,
  nextToEnsure,
  nextToRemove,
  nextToUpdate,
} from '../../functions/regional-stack/advance';
import { keptParameters, oneStepTowards } from '../../functions/regional-stack/stack-input';

const me = { execution: 'me', since: 1000 };
const before = new Date(500);
const since = new Date(2000);

const stack = (StackStatus: Stack['StackStatus'], by = 'me', more: Partial<Stack> = {}): Stack => ({
  StackName: 'MARS-pictures',
  CreationTime: new Date(0),
  StackStatus,
  Tags: [{ Key: executionTag, Value: by }],
  ...more,
});
const ensure = (found: Stack | undefined, isShared: boolean, isCurrent = true) =>
  nextToEnsure(found, me, { isShared, isCurrent: () => isCurrent });

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
  expect(ensure(found, false)).toBe(step);
});

test.each([
  ['is there', stack('CREATE_COMPLETE', 'another'), 'complete'],
  ['is being deleted', stack('DELETE_IN_PROGRESS', 'another'), 'wait'],
  ['was rolled back', stack('ROLLBACK_COMPLETE', 'another'), 'delete'],
  ['was rolled back in part', stack('ROLLBACK_FAILED', 'another'), 'delete'],
  ['did not go before', stack('DELETE_FAILED', 'another', { DeletionTime: before }), 'delete'],
  ['does not go now', stack('DELETE_FAILED', 'another', { DeletionTime: since }), 'failed'],
  ['is ours, and rolled back', stack('ROLLBACK_COMPLETE'), 'failed'],
  ['could not go back to its old version', stack('UPDATE_ROLLBACK_FAILED', 'another'), 'failed'],
  ['is but a change set that nobody executed', stack('REVIEW_IN_PROGRESS', 'another'), 'failed'],
])('a base serves all, whoever made it; one that %s: %s', (_, found, step) => {
  expect(ensure(found, true)).toBe(step);
});

test.each([
  ['stands', stack('CREATE_COMPLETE', 'another'), 'update'],
  ['stands for long', stack('UPDATE_COMPLETE', 'another', { LastUpdatedTime: before }), 'update'],
  [
    'failed to be updated before',
    stack('UPDATE_ROLLBACK_COMPLETE', 'another', { LastUpdatedTime: before }),
    'update',
  ],
  [
    'fails to be updated now',
    stack('UPDATE_ROLLBACK_COMPLETE', 'another', { LastUpdatedTime: since }),
    'failed',
  ],
  ['is being updated', stack('UPDATE_IN_PROGRESS', 'another'), 'wait'],
])('a base of an older version that %s: %s', (_, found, step) => {
  expect(ensure(found, true, false)).toBe(step);
});

test.each([
  ['nothing', undefined, 0, 'absent'],
  ['one that is there', stack('CREATE_COMPLETE'), 0, 'delete'],
  ['one rolled back', stack('ROLLBACK_COMPLETE'), 1, 'delete'],
  ['one still in creation', stack('CREATE_IN_PROGRESS'), 0, 'wait'],
  ['one that did not go before', stack('DELETE_FAILED'), 0, 'delete'],
  ['one that did not go twice', stack('DELETE_FAILED'), 2, 'delete'],
  ['one that does not go', stack('DELETE_FAILED'), 3, 'failed'],
  ["another's", stack('CREATE_COMPLETE', 'another'), 0, 'kept'],
] as const)('to roll back, %s: %s', (_, found, deletions, step) => {
  expect(nextToRemove(found, deletions, 'me')).toBe(step);
});

test('a user who deletes a set deletes it whoever made it', () => {
  expect(nextToRemove(stack('CREATE_COMPLETE', 'another'), 0)).toBe('delete');
});

test.each([
  ['nothing', undefined, 'absent'],
  ['one that is there, whoever made it', stack('CREATE_COMPLETE', 'another'), 'update'],
  ['one that is being made', stack('CREATE_IN_PROGRESS', 'another'), 'wait'],
  ['one that is broken', stack('ROLLBACK_COMPLETE', 'another'), 'failed'],
])('to update %s: %s', (_, found, step) => {
  expect(nextToUpdate(found, me, () => false)).toBe(step);
});

test('a journal goes to its regions one by one, home first, and others go after those that come', () => {
  const target = (Regions: string[]) => ({
    Kind: 'Journal' as const,
    Region: 'b',
    BaseName: 'pictures',
    Regions,
    Replicates: true,
  });
  const at = (regions: string) =>
    stack('UPDATE_COMPLETE', 'me', {
      Parameters: [{ ParameterKey: regionsParameter, ParameterValue: regions }],
    });
  expect(oneStepTowards(target(['b', 'a', 'd', 'c']), at('b,a')).Regions).toEqual(['b', 'a', 'd']);
  expect(oneStepTowards(target(['b', 'a', 'd', 'c']), at('b,a,d')).Regions).toEqual(['b', 'a', 'd', 'c']);
  expect(oneStepTowards(target(['b']), at('b,a,d')).Regions).toEqual(['b', 'd']);
  expect(oneStepTowards(target(['b', 'a']), at('b,a')).Regions).toEqual(['b', 'a']);
});

test('a journal never forgets which regions have left', () => {
  const target = {
    Kind: 'Journal' as const,
    Region: 'b',
    BaseName: 'pictures',
    Regions: ['b'],
    Replicates: true,
  };
  const left = (ParameterValue: string, Leaving?: string[]) => {
    const Parameters = [{ ParameterKey: leftParameter, ParameterValue }];
    const found = stack('UPDATE_COMPLETE', 'me', { Parameters });
    return keptParameters({ ...target, ...(Leaving && { Leaving }) }, found)[0]?.ParameterValue;
  };
  expect(left('')).toBe('');
  expect(left('a')).toBe('a');
  expect(left('', ['a'])).toBe('a');
  expect(left('a,d', ['d', 'c'])).toBe('a,d,c');
});
