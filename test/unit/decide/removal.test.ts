import {
  decideRemoval,
  type Removal,
  type RemovalAction,
  type Uncovered,
} from '../../../functions/replication/decide-removal';
import type { Known } from '../../../functions/replication/knowledge';
import { applied, removal as deleted, here, intent, item, marker, row, version } from './cases';

interface Case {
  know: Partial<Known>;
  event?: Partial<Removal>;
  seen?: Uncovered;
  next: RemovalAction;
}

const [older, newer, longer] = ['0A', '0C', '000B'];
const mine = item(5, here, { versionId: 'v5', sequencer: '0B', previous: ['v4'] });
const myDelete = deleted(5, here);
const ofMine = { ...myDelete, versionId: 'm5', sequencer: '0B' };
const journal = (time: number, sequencer: string | undefined = newer): RemovalAction => ({
  do: 'journal',
  time,
  sequencer,
});

const cases: Record<string, Case> = {
  'our own write was removed: what does the bucket show?': { know: { items: [mine] }, next: { do: 'look' } },
  'what it uncovered is a write, at the time of the removal': {
    know: { items: [mine] },
    seen: { latest: version('v4') },
    next: journal(900),
  },
  'it uncovered nothing': { know: { items: [mine] }, seen: { latest: undefined }, next: journal(900) },
  'it is later than what was removed, whatever the clock says': {
    know: { items: [mine] },
    event: { time: 2 },
    seen: { latest: version('v4') },
    next: journal(6),
  },
  'without a sequencer it counts, too': {
    know: { items: [mine] },
    event: { sequencer: undefined },
    seen: { latest: version('v4') },
    next: { do: 'journal', time: 900, sequencer: undefined },
  },
  'what was adopted has no sequencer': {
    know: { items: [{ ...mine, sequencer: undefined }] },
    seen: { latest: version('v4') },
    next: journal(900),
  },
  'of an unknown order: the journal keeps its sequencer': {
    know: { items: [mine] },
    event: { sequencer: longer },
    seen: { latest: version('v4') },
    next: journal(900, '0B'),
  },
  'a replica was removed': {
    know: { items: [item(5)], row: row({ applied: applied(5, { versionId: 'v5' }), history: [applied(4)] }) },
    seen: { latest: version('v4') },
    next: journal(900),
  },
  'written since: nothing to do': {
    know: { items: [mine] },
    event: { sequencer: older },
    next: { do: 'done' },
  },
  'written since, over what the row says was applied': {
    know: { items: [mine], row: row({ applied: applied(4, { versionId: 'v5' }) }) },
    event: { sequencer: older },
    next: { do: 'unsettle' },
  },
  'written since, and something else was applied': {
    know: { items: [mine], row: row({ applied: applied(4) }) },
    event: { sequencer: older },
    next: { do: 'done' },
  },
  'written since, and nothing was applied': {
    know: { items: [mine], row: row({ history: [applied(4)] }) },
    event: { sequencer: older },
    next: { do: 'done' },
  },
  'a version that nobody knows: its own event may come': {
    know: { items: [mine] },
    event: { versionId: 'x' },
    next: { do: 'wait' },
  },
  'a version that nobody has come to know: it may have covered an upload, which so was no news': {
    know: { items: [mine] },
    event: { versionId: 'x', isPatient: false },
    next: { do: 'resolve' },
  },
  'nobody knows anything': { know: {}, event: { isPatient: false }, next: { do: 'resolve' } },
  'nobody knows anything yet': { know: {}, next: { do: 'wait' } },
  'a covered version': { know: { items: [mine] }, event: { versionId: 'v4' }, next: { do: 'done' } },
  'a covered version, where a delete is in force: perhaps one of several markers': {
    know: { items: [{ ...ofMine, previous: ['v4'] }] },
    event: { versionId: 'v4' },
    next: { do: 'resolve' },
  },
  'a marker, and an older one stands for the delete': {
    know: { items: [ofMine], row: row({ history: [applied(3, { kind: 'delete', versionId: 'm3' })] }) },
    event: { versionId: 'm5' },
    seen: { latest: marker('m3') },
    next: { do: 'remark', versionId: 'm3' },
  },
  'a marker, and one that nobody knows is a delete of its own': {
    know: { items: [ofMine] },
    event: { versionId: 'm5' },
    seen: { latest: marker('x') },
    next: { do: 'remark', versionId: undefined },
  },
  'a marker, and there is nothing else': {
    know: { items: [ofMine] },
    event: { versionId: 'm5' },
    seen: { latest: undefined },
    next: { do: 'remark', versionId: undefined },
  },
  'a marker, and an object shows again': {
    know: { items: [{ ...ofMine, previous: ['v4'] }] },
    event: { versionId: 'm5' },
    seen: { latest: version('v4') },
    next: journal(900),
  },
  'an object, and a marker shows again': {
    know: { items: [{ ...mine, previous: ['m4'] }] },
    seen: { latest: marker('m4') },
    next: journal(900),
  },
  'an object that nobody knows: perhaps written since': {
    know: { items: [mine] },
    seen: { latest: version('x') },
    next: { do: 'wait' },
  },
  'an object that is the copy of a call whose answer is not known: no event will tell of it': {
    know: { items: [mine], row: row({ intents: [intent(4)] }) },
    seen: { latest: version('x', { lastModified: 950 }) },
    next: journal(900),
  },
  'a marker that nobody knows, though a call for one is under way: perhaps a delete': {
    know: { items: [mine], row: row({ intents: [intent(4, { kind: 'delete' })] }) },
    seen: { latest: marker('x') },
    next: { do: 'wait' },
  },
  'an object that nobody has come to know: not before it was written': {
    know: { items: [mine] },
    event: { isPatient: false },
    seen: { latest: version('x', { lastModified: 950 }) },
    next: journal(950),
  },
  'an object that is known: its age is no matter': {
    know: { items: [mine] },
    event: { isPatient: false },
    seen: { latest: version('v4', { lastModified: 950 }) },
    next: journal(900),
  },
  'one of several removals that left nothing': {
    know: { items: [{ ...ofMine, versionId: undefined, previous: ['v4'] }] },
    event: { versionId: 'v4' },
    seen: { latest: undefined },
    next: journal(900),
  },
  "another region's delete left nothing: look at the key": {
    know: {
      items: [deleted(5)],
      row: row({ applied: applied(5, { kind: 'delete', versionId: undefined }), history: [applied(4)] }),
    },
    event: { versionId: 'v4' },
    next: { do: 'resolve' },
  },
};

test.each(Object.entries(cases))('%s', (_, { know, event, seen, next }) => {
  const removal = { versionId: 'v5', sequencer: newer, time: 900, isPatient: true, ...event };
  expect(decideRemoval({ region: here, items: [], row: undefined, ...know }, removal, seen)).toEqual(next);
});
