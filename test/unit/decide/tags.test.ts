import { digestOf } from '../../../functions/common/digest';
import type { TagItem } from '../../../functions/contracts/replication';
import {
  changesOf,
  decideTagging,
  decideTags,
  type TagAction,
  type TagKnowledge,
} from '../../../functions/replication/decide-tags';
import { landsWithin } from '../../../functions/replication/replicas';
import { applied, awaitedOf, here, intent, item, now, row, shows, there, version } from './cases';

const change = (time: number, tags: string, region = there, of = 5): TagItem => ({
  key: 'k',
  origin: `${region}#tags`,
  of: { time: of, origin: there },
  time,
  tags,
  revision: 1,
});

const write = item(5, there, { tags: 'a=1' });
/** The tags that it came with. */
const original = { ...change(0, 'a=1'), origin: there, revision: 0 };
/** Its copy is current here. */
const copied = row({ applied: applied(5) });
const retagged = (time: number, tags: string, region = there) => ({
  time,
  origin: `${region}#tags`,
  digest: digestOf(tags),
});
const call = (tags: string, at = now - 1000) =>
  intent(6, { kind: 'tags', tags: digestOf(tags), versionId: 'v5', at, revision: 9 });

const know = (what: Partial<TagKnowledge>): TagKnowledge => ({
  region: here,
  now,
  items: [write],
  tagged: [],
  row: copied,
  ...what,
});

interface Case {
  know: Partial<TagKnowledge>;
  adopt?: true | 'another';
  tags?: boolean;
  next: TagAction;
}

const wait = (because: string): TagAction => ({ do: 'wait', because });
const unheard = (tags: string) => ({
  ...wait('its tags were changed, and no event has told of it yet'),
  awaited: digestOf(tags),
});
const mayChange = wait('a call under way may still change the tags');
const behind = wait('the journal is behind the row');

