import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { journalTable } from '../contracts/names';
import { type JournalItem, journalItem } from '../contracts/replication';
import { checksumOf, headersOf } from './objects';
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

/** What an item says of an object that is current, or of a delete; `marker`: its version. */
export const describe = (object: HeadObjectCommandOutput | undefined, marker?: string) =>
  object
    ? {
        kind: 'put' as const,
        versionId: object.VersionId,
        size: object.ContentLength,
        eTag: object.ETag, // an event's lacks its quotes
        checksum: checksumOf(object),
        headers: headersOf(object),
        storageClass: object.StorageClass,
        websiteRedirectLocation: object.WebsiteRedirectLocation,
      }
    : { kind: 'delete' as const, versionId: marker };

/**
 * Writes this region's own item over the one that was read (`undefined`: there was none), so that sequencer and stamp
 * rise together. `false`: another call was faster; read again.
 */
export async function writeJournal(
  { baseName, key }: Place,
  item: Omit<JournalItem, 'key' | 'origin' | 'revision' | 'previous'>,
  before: JournalItem | undefined,
  { db, region }: Ports,
): Promise<boolean> {
  const isNew = before?.versionId !== item.versionId;
  const previous = isNew ? before?.versionId : before?.previous;
  const revision = (before?.revision ?? 0) + 1;
  const Item: JournalItem = { ...item, previous, key, origin: region, revision };
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
  return isMet(db.send(new PutCommand({ TableName, Item, ...(revision === undefined ? unread : asRead) })));
}

/** Whether the condition of a call was met; if not, nothing was written. */
export async function isMet(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
