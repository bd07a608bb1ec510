import type { Violation } from './oracles';
import type { TagChange } from './truth';
import type { World } from './world';

/**
 * The rule for tags, from the recorded changes alone: the object that is current has those of a change of its own tags that
 * no other surely beats, or, without any, those that it came with.
 */
export function judgeTags(world: World, key: string): Violation[] {
  const { truth, names } = world;
  const current = world.at(names[0] as string).bucket.current(key);
  if (!current?.content) return [];
  const { tags } = current.content;
  // Writes of the same bytes and metadata may be taken for one another.
  const { body, metadata } = current.content;
  const alike = truth
    .of(key)
    .filter(({ version }) => version?.content?.body === body && version.content.metadata === metadata);
  const ids = alike.map(({ id }) => id);
  const changes = truth.tagged.filter((change) => ids.includes(change.version.write ?? -1));
  const winners = changes.filter((change) => change.tags === tags);
  if (winners.length === 0 && !alike.some((write) => write.tags === tags))
    return [{ oracle: 'the tags are those of a change', detail: `${key} has ${tags}` }];
  // What a removal uncovers has the tags that it had there.
  if (alike.length > 1 || truth.of(key).some(({ kind }) => kind === 'removal')) return [];
  const rivals = changes.filter(({ lost, overwritten }) => !lost && !overwritten);
  const [winner] = winners;
  const isBeaten = (by: TagChange, change: TagChange) =>
    by.before === change.tags || isSurelyGreater(by, change, changes);
  const beater = rivals.find((rival) => rival !== winner && (!winner || isBeaten(rival, winner)));
  if (!beater) return [];
  return [{ oracle: 'the greatest change of tags', detail: `${key} has ${tags}, not ${beater.tags}` }];
}

/**
 * Each starts from the time of its event, and is raised by what it was made over. What a late event finds may be a later
 * change, which so is told of with an earlier time.
 */
function isSurelyGreater(a: TagChange, b: TagChange, all: TagChange[]): boolean {
  if (b.lost) return false;
  const least = Math.min(...all.filter(({ region, at }) => region === a.region && at <= a.at).map(timeOf));
  const greatest = Math.max(...all.filter(({ at }) => at <= b.at).map(timeOf)) + all.length;
  return least > greatest;
}

const timeOf = ({ time }: TagChange) => time;
