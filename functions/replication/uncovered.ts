import type { Applied, S3EventRecord } from '../contracts/replication';
import { believed, isKnown, type Known, ownItem } from './decide';
import { timeOf } from './heard';
import { describe, readJournal, writeJournal } from './journal';
import { head, listVersions, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { readRow, settle, unsettle } from './replicas';
import { isLater } from './stamp';

/**
 * Deliveries, about eleven minutes, after which what nobody knows is taken for older than the removal: an event of its
 * own would have come "typically in seconds", sometimes after "a minute or longer" (S3 User Guide, "Amazon S3 Event
 * Notifications").
 */
const patience = 8;

/**
 * Out: a version was removed for good. When it was the current one, an older one shows again, and that is a write like
 * any other; the removal of a covered one changes nothing. `wait`: a version may be one whose own event is on its way.
 * `look`: perhaps it was one of several markers that made the key absent.
 */
export async function removed(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  ports: Ports,
): Promise<'done' | 'wait' | 'look'> {
  const { versionId = '', sequencer } = event.s3.object;
  const items = await readJournal(place, ports);
  const knowledge: Known = { region: ports.region, items, row: await readRow(place, ports) };
  const own = ownItem(knowledge);
  const later = own?.sequencer && sequencer ? isLater(sequencer, own.sequencer) : true;
  if (later === false) {
    const { row } = knowledge; // written since
    if (!row || row.applied?.versionId !== versionId) return 'done';
    return (await unsettle(place, row, ports)) ? 'done' : 'wait';
  }
  const top = believed(knowledge);
  const isPatient = deliveries < patience;
  // Several removals in a row may have left nothing by the time the first was heard of: the last one says since when.
  const isOneOfMany = top?.own === true && top.kind === 'delete' && top.versionId === undefined;
  if (top?.versionId !== versionId && !(isOneOfMany && isKnown(versionId, knowledge))) {
    if (isPatient && !isKnown(versionId, knowledge)) return 'wait';
    return top?.kind === 'delete' ? 'look' : 'done';
  }
  const object = await head(place, ports);
  const latest = object ? versionOf(object) : (await listVersions(place, ports))[0];
  const isUnheard = latest !== undefined && !isKnown(latest.versionId, knowledge);
  if (top.kind === 'delete' && !object && !isOneOfMany) {
    // A marker that was not heard of is a delete of its own.
    return remark(place, versionId, isUnheard ? undefined : latest?.versionId, knowledge, ports);
  }
  // Perhaps not uncovered, but written since: then its own event says when, and that it comes after the removal.
  if (isPatient && isUnheard) return 'wait';
  const written = isUnheard ? latest.lastModified : 0;
  const time = Math.max(timeOf(event, ports), written, top.time + 1);
  // What is journaled stays the newest that is known for certain: no older event may come after it.
  const newest = later === undefined ? own?.sequencer : sequencer;
  const item = { time, sequencer: newest, check: true, ...describe(object, latest?.versionId) };
  return (await writeJournal(place, item, own, ports)) ? 'done' : 'wait';
}

/** A delete marker is gone, and there is nothing to see, as before: another marker, or none, stands for the delete now. */
async function remark(
  place: Place,
  before: string,
  versionId: string | undefined,
  knowledge: Known,
  ports: Ports,
): Promise<'done' | 'wait'> {
  const own = ownItem(knowledge);
  const { row } = knowledge;
  const isOfOurs = own?.kind === 'delete' && own.versionId === before;
  const journaled = !isOfOurs || (await writeJournal(place, { ...own, versionId }, own, ports));
  const isApplied = row?.applied?.versionId === before;
  const settled =
    !isApplied ||
    (await settle(
      place,
      { ...row.applied, versionId, guessed: true } as Applied,
      row,
      { seen: false },
      ports,
    ));
  return journaled && settled ? 'done' : 'wait';
}
