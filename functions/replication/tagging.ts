import { digestOf } from '../common/digest';
import type { S3EventRecord } from '../contracts/replication';
import type { Waits, Wish } from './decide';
import { decideTagging, decideTags, ownTags, type TagKnowledge } from './decide-tags';
import { timeOf } from './heard';
import { writeTagItem } from './journal';
import { believed } from './knowledge';
import { head, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { isPatient } from './queue';
import { settleTags } from './replicas';
import { greatest } from './stamp';
import { tagsHere, writeTags } from './tags';
import { writeAhead } from './write-ahead';

/**
 * In: gives the object that is current here the tags of the greatest change. What to do is decided in decide-tags.ts.
 * `again`: what is known has changed.
 */
export async function retag(
  place: Place,
  known: TagKnowledge,
  wish: Pick<Wish, 'adopt' | 'tags'>,
  ports: Ports,
): Promise<'done' | 'again' | Waits> {
  const { row } = known;
  const versionId = row?.applied?.versionId;
  let knowledge = known;
  let action = decideTags(knowledge, wish);
  if (action.do === 'look') {
    const shown = await tagsHere(place, versionId ?? '', ports);
    if (shown === undefined) return 'again'; // it is gone: the next look finds that
    knowledge = { ...known, shown };
    action = decideTags(knowledge, wish);
  }
  if (action.do === 'done') return 'done';
  if (action.do === 'wait') return { wait: action.because, awaited: action.awaited };
  if (action.do === 'look' || !row || !versionId) throw new Error('a decision asked for the same look twice');
  if (action.do === 'journal') {
    await journal(place, versionId, action.time, knowledge, ports);
    return 'again';
  }
  if (action.do === 'settle') {
    const settled = await settleTags(place, row, { item: action.item }, ports);
    return settled && settled.intents.length === 0 ? 'done' : 'again';
  }
  const { item } = action;
  const { time, origin } = item;
  const intent = { time, origin, kind: 'tags' as const, tags: digestOf(item.tags), versionId };
  const call = () => writeTags(place, versionId, item.tags, ports);
  const landed = await writeAhead(place, intent, row, { seen: false }, call, ports);
  if (typeof landed === 'string') return 'again';
  const settled = await settleTags(place, landed.row, { item, by: landed.by }, ports);
  ports.log('info', 'tagged', { ...place, origin, time, versionId });
  return settled && settled.intents.length === 0 ? 'done' : 'again';
}

/** Out: a version's tags were changed. `resolve`: the key must be looked at. */
export async function tagged(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  known: TagKnowledge,
  ports: Ports,
): Promise<'done' | 'resolve' | { wait: string }> {
  const { versionId = '' } = event.s3.object;
  const tagging = { versionId, time: timeOf(event, ports), isPatient: isPatient(deliveries) };
  let knowledge = known;
  let action = decideTagging(knowledge, tagging);
  if (action.do === 'see') {
    const object = await head(place, ports);
    knowledge = { ...known, look: { current: object && versionOf(object) } };
    action = decideTagging(knowledge, tagging);
  }
  if (action.do === 'look') {
    const shown = await tagsHere(place, versionId, ports);
    if (shown === undefined) return 'done'; // removed since
    knowledge = { ...knowledge, shown };
    action = decideTagging(knowledge, tagging);
  }
  if (action.do === 'wait') return { wait: action.because };
  if (action.do !== 'journal') return action.do === 'resolve' ? 'resolve' : 'done';
  if (await journal(place, versionId, action.time, knowledge, ports)) return 'resolve';
  return { wait: 'the tags were changed while a change of them was to be journaled' };
}

/** Journals the tags that the version shows. `false`: another call was faster. */
async function journal(
  place: Place,
  versionId: string,
  time: number,
  knowledge: TagKnowledge,
  ports: Ports,
): Promise<boolean> {
  const { tagged: items, region, shown = '' } = knowledge;
  const top = believed(knowledge) ?? greatest(knowledge.items);
  if (!top) throw new Error('nothing is known of which the tags could be');
  const item = { of: { time: top.time, origin: top.origin }, time, tags: shown };
  const isWritten = await writeTagItem(place, item, ownTags(items, region), ports);
  if (isWritten) ports.log('info', 'tags-journaled', { ...place, versionId, time });
  return isWritten;
}
