import type { Applied, Intent, JournalItem, ReplicaRow } from '../../functions/contracts/replication';
import { type Action, decide, type Knowledge, type Version } from '../../functions/replication/decide';

const here = 'eu-west-1';
const there = 'us-west-2';
const now = 1_000_000;

const item = (time: number, origin = there, more: Partial<JournalItem> = {}): JournalItem => ({
  key: 'k',
  time,
  origin,
  kind: 'put',
  versionId: `${origin}-${time}`,
  size: 10,
  eTag: `"${origin}-${time}"`,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  revision: 1,
  check: false,
  ...more,
});
const removal = (time: number, origin = there) => item(time, origin, { kind: 'delete' });

const applied = (time: number, more: Partial<Applied> = {}): Applied => ({
  time,
  origin: there,
  kind: 'put',
  versionId: `v${time}`,
  eTag: `"v${time}"`,
  own: false,
  ...more,
});
const intent = (time: number, more: Partial<Intent> = {}): Intent => ({
  time,
  origin: there,
  kind: 'put',
  size: 10,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  at: now - 1000,
  revision: time,
  ...more,
});
const row = (more: Partial<ReplicaRow>): ReplicaRow => ({
  key: 'k',
  history: [],
  intents: [],
  revision: 1,
  ...more,
});
const version = (versionId: string, more: Partial<Version> = {}): Version => ({
  versionId,
  isMarker: false,
  lastModified: 500,
  eTag: `"${versionId}"`,
  size: 10,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  ...more,
});
const marker = (versionId: string) => version(versionId, { isMarker: true });
const shows = (...versions: Version[]) => ({
  current: versions[0]?.isMarker ? undefined : versions[0],
  versions,
});

interface Case {
  know: Partial<Knowledge>;
  verify?: boolean;
  adopt?: boolean;
  next: Partial<Action>;
}

const foreign = item(5);
const own = item(5, here);

