import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Applied, JournalItem, ReplicaRow, S3EventRecord } from '../contracts/replication';
import { readJournal, writeJournal } from './journal';
import { head, isSameContent, listVersions } from './objects';
import type { Place, Ports } from './ports';
import { readRow } from './replicas';
import { isGreater, isLater } from './stamp';

/** A clock that runs ahead must not make a write unbeatable: S3's time counts up to a minute into our future. */
const futureAllowed = 60_000;
const tries = 5;

/**
 * Out: journals a write to this region's bucket (an object or a delete marker), unless a later one is journaled.
 * @throws Error when the journal kept changing; the message is then delivered again.
 */
export async function heard(place: Place, event: S3EventRecord, ports: Ports): Promise<void> {
  const { versionId, sequencer } = event.s3.object;
  if (versionId === undefined) throw new Error('the event names no version: versioning is not in force yet');
  const kind = event.eventName.startsWith('ObjectRemoved:') ? 'delete' : 'put';
  for (let i = 0; i < tries; i++) {
    const items = await readJournal(place, ports);
    const own = items.find((item) => item.origin === ports.region);
    if (own && !(await isNews(place, event, own, ports))) return;
    if (await isReplica(place, event, ports)) return;

    const written = kind === 'put' ? await lookAt(place, event, ports) : undefined;
    if (kind === 'put' && !written) {
      ports.log('info', 'not-journaled', { ...place, versionId });
      return;
    }
    const time = await stampTime(place, event, own, items, ports);
    const restamped = own?.versionId === versionId;
    const journaled = await writeJournal(
      place,
      {
        time,
        kind,
        versionId,
        sequencer,
        event: 'write',
        ...(written && { size: written.ContentLength, eTag: written.ETag }), // the event's eTag lacks its quotes
        ...(written?.StorageClass && { storageClass: written.StorageClass }),
        ...(written?.WebsiteRedirectLocation && {
          websiteRedirectLocation: written.WebsiteRedirectLocation,
        }),
        // This region must look, too, when another's write may be greater, or has been laid over this one.
        check: kind === 'delete' || restamped || items.some((item) => item.origin !== ports.region),
        ...(restamped && { restamped }),
      },
      own,
      ports,
    );
    if (!journaled) continue;
    ports.log('info', 'journaled', { ...place, kind, versionId, time, from: event.s3.object.sequencer });
    return;
  }
  throw new Error(`the journal's item changed ${tries} times while a write was to be journaled`);
}

/** S3's names of what a user does by other means than our functions: a plain upload is never a replica. */
const usersOnly = ['ObjectCreated:Put', 'ObjectCreated:Post'];

/** Our own functions' events are filtered out before they get here; a filter is no proof, the row is. */
async function isReplica(place: Place, event: S3EventRecord, ports: Ports): Promise<boolean> {
  if (usersOnly.includes(event.eventName)) return false;
  const states = rowStates(await readRow(place, ports));
  return states.some(
    ({ versionId, own, guessed }) => !own && !guessed && versionId === event.s3.object.versionId,
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
  if (own.versionId === versionId && own.event === 'write') return false; // delivered twice
  const later = sequencer && own.sequencer ? isLater(sequencer, own.sequencer) : undefined;
  if (later !== undefined) return later;
  if (own.versionId === undefined || versionId === undefined) return true;
  return (await listVersions(place, ports, versionId)).some((older) => older.versionId === own.versionId);
}

/**
 * The write's time: S3's, but after the write of this region before it, and after every replica that was visible
 * beneath it (a hybrid logical clock, which loses no write when clocks jump). The last needs a look only where another
 * region's stamp is greater, else the clocks agree already.
 */
async function stampTime(
  place: Place,
  event: S3EventRecord,
  own: JournalItem | undefined,
  items: readonly JournalItem[],
  ports: Ports,
): Promise<number> {
  const eventTime = Math.min(Date.parse(event.eventTime), ports.now() + futureAllowed);
  const time = own ? Math.max(eventTime, own.time + 1) : eventTime;
  const greater = items.filter((item) => isGreater(item, { time, origin: ports.region }));
  const { versionId } = event.s3.object;
  if (greater.length === 0 || versionId === undefined) return time;
  const row = await readRow(place, ports);
  const beneath = await listVersions(place, ports, versionId);
  const known = rowStates(row);
  const seen = known
    .filter((state) => beneath.some((version) => version.versionId === state.versionId))
    .map((state) => state.time);
  for (const version of beneath.slice(0, 3)) {
    if (known.some((state) => state.versionId === version.versionId)) continue;
    // Perhaps a replica whose row is not written yet: it looks like the write that it is a copy of.
    for (const item of greater) {
      if (await looksLike(place, version.versionId, version.isMarker, item, ports)) seen.push(item.time);
    }
  }
  return Math.max(time, ...seen.map((visible) => visible + 1));
}

export const rowStates = (row: ReplicaRow | undefined): Applied[] => (row ? [row, ...row.history] : []);

/** Whether a local version looks like a copy of another region's write. */
export async function looksLike(
  place: Place,
  versionId: string,
  isMarker: boolean,
  item: JournalItem,
  ports: Ports,
): Promise<boolean> {
  if (isMarker || item.kind === 'delete') return isMarker && item.kind === 'delete';
  const [here, there] = await Promise.all([
    head(place, ports, { versionId }),
    head(place, ports, { region: item.origin, versionId: item.versionId }),
  ]);
  return here !== undefined && there !== undefined && isSameContent(here, there);
}
