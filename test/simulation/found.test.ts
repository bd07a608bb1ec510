import { fixed, write } from './fixed';
import type { History } from './history';
import { run } from './run';

const minute = 60_000;

/** Cases that a reader of the code found, and no history of two thousand meets: each once broke an oracle. */
const found: Record<string, History> = {
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
};

test.each(Object.entries(found))('%s', async (_, history) => {
  expect(await run(history)).toMatchObject({ violations: [], repaired: false, parked: 0 });
});
