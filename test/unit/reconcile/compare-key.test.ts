import { compareKey, type InRegion, judgeKey } from '../../../functions/reconcile/compare-key';
import type { Diagnosis } from '../../../functions/reconcile/diagnose';
import { applied, item, row } from '../decide/cases';

const [oregon, dublin, tokyo] = ['us-west-2', 'eu-west-1', 'ap-northeast-1'];
const shows = (eTag: string) => ({ eTag: `"${eTag}"`, lastModified: 0 });
const nothing = { own: undefined, row: undefined, listed: undefined };

/** Oregon wrote at 5 and shows that. */
const origin: InRegion = {
  ...nothing,
  region: oregon,
  own: item(5, oregon),
  listed: shows(`${oregon}-5`),
};
const copied = (region: string, more: Partial<InRegion> = {}): InRegion => ({
  ...nothing,
  region,
  row: row({ applied: applied(5, { origin: oregon }) }),
  listed: shows('v5'),
  ...more,
});
const removal = item(9, oregon, { kind: 'delete', versionId: 'm', eTag: undefined });

test.each<[string, InRegion[], string[]]>([
  ['a copy of another eTag, which the row knows', [origin, copied(dublin)], ['InStep', 'InStep']],
  [
    'not applied yet, and nothing is there',
    [origin, { ...nothing, region: dublin }],
    ['InStep', 'NotApplied'],
  ],
  [
    'an older write is there',
    [origin, copied(dublin, { row: row({ applied: applied(2) }), listed: shows('v2') })],
    ['InStep', 'NotApplied'],
  ],
  [
    'what was applied is not there',
    [origin, copied(dublin, { listed: undefined })],
    ['InStep', 'Unexplained'],
  ],
  ['something else is there', [origin, copied(dublin, { listed: shows('x') })], ['InStep', 'Unexplained']],
  ['an object that nobody knows', [{ ...nothing, region: oregon, listed: shows('x') }], ['Unexplained']],
  [
    'the origin shows something else',
    [{ ...origin, listed: shows('x') }, copied(dublin)],
    ['Unexplained', 'InStep'],
  ],
  [
    'a delete that is not applied',
    [{ ...origin, own: removal, listed: undefined }, copied(dublin)],
    ['InStep', 'NotApplied'],
  ],
  [
    'a delete that is not applied, where nothing ever was',
    [
      { ...origin, own: removal, listed: undefined },
      { ...nothing, region: dublin },
    ],
    ['InStep', 'InStep'],
  ],
  [
    'a write of a region that left the set: where it was applied, and where not',
    [copied(dublin), { ...nothing, region: tokyo }],
    ['InStep', 'NotApplied'],
  ],
  ['nothing anywhere', [{ ...nothing, region: oregon }], ['InStep']],
])('%s', (_, key, verdicts) => {
  expect([...compareKey(key).values()].map(({ is }) => is)).toEqual(verdicts);
});

describe('a write that no event told of', () => {
  const unheard: Diagnosis = { kind: 'Unheard', since: 8, awaited: 'x' };
  const judged = (key: InRegion[], diagnoses: Record<string, Diagnosis>) =>
    judgeKey(key, new Map(Object.entries(diagnoses))).map(({ region, kind, isBehind }) => [
      region,
      kind,
      isBehind,
    ]);

  test('is missing in all other regions', () => {
    const key = [origin, copied(dublin, { listed: shows('x') }), copied(tokyo)];
    expect(judged(key, { [dublin]: unheard })).toEqual([
      [oregon, 'Untold', true],
      [dublin, 'Unheard', false],
      [tokyo, 'Untold', true],
    ]);
  });

  test('is missing nowhere, when a greater one is journaled', () => {
    const behind = copied(dublin, { row: row({ applied: applied(2) }), listed: shows('x') });
    const key = [{ ...origin, own: item(9, oregon) }, behind];
    expect(judged(key, { [dublin]: unheard })).toEqual([[dublin, 'Unheard', true]]);
  });

  test('of two the newer one counts', () => {
    const key = [{ ...origin, listed: shows('y') }, copied(dublin, { listed: shows('x') })];
    expect(judged(key, { [oregon]: { ...unheard, since: 9 }, [dublin]: unheard })).toEqual([
      [oregon, 'Unheard', false],
      [dublin, 'Unheard', true],
    ]);
  });

  test('may be a delete, and is not missing where nothing is', () => {
    const key = [{ ...origin, listed: undefined }, copied(dublin), { ...nothing, region: tokyo }];
    const notApplied: Diagnosis = { kind: 'NotApplied', since: 5 };
    expect(judged(key, { [oregon]: unheard, [tokyo]: notApplied })).toEqual([
      [oregon, 'Unheard', false],
      [dublin, 'Untold', true],
    ]);
  });
});
