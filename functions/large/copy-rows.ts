import { createHash } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type CopyInput, type CopyRow, type CopyStatus, copyRow } from '../contracts/copy';
import { multiPartUploadTable as TableName } from '../contracts/names';
import type { CopySource } from '../contracts/replication';
import { isMet, putIf } from '../replication/journal';
import type { Place, Ports } from '../replication/ports';

/** Names a copy by what is copied: the same for whoever starts it, 40 characters. */
export const copyId = ({ baseName, key }: Place, { time, origin }: CopySource): string =>
  createHash('sha256')
    .update(JSON.stringify([baseName, key, time, origin]))
    .digest('hex')
    .slice(0, 40);

export const placeOf = ({ BaseName, Key }: CopyInput): Place => ({ baseName: BaseName, key: Key });

/** The row of a copy is not as it was read. */
export class CopyRowChanged extends Error {
  override readonly name = 'CopyRowChanged';
}

export async function readCopy(copy: string, { db }: Ports): Promise<CopyRow | undefined> {
  const { Item } = await db.send(new GetCommand({ TableName, Key: { CopyId: copy }, ConsistentRead: true }));
  return Item && copyRow.parse(Item);
}

/**
 * Writes the row over the one that was read. @throws CopyRowChanged: a call that had been given up came late, or this is
 * one.
 */
export async function writeCopy(
  row: Omit<CopyRow, 'revision'>,
  before: CopyRow | undefined,
  { db }: Ports,
): Promise<CopyRow> {
  const next = { ...row, revision: (before?.revision ?? 0) + 1 };
  if (!(await putIf(db, TableName, next, before?.revision))) throw new CopyRowChanged(row.CopyId);
  return next;
}

/** Counts parts as done. @throws CopyRowChanged: the row is another attempt's by now, or gone. */
export async function countParts(copy: CopyInput, parts: number, { db }: Ports): Promise<void> {
  const CopyId = copyId(placeOf(copy), copy.Item);
  const add = new UpdateCommand({
    TableName,
    Key: { CopyId },
    UpdateExpression: 'ADD PartsDone :parts',
    ConditionExpression: 'Attempt = :attempt',
    ExpressionAttributeValues: { ':parts': parts, ':attempt': copy.Attempt },
  });
  if (!(await isMet(db.send(add)))) throw new CopyRowChanged(CopyId);
}

/** Closes the row of a copy: what a user reads in the console. @throws CopyRowChanged */
export async function closeCopy(
  row: Omit<CopyRow, 'revision' | 'Status'>,
  before: CopyRow | undefined,
  Status: Exclude<CopyStatus, 'InProgress'>,
  ports: Ports,
): Promise<CopyRow> {
  const Finished = new Date(ports.now()).toISOString();
  return writeCopy({ ...row, Status, Finished }, before, ports);
}