const cases: Record<string, Case> = {
  'nothing is known, nobody asked to look': { know: {}, next: { do: 'done' } },
  'nothing is known, but look': { know: {}, verify: true, next: { do: 'look', versions: false } },
  'a first put is copied over nothing': {
    know: { items: [foreign] },
    next: { do: 'apply', item: foreign, precondition: 'absent' },
  },
  'a newer put is copied over what was applied': {
    know: { items: [foreign], row: row({ applied: applied(3) }) },
    next: { do: 'apply', precondition: { eTag: '"v3"' } },
  },
  'a put is copied over our own that lost': {
    know: { items: [foreign, item(4, here)] },
    next: { do: 'apply', precondition: { eTag: `"${here}-4"` } },
  },
  'of equal times the greater region wins': {
    know: { items: [item(5), own] },
    next: { do: 'apply', item: foreign },
  },
  'a put over a delete expects nothing': {
    know: { items: [foreign], row: row({ applied: applied(3, { kind: 'delete' }) }) },
    next: { do: 'apply', precondition: 'absent' },
  },
  'a large put is not begun before a look': {
    know: { items: [item(5, there, { size: 16_000_000 })] },
    next: { do: 'look', versions: false },
  },
  'one byte less is copied at once': {
    know: { items: [item(5, there, { size: 15_999_999 })] },
    next: { do: 'apply' },
  },
  'ten open intents: look first': {
    know: { items: [foreign], row: row({ intents: Array.from({ length: 10 }, (_, i) => intent(i / 10)) }) },
    next: { do: 'look', versions: false },
  },
  'ten young intents: begin no other': {
    know: {
      items: [foreign],
      row: row({ intents: Array.from({ length: 10 }, (_, i) => intent(i / 10)) }),
      look: shows(),
    },
    next: { do: 'wait' },
  },
  'ten intents, one of them old: begin another': {
    know: {
      items: [foreign],
      row: row({
        intents: Array.from({ length: 10 }, (_, i) => intent(i / 10, i ? {} : { at: now - 300_000 })),
      }),
      look: shows(),
    },
    next: { do: 'apply' },
  },
  'applied before': { know: { items: [foreign], row: row({ applied: applied(5) }) }, next: { do: 'done' } },
  'applied before, but an intent is open': {
    know: { items: [foreign], row: row({ applied: applied(5), intents: [intent(3)] }) },
    next: { do: 'look' },
  },
  'our own winner is acknowledged first': {
    know: { items: [own] },
    next: {
      do: 'settle',
      applied: {
        ...applied(5),
        origin: here,
        own: true,
        versionId: own.versionId,
        eTag: own.eTag,
      } as Applied,
    },
  },
  'the row is never lowered: it knows of a greater write than the items': {
    know: { items: [own], row: row({ applied: applied(6) }) },
    next: { do: 'look' },
  },
  'our own winner, acknowledged: does the bucket show it?': {
    know: { items: [own], row: row({ applied: applied(5, { origin: here, versionId: 'x' }) }) },
    next: { do: 'look' },
  },
  'the bucket shows the winner': {
    know: { items: [foreign], row: row({ applied: applied(5) }), look: { current: version('v5') } },
    verify: true,
    next: { do: 'done', because: 'is current' },
  },
  'the bucket shows nothing, and so it should': {
    know: { items: [removal(5)], row: row({ applied: applied(5, { kind: 'delete' }) }), look: shows() },
    verify: true,
    next: { do: 'done' },
  },
  'nothing, and a young put may still come': {
    know: {
      items: [removal(5)],
      row: row({ applied: applied(5, { kind: 'delete' }), intents: [intent(3)] }),
      look: shows(),
    },
    next: { do: 'wait' },
  },
  'nothing, and the put is too old to come': {
    know: {
      items: [removal(5)],
      row: row({ applied: applied(5, { kind: 'delete' }), intents: [intent(3, { at: now - 300_000 })] }),
      look: shows(),
    },
    next: { do: 'done' },
  },
  'the object, and a delete that was made for it long ago may come': {
    know: {
      items: [item(5)],
      row: row({ applied: applied(5), intents: [intent(3, { kind: 'delete' })] }),
      look: shows(version('v5')),
    },
    next: { do: 'wait' },
  },
  'something else is current: which versions are there?': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: { current: version('x') } },
    next: { do: 'look', versions: true },
  },
  'a state of the history is covered': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), history: [applied(2)] }),
      look: shows(version('v2'), version('v3')),
    },
    next: { do: 'apply', precondition: { eTag: '"v2"' } },
  },
  'our write before the last is known, too': {
    know: {
      items: [foreign, item(2, here, { previous: 'x' })],
      look: shows(version('x'), version(`${here}-2`)),
    },
    next: { do: 'apply', precondition: { eTag: '"x"' } },
  },
  'a local write is waited for': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: shows(version('x'), version('v3')) },
    next: { do: 'wait' },
  },
  'a local marker is waited for': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: shows(marker('m'), version('v3')) },
    next: { do: 'wait' },
  },
  'a local write whose event does not come is adopted': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: shows(version('x'), version('v3')) },
    adopt: true,
    next: { do: 'journal', current: version('x'), time: 500 },
  },
  'adopted later than what it lies over': {
    know: {
      items: [item(900)],
      row: row({ applied: applied(800) }),
      look: shows(version('x'), version('v800')),
    },
    adopt: true,
    next: { do: 'journal', time: 801 },
  },
  'the copy of an intent is recognised': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4)] }),
      look: shows(version('x'), version('v3')),
    },
    next: {
      do: 'settle',
      applied: { ...applied(4), versionId: 'x', eTag: '"x"', guessed: true } as Applied,
    },
  },
  'the greatest of intents that look alike': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4.5), intent(4)] }),
      look: shows(version('x'), version('v3')),
    },
    next: {
      do: 'settle',
      applied: { ...applied(4.5), versionId: 'x', eTag: '"x"', guessed: true } as Applied,
    },
  },
  'the late copy of an older intent is covered': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(2)] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'apply', precondition: { eTag: '"x"' } },
  },
  'other bytes are no copy': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { checksum: 'CRC64NVME:b' })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'wait' },
  },
  'other headers are no copy': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { headers: 'other' })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'wait' },
  },
  'another size is no copy': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { size: 11 })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'wait' },
  },
  'without checksums size and headers decide': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { checksum: undefined })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'settle' },
  },
  'a marker is the copy of a delete only': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4), intent(3.5, { kind: 'delete' })] }),
      look: shows(marker('m'), version('v3')),
    },
    next: { do: 'settle', applied: expect.objectContaining({ time: 3.5, kind: 'delete', versionId: 'm' }) },
  },
  'what was applied has been removed: wait for the event': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), history: [applied(2)] }),
      look: shows(version('v2')),
    },
    next: { do: 'wait' },
  },
  'what was applied has been removed, and no event tells': {
    know: {
      items: [item(700)],
      row: row({ applied: applied(600), history: [applied(2)] }),
      look: shows(version('v2')),
    },
    adopt: true,
    next: { do: 'journal', current: version('v2'), time: 601 },
  },
  'our own winner was put back, and its first version is there': {
    know: {
      items: [own],
      row: row({ applied: applied(5, { origin: here, own: true, versionId: 'copy' }) }),
      look: shows(version('copy'), version(`${here}-5`)),
    },
    next: { do: 'done' },
  },
  'our own winner was put back, and its first version is gone': {
    know: {
      items: [own],
      row: row({ applied: applied(5, { origin: here, own: true, versionId: 'copy' }) }),
      look: shows(version('copy')),
    },
    next: { do: 'rename', own, versionId: 'copy' },
  },
  'our own winner was put back: is its first version there?': {
    know: {
      items: [own],
      row: row({ applied: applied(5, { origin: here, own: true, versionId: 'copy' }) }),
      look: { current: version('copy') },
    },
    next: { do: 'look', versions: true },
  },
  'a guess that turned out to be our own write is no copy': {
    know: {
      items: [foreign, item(4, here, { versionId: 'x', eTag: '"x"' })],
      row: row({ applied: applied(5, { versionId: 'x', guessed: true }) }),
    },
    next: { do: 'apply', item: foreign, precondition: { eTag: '"x"' } },
  },
};

test.each(Object.entries(cases))('%s', (_, { know, verify = false, adopt = false, next }) => {
  const knowledge: Knowledge = { region: here, now, items: [], row: undefined, ...know };
  expect(decide(knowledge, { verify, adopt })).toMatchObject(next);
});
