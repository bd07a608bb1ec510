import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type CopyRow, type CopyStatus, copyRow } from '../contracts/copy';
import { multiPartUploadTable as TableName } from '../contracts/names';
import type { Ports } from '../replication/ports';

export async function readCopy(copy: string, { db }: Ports): Promise<CopyRow | undefined> {
  const { Item } = await db.send(new GetCommand({ TableName, Key: { CopyId: copy }, ConsistentRead: true }));
  return Item && copyRow.parse(Item);
}

export async function writeCopy(row: CopyRow, { db }: Ports): Promise<void> {
  await db.send(new PutCommand({ TableName, Item: row }));
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

/** Closes the row of a copy: what a user reads in the console. */
export async function closeCopy(
  row: CopyRow,
  Status: Exclude<CopyStatus, 'InProgress'>,
  { reason, ...counted }: { reason?: string; PartsDone?: number },
  ports: Ports,
): Promise<void> {
  const Finished = new Date(ports.now()).toISOString();
  await writeCopy({ ...row, ...counted, Status, Finished, ...(reason && { Reason: reason }) }, ports);
}
