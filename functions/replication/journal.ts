import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { journalTable } from '../contracts/names';
import { type JournalItem, journalItem } from '../contracts/replication';
import type { Place, Ports } from './ports';

/**
 * The newest write of the key in every region, as far as this replica of the table has heard. Read consistently: the
 * record that woke us must be among them.
 */
export async function readJournal({ baseName, key }: Place, { db }: Ports): Promise<JournalItem[]> {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: journalTable(baseName),
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': 'key' },
      ExpressionAttributeValues: { ':key': key },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => journalItem.parse(item));
}

/**
 * Writes this region's own item over the one that was read (`undefined`: there was none), so that sequencer and stamp
 * rise together. `false`: another call was faster; read again.
 */
export async function writeJournal(
  { baseName, key }: Place,
  item: Omit<JournalItem, 'key' | 'origin' | 'revision'>,
  before: JournalItem | undefined,
  { db, region }: Ports,
): Promise<boolean> {
  const Item: JournalItem = { ...item, key, origin: region, revision: (before?.revision ?? 0) + 1 };
  return putIf(db, journalTable(baseName), Item, before?.revision);
}

/** Puts an item if its revision is still the one that was read. */
export async function putIf(
  db: Ports['db'],
  TableName: string,
  Item: Record<string, unknown>,
  revision: number | undefined,
): Promise<boolean> {
  const unread = {
    ConditionExpression: 'attribute_not_exists(#revision)',
    ExpressionAttributeNames: { '#revision': 'revision' },
  };
  const asRead = {
    ConditionExpression: '#revision = :revision',
    ExpressionAttributeNames: { '#revision': 'revision' },
    ExpressionAttributeValues: { ':revision': revision },
  };
  try {
    await db.send(new PutCommand({ TableName, Item, ...(revision === undefined ? unread : asRead) }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
