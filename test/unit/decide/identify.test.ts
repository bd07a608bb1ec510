import type { Applied } from '../../../functions/contracts/replication';
import {
  applied,
  type Case,
  foreign,
  here,
  intent,
  item,
  marker,
  removal,
  row,
  shows,
  there,
  tryAll,
  version,
} from './cases';

/** Of our own write of that time. */
const copyElsewhere = { time: 600, origin: here, region: there, versionId: 'copy' };

/** Our own write of that time has been removed, and nothing is left. */
const ownRemoved = {
  items: [item(600, here)],
  row: row({ applied: applied(600, { origin: here, versionId: `${here}-600`, own: true }) }),
  look: shows(),
};

/** The bucket shows something else than what is believed. */
const cases: Record<string, Case> = {
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
      items: [foreign, item(2, here, { previous: ['x'] })],
      look: shows(version('x'), version(`${here}-2`)),
    },
    next: { do: 'apply', precondition: { eTag: '"x"' } },
  },
  'a local write is waited for': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: shows(version('x'), version('v3')) },
    next: { do: 'wait', because: 'version x is current, and no event has told of it yet' },
  },
  'a local write over nothing is waited for': {
    know: { items: [foreign], look: shows(version('x')) },
    next: { do: 'wait', because: 'version x is current, and no event has told of it yet' },
  },
  'a local write over a delete is waited for': {
    know: {
      items: [removal(5)],
      row: row({ applied: applied(5, { kind: 'delete', versionId: undefined }) }),
      look: shows(version('x')),
    },
    verify: true,
    next: { do: 'wait', because: 'version x is current, and no event has told of it yet' },
  },
  'a local write where nothing is known is adopted': {
    know: { look: shows(version('x')) },
    verify: true,
    adopt: true,
    next: { do: 'journal', current: version('x'), time: 500 },
  },
  'what was applied before our own write is covered': {
    know: {
      items: [item(7), item(6, here)],
      row: row({ applied: applied(5) }),
      look: shows(version('v5'), version(`${here}-6`)),
    },
    next: { do: 'apply', precondition: { eTag: '"v5"' } },
  },
  'the winner was applied, yet a state of the history is current: put back': {
    know: {
      items: [foreign],
      row: row({ applied: applied(5), history: [applied(2)] }),
      look: shows(version('v2'), version('v5')),
    },
    verify: true,
    next: { do: 'apply', item: foreign, precondition: { eTag: '"v2"' } },
  },
  'nothing is known any more but the version that is there': {
    know: { row: row({ history: [applied(3)] }), look: shows(version('v3')) },
    verify: true,
    next: { do: 'done', because: 'nothing is known, and nothing is there' },
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
  'a local write that came while another was waited for has a wait of its own': {
    know: { items: [foreign], row: row({ applied: applied(3) }), look: shows(version('x'), version('v3')) },
    adopt: 'another',
    next: { do: 'wait', awaited: 'x' },
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
  'adopted later than a copy beneath of which the row holds the intent': {
    know: {
      items: [item(900)],
      row: row({ applied: applied(400), intents: [intent(900)] }),
      look: shows(version('x', { size: 11 }), version('y'), version('v400')),
    },
    adopt: true,
    next: { do: 'journal', current: version('x', { size: 11 }), time: 901 },
  },
  'the row knows of a greater write than the journal that was read before it': {
    know: {
      items: [item(5)],
      row: row({ applied: applied(7), history: [applied(2)] }),
      look: shows(version('v2'), version('v7')),
    },
    verify: true,
    next: { do: 'wait', because: 'the journal is behind the row' },
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
  'a second copy of our own write, put back, is recognised': {
    know: {
      items: [item(4, here)],
      row: row({ applied: applied(4, { origin: here, own: true }), intents: [intent(4, { origin: here })] }),
      look: shows(version('x'), version('v3'), version('v4')),
    },
    verify: true,
    next: {
      do: 'settle',
      applied: { ...applied(4, { origin: here }), versionId: 'x', eTag: '"x"', guessed: true } as Applied,
    },
  },
  'a second copy comes to light when the first one is removed': {
    know: {
      items: [foreign],
      row: row({ applied: applied(4), intents: [intent(4)] }),
      look: shows(version('x'), version('v3')),
    },
    verify: true,
    next: { do: 'wait', because: 'version v4 was removed here, and no event has told of it yet' },
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
  'what a removal shows may be the copy of an older intent': {
    know: {
      items: [item(600, here)],
      row: row({ ...ownRemoved.row, intents: [intent(4)] }),
      look: shows(version('x')),
    },
    verify: true,
    next: { do: 'wait', awaited: `${here}-600` },
  },
  'what a removal shows that no event tells of, a copy of an older intent': {
    know: {
      items: [item(600, here)],
      row: row({ ...ownRemoved.row, intents: [intent(4)] }),
      look: shows(version('x')),
    },
    verify: true,
    adopt: true,
    next: { do: 'journal', current: version('x'), time: 601 },
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
  'a version that tells no checksum may be the copy': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4)] }),
      look: shows(version('x', { checksum: undefined }), version('v3')),
    },
    next: { do: 'settle' },
  },
  "a copy in parts has S3's own checksum instead of a SHA-256": {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { checksum: 'SHA256:a' })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'settle' },
  },
  'another algorithm is no copy, where S3 would have kept the original one': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { checksum: 'SHA256:a' })] }),
      look: shows(version('x', { checksum: 'CRC32:a' }), version('v3')),
    },
    next: { do: 'wait' },
  },
  'nor is the other way round': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4)] }),
      look: shows(version('x', { checksum: 'SHA256:a' }), version('v3')),
    },
    next: { do: 'wait' },
  },
  'our own write, put back, is recognised': {
    know: {
      items: [foreign, item(4, here)],
      row: row({ applied: applied(3), intents: [intent(4, { origin: here })] }),
      look: shows(version('x'), version(`${here}-4`)),
    },
    next: { do: 'settle', applied: expect.objectContaining({ origin: here, own: false, versionId: 'x' }) },
  },
  'a put is no copy of a delete': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(4, { kind: 'delete' })] }),
      look: shows(version('x'), version('v3')),
    },
    next: { do: 'wait' },
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
    next: { do: 'wait', because: 'version v3 was removed here, and no event has told of it yet' },
  },
  'what was applied has been removed, and no event tells: it is put back': {
    know: {
      items: [item(600)],
      row: row({ applied: applied(600), history: [applied(2)] }),
      look: shows(version('v2')),
    },
    verify: true,
    adopt: true,
    next: {
      do: 'apply',
      item: expect.objectContaining({
        source: { time: 600, origin: there, region: there, versionId: `${there}-600` },
      }),
      precondition: { eTag: '"v2"' },
    },
  },
  'not under what nobody knows': {
    know: { items: [item(600)], row: row({ applied: applied(600) }), look: shows(version('new')) },
    verify: true,
    adopt: true,
    next: { do: 'journal', current: version('new'), time: 601 },
  },
  'our own write has been removed, and no event tells': {
    know: ownRemoved,
    adopt: true,
    next: { do: 'journal', current: undefined, time: 601 },
  },
  'our own write has been removed while something else was waited for': {
    know: ownRemoved,
    adopt: 'another',
    next: { do: 'wait', awaited: `${here}-600` },
  },
  'our own write has been removed, but not the version that was put back before': {
    know: {
      items: [item(600, here)],
      row: row({ applied: applied(600, { origin: here }) }),
      look: shows(marker('m'), version(`${here}-600`)),
    },
    adopt: true,
    next: { do: 'journal' },
  },
  'a delete has been removed, and no event tells: what shows is a write': {
    know: {
      items: [removal(600)],
      row: row({ applied: applied(600, { kind: 'delete' }), history: [applied(2)] }),
      look: shows(version('v2')),
    },
    verify: true,
    adopt: true,
    next: { do: 'journal', current: version('v2'), time: 601 },
  },
  'our own write and its copy have been removed, and older ones are there': {
    know: {
      items: [item(600, here)],
      row: row({ applied: applied(600, { origin: here }), history: [applied(2)] }),
      look: shows(version('v2')),
    },
    adopt: true,
    next: { do: 'journal', current: version('v2'), time: 601 },
  },
  'other tags that are on their way are no copy': {
    know: {
      items: [foreign],
      row: row({ applied: applied(3), intents: [intent(5, { kind: 'tags' })] }),
      look: shows(version('x')),
    },
    next: { do: 'wait', because: 'version x is current, and no event has told of it yet' },
  },
  'our own copy has been removed, but not its source': {
    know: {
      items: [item(600, here)],
      row: row({ applied: applied(600, { origin: here }), history: [applied(2)] }),
      look: shows(version('v2'), version(`${here}-600`)),
    },
    adopt: true,
    next: { do: 'apply', precondition: { eTag: '"v2"' } },
  },
  'our own write has been removed, and there is a copy elsewhere': {
    know: ownRemoved,
    adopt: true,
    source: copyElsewhere,
    next: { do: 'apply', item: expect.objectContaining({ source: copyElsewhere }), precondition: 'absent' },
  },
  'there is a copy elsewhere, but the event of the removal may come': {
    know: ownRemoved,
    source: copyElsewhere,
    next: { do: 'wait' },
  },
  'there is a copy elsewhere, but of another write': {
    know: {
      items: [item(700, here)],
      row: row({ applied: applied(700, { origin: here, versionId: `${here}-700`, own: true }) }),
      look: shows(),
    },
    adopt: true,
    source: copyElsewhere,
    next: { do: 'journal' },
  },
};

tryAll(cases);
