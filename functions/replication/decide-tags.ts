import { digestOf } from '../common/digest';
import {
  type Intent,
  type JournalItem,
  type ReplicaRow,
  type TagItem,
  tagsOrigin,
} from '../contracts/replication';
import type { Knowledge, Wish } from './decide';
import { believed, isKnown } from './knowledge';
import { isYoung } from './replicas';
import { greatest, isGreater, isSame } from './stamp';

/**
 * Tags change without a new version, without an order of S3's, and without a precondition. So a change is told with its
 * tags, the greatest stamp among the changes of one version's tags wins, and before tags are written those that are there
 * must be known: what nobody told of is a local change, whose event is on its way. Pure; tagging.ts does it.
 */

/** `shown`: what the version that is applied here has now. */
export type TagKnowledge = Knowledge & { shown?: string | undefined };

export type TagAction =
  | { do: 'done' }
  | { do: 'wait'; because: string; awaited?: string }
  | { do: 'look' }
  /** The row learns which change is in force here (`undefined`: the same as before), and that no call is under way. */
  | { do: 'settle'; item: TagItem | undefined }
  | { do: 'tag'; item: TagItem }
  | { do: 'journal'; time: number };

/** In: the next step towards "the object that is current has the tags of the greatest change". */
export function decideTags(
  { region, row, items, tagged, now, shown }: TagKnowledge,
  { adopt, tags: isAsked = false }: Pick<Wish, 'adopt' | 'tags'>,
): TagAction {
  const write = greatest(items);
  if (!row?.applied?.versionId || write?.kind !== 'put' || !isSame(row.applied, write)) return { do: 'done' };
  const changes = changesOf(write, tagged);
  const newest = greatest(changes);
  const open = row.intents.filter(
    ({ kind, versionId }) => kind === 'tags' && versionId === row.applied?.versionId,
  );
  const expected = expectedOf(row, write);
  const isSettled = newest
    ? row.tags !== undefined && !isGreater(newest, row.tags)
    : row.tags === undefined || row.tags.digest === expected[0];
  if (isSettled && open.length === 0 && !isAsked) return { do: 'done' };
  if (shown === undefined) return { do: 'look' };

  const digest = digestOf(shown);
  const item = newest ?? cameWith(write);
  const wanted = newest && !isSettled ? digestOf(newest.tags) : expected[0];
  if (wanted === undefined || digest === wanted) {
    if (!isSettled) return { do: 'settle', item };
    if (open.some((each) => isYoung(each, now)))
      return { do: 'wait', because: 'a call under way may still change the tags' };
    return open.length > 0 ? { do: 'settle', item: undefined } : { do: 'done' };
  }
  const own = ownTags(changes, region);
  const isOwn = own && !(row.tags && isGreater(row.tags, own)) && digestOf(own.tags) === digest;
  const isKnown =
    isOwn || expected.length === 0 || [...expected, ...open.map(({ tags }) => tags)].includes(digest);
  if (!isKnown) {
    const because = 'its tags were changed, and no event has told of it yet';
    if (adopt !== digest) return { do: 'wait', because, awaited: digest };
    return { do: 'journal', time: Math.max(write.time, row.tags?.time ?? 0, newest?.time ?? 0) + 1 };
  }
  const isAhead = row.tags !== undefined && row.tags.time > 0 && (!newest || isGreater(row.tags, newest));
  if (!item || isAhead) return { do: 'wait', because: 'the journal is behind the row' };
  return { do: 'tag', item };
}

/** What no change has been applied to must have the tags that it came with: a call for what showed before may change them. */
const cameWith = ({ key, time, origin, tags }: JournalItem): TagItem | undefined =>
  tags === undefined ? undefined : { key, origin, of: { time, origin }, time: 0, tags, revision: 0 };

/** Digests of the tags that a version may have by what this region did; first those that it must have. */
function expectedOf({ tags }: Pick<ReplicaRow, 'tags'>, write: JournalItem | undefined): string[] {
  if (tags && tags.time > 0) return [tags.digest];
  const ofWrite = write?.tags === undefined ? [] : [digestOf(write.tags)];
  return tags ? [...ofWrite, tags.digest] : ofWrite;
}

/** The event of a change of tags. */
export interface Tagging {
  versionId: string;
  /** Milliseconds since 1970. */
  time: number;
  /** A version that nobody knows may yet be explained by an event of its own. */
  isPatient: boolean;
}

/** Out: what a change of tags means. `see`: which version is current; `resolve`: it is journaled, and the key must be looked at. */
export function decideTagging(
  knowledge: TagKnowledge,
  { versionId, time, isPatient }: Tagging,
): TagAction | { do: 'resolve' } | { do: 'see' } {
  const { row, items, tagged, region, shown, look } = knowledge;
  const top = believed(knowledge);
  if (top?.kind !== 'put' || top.versionId !== versionId) {
    if (!isPatient || isKnown(versionId, knowledge)) return { do: 'done' }; // covered, so it shows nowhere
    if (!look) return { do: 'see' };
    return look.current?.versionId === versionId
      ? { do: 'wait', because: 'a version was tagged that has not been heard of' }
      : { do: 'done' };
  }
  if (shown === undefined) return { do: 'look' };
  const digest = digestOf(shown);
  const state = row?.applied?.versionId === versionId ? row : undefined;
  const expected = expectedOf(
    { tags: state?.tags },
    items.find((item) => isSame(item, top)),
  );
  const own = ownTags(tagged, region);
  const ofThis = own && isSame(own.of, top) ? own : undefined;
  const isUnsettled = ofThis && !(state?.tags && !isGreater(ofThis, state.tags));
  if (isUnsettled && digestOf(ofThis.tags) === digest) return { do: 'resolve' };
  if (expected.includes(digest)) return { do: 'done' };
  const isOurs = ({ kind, tags, versionId: of }: Intent) =>
    kind === 'tags' && of === versionId && tags === digest;
  if (row?.intents.some(isOurs)) return { do: 'resolve' };
  return { do: 'journal', time: Math.max(time, (state?.tags?.time ?? 0) + 1, (ofThis?.time ?? 0) + 1) };
}

/** The changes of a write's tags. */
export const changesOf = (
  { origin, time, adoptedAs }: Pick<JournalItem, 'origin' | 'time' | 'adoptedAs'>,
  tagged: readonly TagItem[],
): TagItem[] => tagged.filter(({ of }) => of.origin === origin && [time, adoptedAs].includes(of.time));

export const ownTags = (tagged: readonly TagItem[], region: string): TagItem | undefined =>
  tagged.find(({ origin }) => origin === tagsOrigin(region));
