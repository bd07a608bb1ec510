import { fixed, write } from './fixed';
import type { History } from './history';

const minute = 60_000;

/**
 * Cases that a reader of the code found, and few histories that are drawn meet: each once broke an oracle, or does with a
 * planted bug.
 */
export const found: Record<string, History> = {
  'an upload is covered when it is heard of, and what covers it is removed unheard': fixed(
    1,
    ['event-delayed'],
    [
      write({ region: 1 }),
      write({ gap: 20_000, kind: 'large', upload: 1000, longDelay: 3000 }),
      write({ gap: 2000, longDelay: 6000 }),
      write({ gap: 5000, kind: 'remove-current' }),
    ],
  ),
  'an upload is deleted before it is heard of, and undeleted before the delete is': fixed(
    1,
    ['event-delayed'],
    [
      write({ region: 1 }),
      write({ gap: 20_000, kind: 'large', upload: 1000, longDelay: 3000 }),
      write({ gap: 2000, kind: 'delete', longDelay: 5000 }),
      write({ gap: 4000, kind: 'remove-current' }),
    ],
  ),
  'functions are throttled for hours while a large object is copied': fixed(
    1,
    ['stopped'],
    [write({ region: 1, kind: 'large' })],
    { windows: [{ fault: 'stopped', region: 0, from: 2280, length: 240 * minute, jump: 0 }] },
  ),
  'an upload ends under more copies than are remembered': fixed(
    1,
    ['event-delayed'],
    [
      write({ kind: 'large', upload: 30_000, longDelay: 1000 }),
      ...Array.from({ length: 7 }, () => write({ region: 1, gap: 2000 })),
    ],
  ),
  'what must be current is removed just before the wait for what covered it ends': fixed(
    1,
    ['event-delayed', 'event-lost'],
    [
      write({}),
      write({ gap: 5000 }),
      write({ gap: 5000, lost: true }),
      write({ gap: 2000, region: 1 }),
      write({ gap: 20 * minute, kind: 'remove-current' }),
      write({ gap: 1000, kind: 'remove-current', longDelay: 100_000 }),
    ],
  ),
  'a write whose event is lost lies over a copy of a clock ahead, whose function died before it said so':
    fixed(
      1,
      ['event-lost', 'killed', 'clock-skew'],
      [write({ region: 1 }), write({ gap: 950, lost: true })],
      { skews: [0, 50_000, 0], kills: [{ call: 9, when: 'after' }] }, // the first copy
    ),
  'a delete comes from elsewhere while a put of the same bytes is being journaled, and covers it': fixed(
    1,
    ['slow-call'],
    [
      write({ digest: true }),
      write({ gap: 5000, region: 1, kind: 'delete' }),
      write({ gap: 20, kind: 'same-bytes', digest: true }),
    ],
    { slow: [{ call: 19, milliseconds: 15_000 }] }, // the look at what the put has written
  ),
};
