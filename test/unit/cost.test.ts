import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { guideRows, main, priced } from '../../cli/cost';
import { acts, type Calls, largeElsewhere, largeInvocations, largeTransitions } from '../../cli/cost/counts';
import { guideLines } from '../../cli/cost/guide';
import { kinds } from '../../cli/cost/kinds';
import { usual } from '../../cli/cost/load';
import { costOf, fixed } from '../../cli/cost/model';
import { options } from '../../cli/cost/options';
import { planParts } from '../../functions/large/parts';
import { journalTemplate } from '../../functions/regional-stack/journal-template';
import measured from '../bench/measured.json' with { type: 'json' };
import { stacks } from './stacks';

const docs = readFileSync(join(import.meta.dirname, '../../docs/costs.md'), 'utf8');
type Resources = Record<string, { Type: string }>;
const resourcesOf = (template: object) => Object.values((template as { Resources: Resources }).Resources);
const typesOf = (template: object) => resourcesOf(template).map(({ Type }) => Type);
const [root, base, bucket] = [stacks.root, stacks.base, stacks.bucket].map((stack) =>
  Template.fromStack(stack).toJSON(),
) as [object, object, object];
const journal = journalTemplate('set', usual.regions, { withDashboard: true });

test('every kind of resource in the templates is priced, or free', () => {
  const types = [root, base, bucket, journal].flatMap(typesOf);
  expect(Object.keys(kinds).toSorted()).toEqual([...new Set(types)].toSorted());
  const lines = costOf({ ...usual, size: 1e9, perDay: { ...usual.perDay, put: 1 } }).map(({ what }) => what);
  expect(lines).toEqual(expect.arrayContaining(Object.values(kinds).flat()));
});

test('what is there once, and once per region, is as in the templates', () => {
  const count = (template: object, type: string) => typesOf(template).filter((each) => each === type).length;
  const [alarm, key, dashboard] = [
    'AWS::CloudWatch::Alarm',
    'AWS::KMS::Key',
    'AWS::CloudWatch::Dashboard',
  ] as const;
  expect(fixed.alarms).toEqual({ home: count(root, alarm), perRegion: count(base, alarm) });
  expect(fixed.keys).toEqual({ home: count(root, key), perRegion: count(base, key) });
  expect(fixed.dashboards).toEqual({ set: count(journal, dashboard), perRegion: count(base, dashboard) });
});

/** Operations as the embedded AWS names them. */
const operations: Record<string, string> = {
  Query: 'DynamoDB Query',
  Get: 'DynamoDB GetItem',
  Update: 'DynamoDB UpdateItem',
  StartExecution: 'Step Functions StartExecution',
};
const nameOf = (operation: string) =>
  operation === 'Put' || operation === 'Journal'
    ? 'DynamoDB PutItem'
    : (operations[operation] ?? `S3 ${operation}`);

function whole(here: Calls, elsewhere: Calls, others: number): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [calls, times] of [
    [here, 1],
    [elsewhere, others],
  ] as const)
    for (const [name, count] of Object.entries(calls))
      total[nameOf(name)] = (total[nameOf(name)] ?? 0) + count * times;
  return total;
}

const { parts, batches } = planParts(1e8);
test.each([
  ['20 x 10 KB, spaced out', acts.put.here, acts.put.elsewhere],
  ['100 x 10 KB', acts.put.here, acts.put.elsewhere],
  ['1,000 x 10 KB', acts.put.here, acts.put.elsewhere],
  ['50 deletes', acts.delete.here, acts.delete.elsewhere],
  ['20 renames', acts.rename.here, acts.rename.elsewhere],
  ['1 x 100 MB', acts.put.here, largeElsewhere(parts, batches.length)],
])('the model counts what the embedded AWS has counted: %s', (workload, here, elsewhere) => {
  const table: Record<string, Partial<Record<string, number>>> = measured.replication;
  const isCall = (what: string) => /^(S3|DynamoDB \w+Item|DynamoDB Query|Step Functions) ?/.test(what);
  const counted = Object.entries(table).flatMap(([what, { [workload]: figure }]) =>
    isCall(what) && figure !== undefined ? [[what, figure] as const] : [],
  );
  expect(Object.fromEntries(counted)).toEqual(whole(here, elsewhere, 2));
});

test('calls and states of a large copy are those that the embedded AWS has counted', () => {
  const of = (what: keyof typeof measured.replication) =>
    (measured.replication[what] as Record<string, number>)['1 x 100 MB'] ?? 0;
  const calls =
    of('invocations of PrepareCopy') + of('invocations of CopyParts') + of('invocations of CompleteCopy');
  expect(calls).toBe(2 * largeInvocations(batches.length));
  expect(of('state transitions')).toBe(2 * largeTransitions(batches.length));
});

test("the 2020 guide's first use is reproduced to the cent or two, its second within three percent", () => {
  const [first, second] = [guideLines(0), guideLines(1)];
  for (const { printed, reproduced } of first.filter(({ what }) => what !== 'total'))
    if (printed !== undefined) expect(Math.abs(reproduced - printed)).toBeLessThan(0.01);
  const { printed = 0, reproduced = 0 } = second.at(-1) ?? {};
  expect(Math.abs(reproduced / printed - 1)).toBeLessThan(0.03);
  for (const row of [...guideRows(0), ...guideRows(1)]) expect(docs).toContain(row);
});

test('the docs tell what a million objects cost, alone and in bursts', () => {
  const of = (busyHours: number, put: number) =>
    priced({
      ...usual,
      regions: ['us-east-1', 'us-east-2', 'us-west-2'],
      perDay: { ...usual.perDay, put },
      size: 1e4,
      busyHours,
    }).perMillion;
  expect(docs).toContain(`$${of(24, 1e3).toFixed(2)}`);
  expect(docs).toContain(`$${of(0.1, 1e5).toFixed(2)}`);
});

test('S3 asks no more per object for more of them', () => {
  const of = (put: number) => priced({ ...usual, perDay: { ...usual.perDay, put } }).perMillion;
  expect(of(1e6)).toBeLessThan(of(1e3)); // calls are shared
});

test.each([
  [{ regions: '1' }, '--regions is to be 2 to 11'],
  [{ regions: 'us-west-2,mars-north-1' }, '--regions: there are prices of'],
  [{ 'average-size': '1M' }, '--average-size is to be as'],
  [{ 'objects-per-day': 'many' }, '--objects-per-day is to be a number'],
  [{ 'busy-hours': '25' }, '--busy-hours is to be 24 at most'],
])('an option that makes no sense is told: %j', (wrong, expected) => {
  const { error } = options.safeParse({
    regions: '3',
    'objects-per-day': '1',
    'average-size': '1KB',
    ...wrong,
  });
  expect(error?.issues.map(({ message }) => message).join()).toContain(expected);
});

test.each([
  ['more regions than there are prices of', '30'],
  ['a region twice', 'us-east-1,us-east-1'],
])('%s is refused', (_, regions) => {
  const args = ['--regions', regions, '--objects-per-day', '1', '--average-size', '1MB'];
  expect(() => main(args)).toThrow('--regions is to');
});
