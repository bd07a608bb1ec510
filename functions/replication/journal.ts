import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { reasonOf } from '../contracts/errors';
import { journalTable } from '../contracts/names';
import {
  isOfTags,
  type JournalItem,
  journaled,
  type Stamp,
  type TagItem,
  tagsOrigin,
} from '../contracts/replication';
import { remembered } from './knowledge';
import { checksumOf, headersOf } from './objects';
import type { Place, Ports } from './ports';
import { tagsOf } from './tags';

/** The newest write of a key in every region, and the newest change of tags. */
export interface Journal {
  items: JournalItem[];
  tagged: TagItem[];
}

/** An item is not of MARS's making: the key can't be decided on until it is mended or removed. */
export class JournalUnreadable extends Error {
  override readonly name = 'JournalUnreadable';
}

/**
 * What this replica of the table has heard of a key. Read consistently: the record that woke us must be among it.
 * @throws JournalUnreadable
 */
export async function readJournal({ baseName, key }: Place, { db }: Ports): Promise<Journal> {
  const { Items = [] } = await db.send(
    new QueryCommand({
      TableName: journalTable(baseName),
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': 'key' },
      ExpressionAttributeValues: { ':key': key },
      ConsistentRead: true,
    }),
  );
  const { success, data, error } = z.array(journaled).safeParse(Items);
  if (!success) throw new JournalUnreadable(reasonOf(error), { cause: error });
  const isTagged = (item: JournalItem | TagItem): item is TagItem => isOfTags(item.origin);
  return {
    items: data.filter((item): item is JournalItem => !isTagged(item)),
    tagged: data.filter(isTagged),
  };
}

/** What an item says of an object that is current, or of a delete; `marker`: its version. */
export async function describe(
  place: Place,
  object: HeadObjectCommandOutput | undefined,
  marker: string | undefined,
  ports: Ports,
): Promise<
  Omit<
    JournalItem,
    keyof Stamp | 'key' | 'previous' | 'sequencer' | 'eventTime' | 'adoptedAs' | 'revision' | 'check'
  >
> {
  if (!object) return { kind: 'delete', versionId: marker };
  return {
    kind: 'put',
    versionId: object.VersionId,
    size: object.ContentLength,
    eTag: object.ETag, // an event's lacks its quotes
    checksum: checksumOf(object),
    headers: headersOf(object),
    tags: await tagsOf(place, object, ports),
    storageClass: object.StorageClass,
    websiteRedirectLocation: object.WebsiteRedirectLocation,
  };
}

/**
 * Writes this region's own item over the one that was read (`undefined`: there was none), so that sequencer and stamp
 * rise together. `older`: versions that it wrote before. `false`: another call was faster; read again.
 */
export async function writeJournal(
  { baseName, key }: Place,
  item: Omit<JournalItem, 'key' | 'origin' | 'revision' | 'previous'>,
  before: JournalItem | undefined,
  { db, region }: Ports,
  older: readonly string[] = [],
): Promise<boolean> {
  const all = [...older, before?.versionId, ...(before?.previous ?? [])];
  const previous = [...new Set(all)].flatMap((id) => (id === undefined || id === item.versionId ? [] : [id]));
  const revision = (before?.revision ?? 0) + 1;
  const Item: JournalItem = {
    ...item,
    previous: previous.slice(0, remembered),
    key,
    origin: region,
    revision,
  };
  return putIf(db, journalTable(baseName), Item, before?.revision);
}

/** Writes this region's change of tags over the one that was read. `false`: another call was faster. */
export const writeTagItem = (
  { baseName, key }: Place,
  item: Omit<TagItem, 'key' | 'origin' | 'revision'>,
  before: TagItem | undefined,
  { db, region }: Ports,
): Promise<boolean> => {
  const Item = { ...item, key, origin: tagsOrigin(region), revision: (before?.revision ?? 0) + 1 };
  return putIf(db, journalTable(baseName), Item, before?.revision);
};

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
