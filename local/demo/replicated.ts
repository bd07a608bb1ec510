import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../cli/connection';
import { difference, readBack, type Seen } from './objects';

/** A region did not get there in time; the message names region, key and what differs. */
export class NotReplicated extends Error {
  override readonly name = 'NotReplicated';
}

/**
 * Waits until a key is as expected in every region, each read back whole; `expected` is `undefined` for a key that must
 * be gone; `onRegion` is told of each.
 * @throws NotReplicated after `patience` milliseconds.
 */
export async function replicated(
  connection: Connection,
  set: { baseName: string; regions: readonly string[] },
  key: string,
  expected: Seen | undefined,
  patience: number,
  onRegion: (region: string) => void = () => {},
): Promise<void> {
  const start = performance.now();
  await Promise.all(
    set.regions.map(async (region) => {
      for (;;) {
        const wrong = difference(expected, await readBack(connection, set.baseName, region, key));
        const passed = performance.now() - start;
        if (wrong === undefined) return onRegion(region);
        if (passed > patience) {
          throw new NotReplicated(
            `${region}: ${JSON.stringify(key)} ${wrong}, ${Math.round(passed / 1000)} s on`,
          );
        }
        await sleep(100);
      }
    }),
  );
}