const cases: Record<string, Case> = {
  'nobody changed them': { know: {}, next: { do: 'done' } },
  'nothing is applied': { know: { row: undefined, tagged: [change(6, 'b')] }, next: { do: 'done' } },
  'another write is applied': {
    know: { row: row({ applied: applied(4) }), tagged: [change(6, 'b')] },
    next: { do: 'done' },
  },
  'a delete is applied': {
    know: {
      items: [item(5, there, { kind: 'delete' })],
      row: row({ applied: applied(5, { kind: 'delete' }) }),
      tagged: [change(6, 'b')],
    },
    next: { do: 'done' },
  },
  'nothing names the version': {
    know: { row: row({ applied: applied(5, { versionId: undefined }) }), tagged: [change(6, 'b')] },
    next: { do: 'done' },
  },
  'those of another write': { know: { tagged: [change(6, 'b', there, 4)] }, next: { do: 'done' } },
  'which are there?': { know: { tagged: [change(6, 'b')] }, next: { do: 'look' } },
  'which are there, since somebody asks?': { know: {}, tags: true, next: { do: 'look' } },
  'which are there, since a call is under way?': {
    know: { row: { ...copied, intents: [call('b')] } },
    next: { do: 'look' },
  },
  'a copy under way is no matter': {
    know: { row: { ...copied, intents: [intent(6)] } },
    next: { do: 'done' },
  },
  'those that it was journaled with': {
    know: { tagged: [change(6, 'b')], shown: 'a=1' },
    next: { do: 'tag', item: change(6, 'b') },
  },
  'the greatest change counts': {
    know: { tagged: [change(7, 'c'), change(8, 'd', here), change(6, 'b')], shown: 'a=1' },
    next: { do: 'tag', item: change(8, 'd', here) },
  },
  'those that are wanted': {
    know: { tagged: [change(6, 'b')], shown: 'b' },
    next: { do: 'settle', item: change(6, 'b') },
  },
  'those of the change before': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(7, 'c')], shown: 'b' },
    next: { do: 'tag', item: change(7, 'c') },
  },
  'those of the change before the one before are a change': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(7, 'c')], shown: 'a=1' },
    next: unheard('a=1'),
  },
  'our own change': {
    know: { tagged: [change(6, 'b', here), change(7, 'c')], shown: 'b' },
    next: { do: 'tag', item: change(7, 'c') },
  },
  'our own change before the one that is applied is a change': {
    know: {
      row: { ...copied, tags: retagged(7, 'c') },
      tagged: [change(6, 'b', here), change(8, 'd')],
      shown: 'b',
    },
    next: unheard('b'),
  },
  'not our own change, which is not settled yet': {
    know: { tagged: [change(6, 'b', here), change(7, 'c')], shown: 'x' },
    next: unheard('x'),
  },
  "another region's change is none of ours": {
    know: { tagged: [change(6, 'b'), change(7, 'c', 'us-east-1')], shown: 'b' },
    next: unheard('b'),
  },
  'those of a call under way': {
    know: { row: { ...copied, intents: [call('b')] }, tagged: [change(7, 'c')], shown: 'b' },
    next: { do: 'tag', item: change(7, 'c') },
  },
  'no event tells': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(7, 'c')], shown: 'x' },
    adopt: true,
    next: { do: 'journal', time: 8 },
  },
  'other tags were waited for': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(7, 'c')], shown: 'x' },
    adopt: 'another',
    next: unheard('x'),
  },
  'no event tells, nor did any before': {
    know: { shown: 'x' },
    adopt: true,
    tags: true,
    next: { do: 'journal', time: 6 },
  },
  'no event tells, and the row knows more than the journal': {
    know: { row: { ...copied, tags: retagged(9, 'b') }, tagged: [change(7, 'c')], shown: 'x' },
    adopt: true,
    tags: true,
    next: { do: 'journal', time: 10 },
  },
  'applied before': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(6, 'b')] },
    next: { do: 'done' },
  },
  'applied before, and they are there': {
    know: { row: { ...copied, tags: retagged(6, 'b') }, tagged: [change(6, 'b')], shown: 'b' },
    tags: true,
    next: { do: 'done' },
  },
  'a call may still land': {
    know: {
      row: { ...copied, tags: retagged(6, 'b'), intents: [call('c')] },
      tagged: [change(6, 'b')],
      shown: 'b',
    },
    next: mayChange,
  },
  'a call has landed over them': {
    know: {
      row: { ...copied, tags: retagged(6, 'b'), intents: [call('c')] },
      tagged: [change(6, 'b')],
      shown: 'c',
    },
    next: { do: 'tag', item: change(6, 'b') },
  },
  'a call can land no more': {
    know: {
      row: { ...copied, tags: retagged(6, 'b'), intents: [call('c', now - landsWithin)] },
      tagged: [change(6, 'b')],
      shown: 'b',
    },
    next: { do: 'settle', item: undefined },
  },
  'a call has landed that was meant for a write before this one': {
    know: { row: { ...copied, intents: [call('c')] }, shown: 'c' },
    next: { do: 'tag', item: original },
  },
  'so it has while the row remembers other tags of that write': {
    know: { row: { ...copied, tags: retagged(0, 'c'), intents: [call('c')] }, shown: 'c' },
    next: { do: 'tag', item: original },
  },
  'so it has when no call is known any more': {
    know: { row: { ...copied, tags: retagged(0, 'c') } },
    next: { do: 'look' },
  },
  'it has them after all': {
    know: { row: { ...copied, tags: retagged(0, 'c') }, shown: 'a=1' },
    next: { do: 'settle', item: original },
  },
  'a call for another version may land where it likes': {
    know: { row: { ...copied, intents: [{ ...call('c'), versionId: 'v4' }] } },
    next: { do: 'done' },
  },
  'the tags that it came with are back': {
    know: {
      row: { ...copied, tags: { ...retagged(0, 'a=1'), origin: there }, intents: [call('c')] },
      shown: 'a=1',
    },
    next: mayChange,
  },
  'the row knows more than the journal': {
    know: {
      row: { ...copied, tags: retagged(7, 'c'), intents: [call('d')] },
      tagged: [change(6, 'b')],
      shown: 'd',
    },
    next: behind,
  },
  'what they were at first is not known': {
    know: { items: [item(5)], tagged: [change(6, 'b')], shown: 'x' },
    next: { do: 'tag', item: change(6, 'b') },
  },
  'nothing is known of them': { know: { items: [item(5)], shown: 'x' }, tags: true, next: { do: 'done' } },
};

test.each(Object.entries(cases))('%s', (_, { know: what, adopt, tags, next }) => {
  const awaited = adopt === true ? awaitedOf(decideTags(know(what), { tags })) : adopt;
  expect(decideTags(know(what), { adopt: awaited, tags })).toEqual(next);
});

