import {
  type Answers,
  decideWrite,
  type Write,
  type WriteAction,
} from '../../../functions/replication/decide-write';
import type { Known } from '../../../functions/replication/knowledge';
import { applied, here, intent, item, marker, removal, row, version } from './cases';

interface Case {
  items?: Known['items'];
  event?: Partial<Write>;
  answers?: Answers;
  next: WriteAction;
}

const by = (name: string, more: Partial<Write> = {}): Partial<Write> => ({ by: name, ...more });
const upload = by('ObjectCreated:CompleteMultipartUpload');
const copy = by('ObjectCreated:Copy');
const deleted = by('ObjectRemoved:DeleteMarkerCreated');
const [older, newer, longer, longest] = ['0A', '0C', '000B', '000C'];

const mine = (more = {}) => item(5, here, { versionId: 'v5', sequencer: '0B', ...more });
const ask = (what: keyof Answers): WriteAction => ({ do: 'ask', for: what });
const remember: WriteAction = { do: 'remember', because: 'a later one is journaled' };
const done = (because: string, stands = false): WriteAction => ({ do: 'done', stands, because });
const journal = (time: number, check = false): WriteAction => ({ do: 'journal', time, check });
const written = { written: version('x') };

/** The event of version x, at 900 ms, of a plain put. */
const cases: Record<string, Case> = {
  'the first put of a key: is it still there?': { next: ask('written') },
  'it is': { answers: written, next: journal(900) },
  'it is not': { answers: { written: null }, next: done('it is gone') },
  'a form upload is a plain put': { event: by('ObjectCreated:Post'), answers: written, next: journal(900) },

  'it is journaled': {
    items: [mine()],
    event: { versionId: 'v5' },
    next: done('is journaled', true),
  },
  'it is journaled, and another region has written since: this one must look': {
    items: [mine(), item(4)],
    event: { versionId: 'v5' },
    next: { do: 'check' },
  },
  'it is journaled, and this region looks anyway': {
    items: [mine({ check: true }), item(4)],
    event: { versionId: 'v5' },
    next: done('is journaled', true),
  },
  'it was adopted, and now has an order': {
    items: [mine({ sequencer: undefined })],
    event: { versionId: 'v5' },
    next: { do: 'complete', time: 900 },
  },
  'it was adopted, and its stamp had to be greater': {
    items: [mine({ sequencer: undefined, time: 1000 })],
    event: { versionId: 'v5' },
    next: { do: 'complete', time: 1000 },
  },
  'it was adopted, and its event has no order': {
    items: [mine({ sequencer: undefined })],
    event: { versionId: 'v5', sequencer: undefined },
    next: done('is journaled', true),
  },

  'a later write than the one journaled': { items: [mine()], answers: written, next: journal(900) },
  'a later write, whatever the clock says': {
    items: [mine()],
    event: { time: 3 },
    answers: written,
    next: journal(6),
  },
  'an earlier one': { items: [mine()], event: { sequencer: older }, next: remember },
  'sequencers of different lengths: the bucket knows': {
    items: [mine()],
    event: { sequencer: longer },
    next: ask('order'),
  },
  'what is journaled has no sequencer: the bucket knows': {
    items: [mine({ sequencer: undefined })],
    next: ask('order'),
  },
  'the event has no sequencer: the bucket knows': {
    items: [mine()],
    event: { sequencer: undefined },
    next: ask('order'),
  },
  'it lies above': {
    items: [mine()],
    event: { sequencer: longer },
    answers: { order: 'later', ...written },
    next: journal(900),
  },
  'it lies beneath': {
    items: [mine()],
    event: { sequencer: longest },
    answers: { order: 'earlier', ...written },
    next: remember,
  },
  'one of them is gone: as numbers it is greater': {
    items: [mine()],
    event: { sequencer: longest },
    answers: { order: 'unknown', ...written },
    next: journal(900),
  },
  'one of them is gone: as numbers they are equal': {
    items: [mine()],
    event: { sequencer: longer },
    answers: { order: 'unknown', ...written },
    next: remember,
  },
  'one of them is gone, and the event has no number': {
    items: [mine()],
    event: { sequencer: undefined },
    answers: { order: 'unknown', ...written },
    next: journal(900),
  },
  'one of them is gone, and the journal has no number': {
    items: [mine({ sequencer: undefined })],
    answers: { order: 'unknown', ...written },
    next: journal(900),
  },

  'a copy within the bucket: is it one of ours?': { event: copy, next: ask('row') },
  'a copy of a user where nothing was replicated': {
    event: copy,
    answers: { row: null, ...written },
    next: journal(900),
  },
  'one of ours': {
    event: copy,
    answers: { row: row({ applied: applied(3, { versionId: 'x' }) }) },
    next: done('it is a replica'),
  },
  'one of ours, covered since': {
    event: copy,
    answers: { row: row({ applied: applied(4), history: [applied(3, { versionId: 'x' })] }) },
    next: done('it is a replica'),
  },
  'it was taken for one of ours': {
    event: copy,
    answers: { row: row({ applied: applied(3, { versionId: 'x', guessed: true }) }), ...written },
    next: journal(900),
  },
  'it was acknowledged': {
    event: copy,
    answers: { row: row({ applied: applied(3, { versionId: 'x', own: true }) }), ...written },
    next: journal(900),
  },

  'a delete: is it one of ours?': { event: deleted, next: ask('row') },
  'a delete: is its marker there?': { event: deleted, answers: { row: null }, next: ask('marker') },
  'it is there; this region must look': {
    event: deleted,
    answers: { row: null, marker: true },
    next: journal(900, true),
  },
  'it is not there': {
    event: deleted,
    answers: { row: null, marker: false },
    next: done('the marker is gone'),
  },

  'an upload in parts: is it current?': { event: upload, answers: { row: null }, next: ask('current') },
  'it is current': { event: upload, answers: { row: null, current: version('x') }, next: journal(900) },
  'another version is current: what covers it?': {
    event: upload,
    answers: { row: null, current: version('y') },
    next: ask('above'),
  },
  'a marker does: whose?': { event: upload, answers: { row: null, current: null }, next: ask('above') },
  'it lies beneath the copy that a removal uncovered, of which the number says that it came before': {
    items: [mine({ versionId: 'v3', sequencer: '1' })],
    event: upload,
    answers: { order: 'earlier', row: row({ applied: applied(3) }) },
    next: ask('current'),
  },
  'it lies above what is journaled, whatever the number says': {
    items: [mine({ sequencer: `F${newer}` })],
    event: upload,
    answers: { order: 'later', row: null },
    next: ask('current'),
  },
  'it lies beneath such a copy, of which the number says that it came after': {
    items: [mine({ versionId: 'v3', sequencer: `F${newer}` })],
    event: upload,
    answers: { order: 'earlier', row: row({ applied: applied(3) }) },
    next: remember,
  },
  'a write of this region covers it': {
    items: [mine()],
    event: upload,
    answers: { row: null, current: version('v5'), above: [version('v5')] },
    next: done('a later one lies over it'),
  },
  'the write before the one journaled covers it': {
    items: [mine({ previous: ['y'] })],
    event: upload,
    answers: { row: null, current: null, above: [version('y')] },
    next: done('a later one lies over it'),
  },
  'nobody knows what covers it': {
    event: { ...upload, isPatient: true },
    answers: { row: null, current: version('y'), above: [version('y')] },
    next: { do: 'wait', because: 'what lies over it has not been heard of' },
  },
  'nobody ever heard of what is current': {
    event: upload,
    answers: { row: null, current: version('y'), above: [version('y', { isLatest: true })] },
    next: done('a later one lies over it'),
  },
  'nobody ever heard of what a replica covers: it is one that the row forgot': {
    event: upload,
    answers: {
      row: row({ applied: applied(3) }),
      current: version('v3'),
      above: [version('v3', { isLatest: true }), version('y')],
      ...written,
    },
    next: journal(900),
  },
  'but a marker may be anybody’s': {
    event: upload,
    answers: {
      row: row({ applied: applied(3) }),
      current: version('v3'),
      above: [version('v3', { isLatest: true }), marker('y')],
    },
    next: done('a later one lies over it'),
  },
  'a write of this region that was acknowledged covers it': {
    event: upload,
    answers: {
      row: row({ applied: applied(3, { versionId: 'y', own: true }) }),
      current: version('y'),
      above: [version('y')],
    },
    next: done('a later one lies over it'),
  },
  'what was put back covers it, which is a copy': {
    event: upload,
    answers: {
      row: row({ applied: applied(3, { origin: here, versionId: 'y' }) }),
      current: version('y'),
      above: [version('y')],
      ...written,
    },
    next: journal(900),
  },
  'a write of this region covers it, and a replica that one': {
    items: [mine()],
    event: upload,
    answers: { row: row({ applied: applied(3) }), current: null, above: [version('v3'), version('v5')] },
    next: done('a later one lies over it'),
  },
  'a replica covers it: is it there?': {
    event: upload,
    answers: { row: row({ applied: applied(3) }), current: version('v3'), above: [version('v3')] },
    next: ask('written'),
  },
  'a replica covers it, and it is there': {
    event: { ...upload, isPatient: true },
    answers: {
      row: row({ applied: applied(3) }),
      current: version('v3'),
      above: [version('v3')],
      ...written,
    },
    next: journal(900),
  },
  'a replica, and what was taken for one, cover it': {
    event: { ...upload, isPatient: true },
    answers: {
      row: row({
        applied: applied(4, { kind: 'delete' }),
        history: [applied(3, { versionId: 'y', guessed: true })],
      }),
      current: null,
      above: [marker('v4'), version('y')],
      ...written,
    },
    next: journal(900),
  },
  'a marker that was taken for one of ours covers it: it may be anybody’s': {
    event: upload,
    answers: {
      row: row({
        applied: applied(3, { kind: 'delete', guessed: true }),
        intents: [intent(3, { kind: 'delete' })],
      }),
      current: null,
      above: [marker('v3')],
    },
    next: done('a later one lies over it'),
  },
  'the copy of an intent covers it': {
    event: { ...upload, isPatient: true },
    answers: {
      row: row({ intents: [intent(3)] }),
      current: version('y'),
      above: [version('y')],
      ...written,
    },
    next: journal(900),
  },
  'our own write, of which another copy is about to be made, covers it': {
    items: [mine()],
    event: upload,
    answers: {
      row: row({ intents: [intent(5, { origin: here })] }),
      current: version('v5'),
      above: [version('v5')],
    },
    next: done('a later one lies over it'),
  },
  'an upload that is gone, over nothing': {
    event: upload,
    answers: { row: null, current: null, above: [], written: null },
    next: done('it is gone'),
  },

  "another region's write is older": { items: [item(5)], answers: written, next: journal(900, true) },
  'an equal time of a region whose name is less': {
    items: [item(900, 'ap-southeast-1')],
    answers: written,
    next: journal(900, true),
  },
  "another region's write is greater: what does the row say?": {
    items: [item(1000)],
    answers: written,
    next: ask('row'),
  },
  'an equal time of a region whose name is greater': {
    items: [item(900)],
    answers: written,
    next: ask('row'),
  },
  'what does it lie over?': {
    items: [item(1000)],
    answers: { row: null, ...written },
    next: ask('beneath'),
  },
  'over nothing': {
    items: [item(1000)],
    answers: { row: null, beneath: [], ...written },
    next: journal(900, true),
  },
  'over the replica of that write': {
    items: [item(1000)],
    answers: { row: row({ applied: applied(1000) }), beneath: [version('v1000')], ...written },
    next: journal(1001, true),
  },
  'over a replica that was covered since': {
    items: [item(1000)],
    answers: {
      row: row({ applied: applied(2000), history: [applied(1000)] }),
      beneath: [version('v1000')],
      ...written,
    },
    next: journal(1001, true),
  },
  'a state that never lay beneath': {
    items: [item(1000)],
    answers: {
      row: row({ applied: applied(1000), history: [applied(950, { versionId: undefined })] }),
      beneath: [version('y')],
      ...written,
    },
    next: journal(900, true),
  },
  'over a replica of which the row holds the intent': {
    items: [item(1000)],
    answers: { row: row({ intents: [intent(1000)] }), beneath: [version('y')], ...written },
    next: journal(1001, true),
  },
  'over other bytes than those of the intent': {
    items: [item(1000)],
    answers: { row: row({ intents: [intent(1000)] }), beneath: [version('y', { size: 11 })], ...written },
    next: journal(900, true),
  },
  'over a marker, which may be anybody’s': {
    items: [removal(1000)],
    answers: {
      row: row({ intents: [intent(1000, { kind: 'delete' })] }),
      beneath: [marker('y')],
      ...written,
    },
    next: journal(900, true),
  },
  'over a marker that the row guessed': {
    items: [removal(1000)],
    answers: {
      row: row({ applied: applied(1000, { kind: 'delete', versionId: 'y', guessed: true }) }),
      beneath: [marker('y')],
      ...written,
    },
    next: journal(900, true),
  },
  'over an object that the row guessed': {
    items: [item(1000)],
    answers: {
      row: row({ applied: applied(1000, { versionId: 'y', guessed: true }) }),
      beneath: [version('y')],
      ...written,
    },
    next: journal(1001, true),
  },
  'over what our own write covered: that one counted it': {
    items: [item(1000), mine({ sequencer: '0B' })],
    answers: {
      row: row({ intents: [intent(1000)] }),
      beneath: [version('v5'), version('y')],
      ...written,
    },
    next: journal(900, true),
  },
  'over a copy that lies above our own write': {
    items: [item(1000), mine({ sequencer: '0B' })],
    answers: {
      row: row({ intents: [intent(1000)] }),
      beneath: [version('y'), version('v5')],
      ...written,
    },
    next: journal(1001, true),
  },
};

test.each(Object.entries(cases))('%s', (_, { items = [], event, answers = {}, next }) => {
  const write: Write = {
    versionId: 'x',
    sequencer: newer,
    time: 900,
    by: 'ObjectCreated:Put',
    isPatient: false,
    ...event,
  };
  expect(decideWrite({ region: here, items }, write, answers)).toEqual(next);
});
