import type { S3EventRecord } from '../contracts/replication';
import { believed, isKnown, type Knowledge, ownItem } from './decide';
import { timeOf } from './heard';
import { describe, readJournal, writeJournal } from './journal';
import { head, listVersions } from './objects';
import type { Place, Ports } from './ports';
import { readRow, unsettle } from './replicas';
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
 */
export async function removed(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  ports: Ports,
): Promise<'done' | 'wait'> {
  const { versionId = '', sequencer } = event.s3.object;
  const items = await readJournal(place, ports);
  const knowledge = { region: ports.region, items, row: await readRow(place, ports) };
  const own = ownItem(knowledge);
  if (own?.sequencer && sequencer && isLater(sequencer, own.sequencer) === false) {
    return forget(place, versionId, knowledge, ports); // written since
  }
  const top = believed(knowledge);
  const isPatient = deliveries < patience;
  if (top?.versionId !== versionId) {
    return isPatient && !isKnown(versionId, knowledge) ? 'wait' : 'done';
  }
  const object = await head(place, ports);
  if (top.kind === 'delete' && !object) return forget(place, versionId, knowledge, ports);
  const latest = object?.VersionId ?? (await listVersions(place, ports))[0]?.versionId;
  // Perhaps not uncovered, but written since: then its own event says when, and that it comes after the removal.
  if (isPatient && latest !== undefined && !isKnown(latest, knowledge)) return 'wait';
  const time = Math.max(timeOf(event, ports), top.time + 1);
  const item = { time, sequencer, check: true, ...describe(object, latest) };
  return (await writeJournal(place, item, own, ports)) ? 'done' : 'wait';
}

/** What is current did not change by the removal: the version only is to be missed by nobody. */
async function forget(
  place: Place,
  version: string,
  knowledge: Pick<Knowledge, 'items' | 'region' | 'row'>,
  ports: Ports,
): Promise<'done' | 'wait'> {
  const own = ownItem(knowledge);
  const { row } = knowledge;
  const isMarkerOfOurs = own?.kind === 'delete' && own.versionId === version;
  const journaled =
    !isMarkerOfOurs || (await writeJournal(place, { ...own, versionId: undefined }, own, ports));
  const settled = row?.applied?.versionId !== version || (await unsettle(place, row, ports));
  return journaled && settled ? 'done' : 'wait';
}
