import { fixed, write } from './fixed';
import type { Write } from './history';
import { Users } from './users';
import { World } from './world';

/** What the 2020 release loses when events come up to a second late (docs/protocol.md, "What the 2020 release lost"). */
const cases: Record<string, [Partial<Write>, Partial<Write>]> = {
  'two regions write one key, the second 300 ms later': [
    { region: 0, kind: 'put' },
    { region: 1, kind: 'put', gap: 300 },
  ],
  'a delete in one region, a put in another 200 ms later': [
    { region: 0, kind: 'delete' },
    { region: 1, kind: 'put', gap: 200 },
  ],
  'one region: a delete, then a put 200 ms later': [
    { region: 0, kind: 'delete' },
    { region: 0, kind: 'put', gap: 200 },
  ],
};

/** Delays of the two events, in tenths of a second: all pairs, so either may come first. */
const delays = Array.from({ length: 121 }, (_, i) => [Math.floor(i / 11) * 100, (i % 11) * 100] as const);

test.each(Object.entries(cases))('%s: the later one is everywhere', async (_, [first, second]) => {
  for (const [seed, [ofFirst, ofSecond]] of delays.entries()) {
    // What both write over is everywhere by then.
    const before = write({ region: 2 });
    const writes = [
      before,
      write({ gap: 20_000, longDelay: ofFirst, ...first }),
      write({ longDelay: ofSecond, ...second }),
    ];
    const world = new World(fixed(seed, ['event-delayed'], writes));
    new Users(world).begin();
    await world.engine.run();
    expect(world.faults).toEqual([]);
    const [, , last] = world.truth.writes;
    const shown = world.names.map((region) => world.at(region).bucket.current('a')?.content?.body);
    expect(shown).toEqual(Array(3).fill(last?.version?.content?.body));
  }
});
