import type { JournalItem, LookMessage, S3EventRecord } from '../contracts/replication';
import { rowStates } from './heard';
import { readJournal, writeJournal } from './journal';
import { head, listVersions } from './objects';
import type { Place, Ports } from './ports';
import { readRow } from './replicas';
import { greatest, isLater } from './stamp';

/** Deliveries for which the removal of a version that nobody knows waits for the event of its creation. */
const patience = 3;

/**
 * Out: a version was removed for good. When it was the current one, an older one shows again, and that is a write like
 * any other; the removal of a covered one changes nothing. `wait`: the version may be one whose own event is on its way.
 */
export async function removed(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  ports: Ports,
): Promise<'done' | 'wait'> {
  const { versionId, sequencer } = event.s3.object;
  const own = (await readJournal(place, ports)).find((item) => item.origin === ports.region);
  if (own?.sequencer && sequencer && isLater(sequencer, own.sequencer) === false) return 'done';
  const row = await readRow(place, ports);
  const top = greatest([...(own ? [own] : []), ...(row ? [row] : [])]);
  if (top && top.versionId !== versionId) {
    const known = rowStates(row).some((state) => state.versionId === versionId);
    return known || deliveries > patience ? 'done' : 'wait';
  }
  const time = Math.max(Date.parse(event.eventTime), (top?.time ?? 0) + 1);
  return (await journalCurrent(place, { time, sequencer, event: 'removal' }, own, ports)) ? 'done' : 'wait';
}

/** Out: another region misses the version that our journal names. If it is gone indeed, journals what shows instead. */
export async function look(place: Place, message: LookMessage, ports: Ports): Promise<'done' | 'wait'> {
  const own = (await readJournal(place, ports)).find((item) => item.origin === ports.region);
  if (!own || own.versionId !== message.versionId) return 'done'; // journaled anew meanwhile
  if (await head(place, ports, { versionId: own.versionId })) return 'done';
  const row = await readRow(place, ports);
  const time = (greatest([own, ...(row ? [row] : [])])?.time ?? 0) + 1;
  return (await journalCurrent(place, { time, event: 'look' }, own, ports)) ? 'done' : 'wait';
}

async function journalCurrent(
  place: Place,
  what: Pick<JournalItem, 'time' | 'event' | 'sequencer'>,
  own: JournalItem | undefined,
  ports: Ports,
): Promise<boolean> {
  const sequencer = what.sequencer ?? own?.sequencer;
  const current = await head(place, ports);
  if (!current) {
    const marker = (await listVersions(place, ports)).find((version) => version.isLatest);
    const item = { ...what, kind: 'delete' as const, versionId: marker?.versionId, sequencer, check: true };
    return writeJournal(place, item, own, ports);
  }
  const item = {
    ...what,
    kind: 'put' as const,
    versionId: current.VersionId,
    sequencer,
    size: current.ContentLength,
    eTag: current.ETag,
    storageClass: current.StorageClass,
    websiteRedirectLocation: current.WebsiteRedirectLocation,
    check: true,
  };
  return writeJournal(place, item, own, ports);
}