describe('the event of a change', () => {
  const event = { versionId: 'v5', time: 20, isPatient: true };
  type Told = [string, Partial<TagKnowledge>, Partial<typeof event>, ReturnType<typeof decideTagging>];
  const told: Told[] = [
    ['which are there?', {}, {}, { do: 'look' }],
    ['as they were', { shown: 'a=1' }, {}, { do: 'done' }],
    ['others', { shown: 'x' }, {}, { do: 'journal', time: 20 }],
    [
      'others, by a clock that is late',
      { shown: 'x', row: { ...copied, tags: retagged(30, 'b') } },
      {},
      { do: 'journal', time: 31 },
    ],
    [
      'others, after our own',
      { shown: 'x', tagged: [change(40, 'b', here)] },
      {},
      { do: 'journal', time: 41 },
    ],
    [
      'others, after our own of another write',
      { shown: 'x', tagged: [change(40, 'b', here, 4)] },
      {},
      { do: 'journal', time: 20 },
    ],
    [
      'those that are applied',
      { shown: 'b', row: { ...copied, tags: retagged(30, 'b') } },
      {},
      { do: 'done' },
    ],
    ['journaled, but not applied', { shown: 'b', tagged: [change(20, 'b', here)] }, {}, { do: 'resolve' }],
    [
      'journaled and applied',
      { shown: 'b', tagged: [change(20, 'b', here)], row: { ...copied, tags: retagged(20, 'b', here) } },
      {},
      { do: 'done' },
    ],
    [
      'as they once were by our own change',
      { shown: 'b', tagged: [change(20, 'b', here)], row: { ...copied, tags: retagged(30, 'c') } },
      {},
      { do: 'journal', time: 31 },
    ],
    [
      'those of a call under way',
      { shown: 'b', row: { ...copied, intents: [call('b')] } },
      {},
      { do: 'resolve' },
    ],
    [
      'others than those of a call under way',
      { shown: 'x', row: { ...copied, intents: [call('b')] } },
      {},
      { do: 'journal', time: 20 },
    ],
    [
      'others, while a copy is under way',
      { shown: 'x', row: { ...copied, intents: [intent(6, { tags: digestOf('x') })] } },
      {},
      { do: 'journal', time: 20 },
    ],
    [
      'of a covered version',
      { row: row({ applied: applied(5), history: [applied(4)] }) },
      { versionId: 'v4' },
      { do: 'done' },
    ],
    ['of a version not heard of', {}, { versionId: 'new' }, { do: 'see' }],
    [
      'of a version not heard of, which is current',
      { look: { current: version('new') } },
      { versionId: 'new' },
      wait('a version was tagged that has not been heard of'),
    ],
    [
      'of a version not heard of, and covered',
      { look: shows(version('v5')) },
      { versionId: 'new' },
      { do: 'done' },
    ],
    ['of a version not heard of for long', {}, { versionId: 'new', isPatient: false }, { do: 'done' }],
    [
      'of what is deleted',
      { row: row({ applied: applied(9, { kind: 'delete', versionId: 'v5' }) }) },
      {},
      { do: 'done' },
    ],
    [
      'of our own write',
      { items: [item(5, here, { versionId: 'v5', tags: 'a=1' })], row: undefined, shown: 'a=1' },
      {},
      { do: 'done' },
    ],
    [
      'of what is covered by our own write',
      {
        items: [write, item(9, here, { versionId: 'v9', tags: 'a=1' })],
        shown: 'x',
        row: { ...copied, tags: retagged(30, 'x') },
      },
      { versionId: 'v9' },
      { do: 'journal', time: 20 },
    ],
    ['of which the journal says nothing', { items: [], shown: 'x' }, {}, { do: 'journal', time: 20 }],
    [
      'what they were at first is not known',
      { items: [item(5)], shown: '' },
      {},
      { do: 'journal', time: 20 },
    ],
  ];
  test.each(told)('%s', (_, what, more, next) => {
    expect(decideTagging(know(what), { ...event, ...more })).toEqual(next);
  });
});

test('a write that was adopted keeps the changes that name its first time', () => {
  const changes = [change(6, 'b', there, 5), change(7, 'c', here, 4), change(8, 'd', 'us-east-1', 3)];
  expect(changesOf({ ...write, adoptedAs: 4 }, changes)).toEqual(changes.slice(0, 2));
  expect(changesOf(write, changes)).toEqual(changes.slice(0, 1));
  expect(changesOf({ ...write, origin: here }, changes)).toEqual([]);
});
