import { found } from './found';
import { run } from './run';

test.each(Object.entries(found))('%s', async (_, history) => {
  // What no event told of, repairs look for.
  const repaired = history.faults.includes('event-lost');
  expect(await run(history)).toMatchObject({ violations: [], repaired, parked: 0 });
});
