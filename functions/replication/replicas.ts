import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { replicasTable } from '../contracts/names';
import { type Applied, type ReplicaRow, replicaRow } from '../contracts/replication';
import { putIf } from './journal';
import type { Place, Ports } from './ports';

/** Versions that the row remembers besides the current one: enough to know what a late call finds. */
const historyLength = 4;

export async function readRow({ baseName, key }: Place, { db }: Ports): Promise<ReplicaRow | undefined> {
  const command = new GetCommand({ TableName: replicasTable(baseName), Key: { key }, ConsistentRead: true });
  const { Item } = await db.send(command);
  return Item && replicaRow.parse(Item);
}

/**
 * Says what is current here now, over the row as it was read. `false`: two resolvers of one key met, and the other was
 * faster; look again. A row's stamp is never lowered by this: callers write only what is greater, or what is a fact.
 */
export function writeRow(
  { baseName, key }: Place,
  now: Applied,
  before: ReplicaRow | undefined,
  { db, now: clock }: Ports,
): Promise<boolean> {
  const { time, origin, kind, versionId, eTag, own, guessed } = before ?? now;
  const last = before ? [{ time, origin, kind, versionId, eTag, own, guessed }] : [];
  const row: ReplicaRow = {
    ...now,
    key,
    history: [...last, ...(before?.history ?? [])].slice(0, historyLength),
    appliedAt: new Date(clock()).toISOString(),
    revision: (before?.revision ?? 0) + 1,
  };
  return putIf(db, replicasTable(baseName), row, before?.revision);
}

/** The key is as it should be: what once failed has been made up for. */
export async function clearFailure(place: Place, row: ReplicaRow | undefined, ports: Ports): Promise<void> {
  if (!row?.failed) return;
  const { failed: _, ...rest } = row;
  const Item = { ...rest, revision: row.revision + 1 };
  await putIf(ports.db, replicasTable(place.baseName), Item, row.revision); // if not: somebody has written it anew
}

/** Keeps the reason of a failure with the row until the key is applied; the queue forgets, this does not. */
export async function recordFailure(
  place: Place,
  failed: { reason: string; attempts: number },
  ports: Ports,
): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const before = await readRow(place, ports);
    const nothing = { time: 0, origin: '', kind: 'delete' as const, own: false, history: [], appliedAt: '' };
    const row: ReplicaRow = {
      ...(before ?? nothing),
      key: place.key,
      failed: { ...failed, at: new Date(ports.now()).toISOString() },
      revision: (before?.revision ?? 0) + 1,
    };
    if (await putIf(ports.db, replicasTable(place.baseName), row, before?.revision)) return;
  }
  throw new Error('the row changed five times while its failure was to be recorded');
}
