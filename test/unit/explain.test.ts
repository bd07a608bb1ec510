import { explain } from '../../cli/explain';

const ended = { executionArn: 'arn:own', status: 'FAILED', output: undefined };

test.each<[string, string | undefined, object | string, string]>([
  [
    'a set that another execution works on',
    'BaseNameInUse',
    { field: 'BaseName', value: 'pictures', expected: 'another', execution: 'arn:other' },
    'BaseNameInUse: BaseName is "pictures", expected another\n' +
      'next: wait until that has ended: "mars trace arn:other" tells where it is, "mars stop arn:other" ends it',
  ],
  [
    'buckets that hold objects',
    'BucketNotEmpty',
    {
      reason: 'they hold objects',
      buckets: [
        { region: 'eu-west-1', objects: 3, more: false },
        { region: 'us-west-2', objects: 1000, more: true },
      ],
    },
    'BucketNotEmpty: they hold objects: eu-west-1 3, us-west-2 1000 or more\n' +
      'next: "mars delete pictures --empty" deletes what the buckets hold, too',
  ],
  [
    'an error of Step Functions',
    'States.Runtime',
    'no JSON',
    'States.Runtime: no JSON\nnext: what it has done so far, state by state, is told by "mars trace arn:own"',
  ],
  [
    'a stop',
    undefined,
    '',
    'FAILED\nnext: what it has done so far, state by state, is told by "mars trace arn:own"',
  ],
])('%s: why, and what to do next', (_, error, detail, expected) => {
  const cause = typeof detail === 'string' ? detail : JSON.stringify(detail);
  expect(explain({ ...ended, error, cause }, 'pictures')).toBe(expected);
});
