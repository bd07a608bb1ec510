import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { digestOf } from '../common/digest';
import { replicasTable } from '../contracts/names';
import {
  type Applied,
  type Failure,
  type Intent,
  type ReplicaRow,
  replicaRow,
  type Stamp,
  type TagItem,
} from '../contracts/replication';
import { JournalUnreadable, putIf, readJournal } from './journal';
import { remembered } from './knowledge';
import type { Place, Ports } from './ports';
import { greatest, isGreater, isSame } from './stamp';

/**
 * Milliseconds in which a call that was sent has landed, or never will: longer than any function waits for S3's answer.
 */
export const landsWithin = 300_000;

export const isYoung = ({ at }: Intent, now: number): boolean => now - at < landsWithin;

export async function readRow({ baseName, key }: Place, { db }: Ports): Promise<ReplicaRow | undefined> {
  const command = new GetCommand({ TableName: replicasTable(baseName), Key: { key }, ConsistentRead: true });
  const { Item } = await db.send(command);
  return Item && replicaRow.parse(Item);
}

/** Writes the row over the one that was read. `false`: another resolver was faster; look again. */
async function writeRow(
  { baseName, key }: Place,
  row: Omit<ReplicaRow, 'key' | 'revision'>,
  before: ReplicaRow | undefined,
  { db }: Ports,
): Promise<ReplicaRow | false> {
  const next: ReplicaRow = { ...row, key, revision: (before?.revision ?? 0) + 1 };
  return (await putIf(db, replicasTable(baseName), next, before?.revision)) && next;
}

const empty = { history: [], intents: [] };

/**
 * Intents whose copy may yet be found; `seen`: the bucket has just been looked at, so old ones have not landed on top. (Of
 * tags a look at the object tells nothing; and a version that is covered may show again while a call for it is under way.)
 */
const open = (
  row: ReplicaRow | undefined,
  { seen, versionId }: { seen: boolean; versionId: string | undefined },
  now: number,
): Intent[] =>
  (row?.intents ?? []).filter(
    (intent) => isYoung(intent, now) || (intent.kind === 'tags' ? intent.versionId === versionId : !seen),
  );

/**
 * Whether a write may still be missing here, by what the row says. Our own is acknowledged before it is put back: that it
 * is applied says nothing of the bucket.
 */
export function mayBeMissing(write: Stamp, applied: Applied | undefined, { region }: Ports): boolean {
  if (applied === undefined) return true;
  return write.origin === region ? !isGreater(applied, write) : isGreater(write, applied);
}

/** Write-ahead: a copy of a write, or its tags, are about to be made; the intent is the row's last. */
export function declare(
  place: Place,
  { time, origin, kind, size, checksum, headers, tags, versionId }: Omit<Intent, 'at' | 'revision'>,
  before: ReplicaRow | undefined,
  { seen }: { seen: boolean },
  ports: Ports,
): Promise<ReplicaRow | false> {
  const at = ports.now();
  const revision = (before?.revision ?? 0) + 1;
  const of = kind === 'tags' ? { tags, versionId } : { size, checksum, headers };
  const intent = { time, origin, kind, ...of, at, revision };
  const others = open(before, { seen, versionId: before?.applied?.versionId }, at);
  return writeRow(place, { ...empty, ...before, intents: [...others, intent] }, before, ports);
}

/** S3 refused the call: nothing was made, and nobody is to be taken for it. */
export async function withdraw(
  place: Place,
  declared: ReplicaRow,
  intent: Intent | undefined,
  ports: Ports,
): Promise<void> {
  const intents = declared.intents.filter(({ revision }) => revision !== intent?.revision);
  await writeRow(place, { ...declared, intents }, declared, ports); // if not: the next look decides
}

/**
 * Says what is current here now, or must be. `by`: the intent that came true. What failed before has been made up for.
 */
