import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from '../../cli/installation';
import { groupBy } from '../../functions/common/group-by';
import { greatest } from '../../functions/replication/stamp';
import { difference, readBack } from '../../local/demo/objects';
import type { BucketSet } from '../end-to-end/mars';
import { everything, failures, journal, waiting } from './regions';
import { type Done, keyOf, type Round, write } from './users';

/** Seconds after the last write in which all regions must show the same. */
const patience = 300;

/**
 * Writes in all regions at once, then waits until they are equal. `settled`: seconds from the last write to then.
 * @throws Error when they are not in time, when a key shows something else than the journal's winner, or when anything
 * has failed.
 */
export async function converge(
  mars: Installation,
  set: BucketSet,
  round: Round,
): Promise<Done & { settled: number }> {
  const done = await write(mars, set, round);
  const settled = await untilEqual(mars, set);
  const failed = await Promise.all(set.regions.map((region) => failures(mars, set, region)));
  const wrong = [...failed.flat(), ...(await wrongKeys(mars, set, round))];
  if (wrong.length > 0) throw new Error(`round ${round.seed}: ${wrong.join('; ')}`);
  return { ...done, settled };
}

/** No message is under way, and buckets and journals are equal; seen twice, as regions are read one after another. */
async function untilEqual(mars: Installation, set: BucketSet): Promise<number> {
  const began = performance.now();
  let before: string | undefined;
  for (;;) {
    const seconds = (performance.now() - began) / 1000;
    const messages = await Promise.all(set.regions.map((region) => waiting(mars, region)));
    const shown = await Promise.all(set.regions.map((region) => everything(mars, set, region)));
    const [first] = shown;
    const isEqual = shown.every((each) => each === first) && messages.every((number) => number === 0);
    if (isEqual && before === first) return seconds;
    before = isEqual ? first : undefined;
    if (seconds > patience) throw new Error(`the regions still differ after ${patience} s: ${messages}`);
    await sleep(1000);
  }
}

/** Every key shows the very version that its winner names: bytes, headers, metadata and tags. */
async function wrongKeys(mars: Installation, set: BucketSet, round: Round): Promise<string[]> {
  const items = groupBy(await journal(mars, set, set.regions[0]), ({ key }) => key);
  const winners = new Map(items.map((ofKey) => [ofKey[0]?.key, greatest(ofKey)]));
  const wrong: string[] = [];
  for (let number = 1; number <= round.keys; number++) {
    const key = keyOf(round, number);
    const winner = winners.get(key);
    const wanted =
      winner?.kind === 'put'
        ? await readBack(mars, set.baseName, winner.origin, key, winner.versionId)
        : undefined;
    for (const region of set.regions) {
      const differs = difference(wanted, await readBack(mars, set.baseName, region, key));
      if (differs) wrong.push(`${region}: ${key} ${differs}`);
    }
  }
  return wrong;
}
