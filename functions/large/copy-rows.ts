import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type CopyRow, type CopyStatus, copyRow } from '../contracts/copy';
import { multiPartUploadTable as TableName } from '../contracts/names';
import { putIf } from '../replication/journal';
import type { Ports } from '../replication/ports';

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

export async function countParts(copy: string, parts: number, { db }: Ports): Promise<void> {
  await db.send(
    new UpdateCommand({
      TableName,
      Key: { CopyId: copy },
      UpdateExpression: 'ADD PartsDone :parts',
      ExpressionAttributeValues: { ':parts': parts },
    }),
  );
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
