import type { Applied } from '../../../functions/contracts/replication';
import {
  applied,
  type Case,
  foreign,
  here,
  intent,
  item,
  now,
  own,
  removal,
  row,
  shows,
  there,
  tryAll,
  version,
} from './cases';

/** The bucket has not been looked at, or shows what is believed. */
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
  'nor is a put that is looked at again': {
    know: { items: [foreign], row: row({ applied: applied(3) }) },
    verify: true,
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
    next: { do: 'wait', because: 'the outcome of 10 copies is open' },
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
  'applied before': {
    know: { items: [foreign], row: row({ applied: applied(5) }) },
    next: { do: 'done', because: 'applied before' },
  },
  'a guess is what was applied, until it turns out to be our own write': {
    know: { items: [foreign], row: row({ applied: applied(5, { guessed: true }) }) },
    next: { do: 'done' },
  },
  'a guess stands beside another write of our own': {
    know: { items: [foreign, item(4, here)], row: row({ applied: applied(5, { guessed: true }) }) },
    next: { do: 'done' },
  },
  'the row knows of a greater delete than the items': {
    know: {
      items: [own],
      row: row({ applied: applied(7, { kind: 'delete', versionId: undefined }) }),
      look: shows(),
    },
    next: { do: 'done' },
  },
  'the bucket shows our own winner: no need to see its versions': {
    know: {
      items: [own],
      row: row({ applied: applied(5, { origin: here, own: true, versionId: own.versionId }) }),
      look: { current: version(`${here}-5`) },
    },
    next: { do: 'done', because: 'is current' },
  },
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
    next: { do: 'wait', because: 'a call under way may still land over it' },
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
  'our own write is read as the winner, and the row knows a greater one by now': {
    know: {
      items: [own],
      row: row({ applied: applied(9) }),
      look: shows(version('v9')),
    },
    next: { do: 'done' },
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
  'a winner that is copied from elsewhere': {
    know: { items: [item(6)], row: row({ applied: applied(5) }) },
    source: { time: 6, origin: there, region: 'us-east-1', versionId: 'copy' },
    next: {
      do: 'apply',
      item: { ...item(6), source: { time: 6, origin: there, region: 'us-east-1', versionId: 'copy' } },
      precondition: { eTag: '"v5"' },
    },
  },
  'a copy elsewhere of another write': {
    know: { items: [item(7)], row: row({ applied: applied(5) }) },
    source: { time: 6, origin: there, region: 'us-east-1', versionId: 'copy' },
    next: { do: 'apply', item: expect.not.objectContaining({ source: expect.anything() }) },
  },
  'tags under way are nothing that may land over it': {
    know: {
      items: [foreign],
      row: row({ applied: applied(5), intents: [intent(6, { kind: 'tags' })] }),
      look: shows(version('v5')),
    },
    next: { do: 'done', because: 'is current' },
  },
};

tryAll(cases);