export function settle(
  place: Place,
  applied: Applied,
  before: ReplicaRow | undefined,
  { seen, by }: { seen: boolean; by?: Intent | undefined },
  ports: Ports,
): Promise<ReplicaRow | false> {
  const now = ports.now();
  const { failed: _, failedSince: __, tags, ...rest } = { ...empty, ...before };
  const past = before?.applied ? [before.applied, ...before.history] : rest.history;
  const isSameVersion = before?.applied?.versionId === applied.versionId;
  // It has them still; but of another write no change was applied.
  const kept = tags && before?.applied && !isSame(before.applied, applied) ? { ...tags, time: 0 } : tags;
  const intents = open(before, { seen, versionId: applied.versionId }, now).filter(
    ({ revision }) => revision !== by?.revision,
  );
  const row = {
    ...rest,
    ...(isSameVersion && { tags: kept }),
    applied,
    history: past.slice(0, remembered),
    intents,
    appliedAt: new Date(now).toISOString(),
  };
  return writeRow(place, row, before, ports);
}

/**
 * The tags of what is current here are those of a change (`undefined`: as before), and no older call is under way. `by`:
 * the intent that came true.
 */
export function settleTags(
  place: Place,
  row: ReplicaRow,
  { item, by }: { item: TagItem | undefined; by?: Intent | undefined },
  ports: Ports,
): Promise<ReplicaRow | false> {
  const now = ports.now();
  const intents = row.intents.filter(
    (intent) => intent.kind !== 'tags' || (isYoung(intent, now) && intent.revision !== by?.revision),
  );
  const tags = item && { time: item.time, origin: item.origin, digest: digestOf(item.tags) };
  return writeRow(place, { ...row, ...(tags && { tags }), intents }, row, ports);
}

/** What was applied has been removed from the bucket: nothing is, until it is applied again. */
export async function unsettle(place: Place, row: ReplicaRow, ports: Ports): Promise<boolean> {
  const { applied, tags: _, ...rest } = row;
  const history = [...(applied ? [applied] : []), ...row.history].slice(0, remembered);
  return (await writeRow(place, { ...rest, history }, row, ports)) !== false;
}

/** The key is as it should be: what once failed has been made up for. */
export async function clearFailure(place: Place, row: ReplicaRow | undefined, ports: Ports): Promise<void> {
  if (!row?.failed) return;
  const { failed: _, failedSince: __, ...rest } = row;
  await writeRow(place, rest, row, ports); // if not: somebody has written it anew
}

/** What is known of a failure where it happens. */
export interface Failed {
  /** The write that is missing; absent: the newest that is journaled. */
  of?: Stamp;
  reason: string;
  attempts: number;
  /** Milliseconds since 1970: when it was tried first. */
  since: number;
}

/** Keeps the reason of a failure with the row until the key is applied; the queue forgets, this does not. */
export async function recordFailure(place: Place, failed: Failed, ports: Ports): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const before = await readRow(place, ports);
    const of = failed.of ?? (await newestJournaled(place, ports));
    const row = { ...empty, ...before, ...failureOf(failed, of, before?.failed, ports) };
    if (!(await writeRow(place, row, before, ports))) continue;
    ports.log('error', 'failed', { ...place, reason: failed.reason, attempts: failed.attempts });
    return;
  }
  throw new Error('the row changed five times while its failure was to be recorded');
}

/** What can't be read tells of no write; that is the failure's own reason then. */
async function newestJournaled(place: Place, ports: Ports): Promise<Stamp | undefined> {
  try {
    return greatest((await readJournal(place, ports)).items);
  } catch (error) {
    if (error instanceof JournalUnreadable) return undefined;
    throw error;
  }
}

function failureOf(
  { reason, attempts, since }: Failed,
  of: Stamp | undefined,
  before: Failure | undefined,
  ports: Ports,
): { failed: Failure; failedSince: string } {
  const isSameWrite = before && before.time === of?.time && before.origin === of?.origin;
  const first = isSameWrite ? before.first : new Date(since).toISOString();
  const failed = {
    ...(of && { time: of.time, origin: of.origin }),
    reason,
    attempts: attempts + (isSameWrite ? before.attempts : 0),
    first,
    last: new Date(ports.now()).toISOString(),
  };
  return { failed, failedSince: first };
}
