import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Intent, JournalItem, ReplicaRow, S3EventRecord } from '../contracts/replication';
import { intentOf, rowStates, type Version } from './decide';
import { describe, readJournal, writeJournal } from './journal';
import { head, isMarkerThere, listVersions, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { readRow } from './replicas';
import { isGreater, isLater } from './stamp';

/** A clock that runs ahead must not make a write unbeatable: S3's time counts up to a minute into our future. */
const futureAllowed = 60_000;
const tries = 5;

export const timeOf = (event: S3EventRecord, ports: Ports): number =>
  Math.min(Date.parse(event.eventTime), ports.now() + futureAllowed);

/**
 * Out: journals a write to this region's bucket (an object or a delete marker), unless a later one is journaled. `false`:
 * there was nothing to journal, so an older write may count.
 * @throws Error when the journal kept changing; the message is then delivered again.
 */
export async function heard(place: Place, event: S3EventRecord, ports: Ports): Promise<boolean> {
  const { versionId, sequencer } = event.s3.object;
  if (versionId === undefined) throw new Error('the event names no version: versioning is not in force yet');
  const isDelete = event.eventName.startsWith('ObjectRemoved:');
  for (let i = 0; i < tries; i++) {
    const items = await readJournal(place, ports);
    const own = items.find((item) => item.origin === ports.region);
    if (own?.versionId === versionId) {
      // Its stamp is given. If it was adopted, S3's order of it is news.
      const isTold = own.sequencer !== undefined || sequencer === undefined;
      if (isTold || (await writeJournal(place, { ...own, sequencer }, own, ports))) return true;
      continue;
    }
    // An upload that came late may be older than this and yet later than a put before it: so that one counts, too.
    if (own && !(await isNews(place, event, own, ports))) return false;
    if (await isReplica(place, event, ports)) return false;

    const written = isDelete ? undefined : await lookAt(place, event, ports);
    if (isDelete ? !(await isMarkerThere(place, versionId, ports)) : !written) {
      ports.log('info', 'not-journaled', { ...place, versionId }); // its removal has an event of its own
      return false;
    }
    const time = await stampTime(place, event, own, items, ports);
    // This region must look, too, when another's write may be greater.
    const check = isDelete || items.some((item) => item.origin !== ports.region);
    const item = { time, sequencer, check, ...describe(written, versionId) };
    if (!(await writeJournal(place, item, own, ports))) continue;
    ports.log('info', 'journaled', { ...place, kind: item.kind, versionId, time, sequencer });
    return true;
  }
  throw new Error(`the journal's item changed ${tries} times while a write was to be journaled`);
}

/** S3's names of what a user does by other means than our functions: a plain upload is never a replica. */
const usersOnly = ['ObjectCreated:Put', 'ObjectCreated:Post'];

/** Our own functions' events are filtered out before they get here; a filter is no proof, the row is. */
async function isReplica(place: Place, event: S3EventRecord, ports: Ports): Promise<boolean> {
  if (usersOnly.includes(event.eventName)) return false;
  const { versionId } = event.s3.object;
  return rowStates(await readRow(place, ports)).some(
    (state) => !state.own && !state.guessed && state.versionId === versionId,
  );
}

/**
 * The version written; `undefined` when it need not be journaled: it was removed for good meanwhile (the removal has an
 * event of its own), or it came to lie beneath the current version at once. That is so with an upload that began before
 * another write and ended after it: in versioned buckets the upload that started last is current (S3 User Guide,
 * "Uploading and copying objects using multipart upload"), so its event comes last and yet is no news.
 */
async function lookAt(
  place: Place,
  event: S3EventRecord,
  ports: Ports,
): Promise<HeadObjectCommandOutput | undefined> {
  const { versionId } = event.s3.object;
  if (event.eventName !== 'ObjectCreated:CompleteMultipartUpload') return head(place, ports, { versionId });
  const current = await head(place, ports);
  return current?.VersionId === versionId ? current : undefined;
}

/** Later in S3's own order than what is journaled. Where sequencers don't say, the bucket does. */
async function isNews(place: Place, event: S3EventRecord, own: JournalItem, ports: Ports): Promise<boolean> {
  const { versionId, sequencer } = event.s3.object;
  const later = sequencer && own.sequencer ? isLater(sequencer, own.sequencer) : undefined;
  if (later !== undefined) return later;
  const there = (await listVersions(place, ports)).map((version) => version.versionId);
  if (versionId && own.versionId && there.includes(versionId) && there.includes(own.versionId)) {
    return (await listVersions(place, ports, versionId)).some((older) => older.versionId === own.versionId);
  }
  // One of the two has been removed since. As numbers, then: so the newer of AWS's texts reads.
  return !sequencer || !own.sequencer || BigInt(`0x${sequencer}`) > BigInt(`0x${own.sequencer}`);
}

/**
 * The write's time: S3's, but after the write of this region before it, and after every replica that was visible
 * beneath it (a hybrid logical clock, which loses no write when clocks jump). The last needs a look only where another
 * region's stamp is greater, else the clocks agree already. The row knows all replicas: of one that is not settled yet
 * it holds the intent.
 */
async function stampTime(
  place: Place,
  event: S3EventRecord,
  own: JournalItem | undefined,
  items: readonly JournalItem[],
  ports: Ports,
): Promise<number> {
  const eventTime = timeOf(event, ports);
  const time = own ? Math.max(eventTime, own.time + 1) : eventTime;
  const isLast = !items.some((item) => isGreater(item, { time, origin: ports.region }));
  const { versionId } = event.s3.object;
  if (isLast || versionId === undefined) return time;
  const row = await readRow(place, ports);
  // Whose marker a guessed one is, nobody can say.
  const applied = rowStates(row).filter((state) => !(state.kind === 'delete' && state.guessed));
  const states = [...applied, ...(own ? [own] : [])];
  const beneath = await listVersions(place, ports, versionId);
  const knownAs = (version: Version) => states.find((state) => state.versionId === version.versionId);
  const seen = beneath.map((version) => knownAs(version)?.time ?? 0);
  // What lies beneath a known version, that one's own stamp has counted.
  const firstKnown = beneath.findIndex(knownAs);
  for (const version of beneath.slice(0, firstKnown < 0 ? undefined : firstKnown)) {
    seen.push((await copiedAs(place, version, row, ports))?.time ?? 0);
  }
  return Math.max(time, ...seen.map((visible) => visible + 1));
}

/** The intent whose copy an object may be. Of delete markers nobody can say: see "What can't be avoided" in docs/protocol.md. */
async function copiedAs(
  place: Place,
  version: Version,
  row: ReplicaRow | undefined,
  ports: Ports,
): Promise<Intent | undefined> {
  if (version.isMarker || !intentOf(version, row)) return undefined;
  const object = await head(place, ports, { versionId: version.versionId });
  return object && intentOf(versionOf(object), row);
}
