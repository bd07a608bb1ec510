import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { z } from 'zod';
import { reasonOf } from '../contracts/errors';
import { journalTable, replicasTable } from '../contracts/names';
import { type JournalItem, journalItem, type ReplicaRow, replicaRow } from '../contracts/replication';
import type { Ports } from '../replication/ports';

/** What a region knows of a key by itself: its own newest write, and what it did. */
export interface KnownHere {
  own: JournalItem | undefined;
  row: ReplicaRow | undefined;
  /** Why one of them can't be read: it is not of MARS's making. */
  unreadable?: string | undefined;
}

/** Of one call: 100 items at most (API Reference, BatchGetItem), and each key has two. */
const keysPerCall = 50;
const tries = 8;
/** Calls at a time. */
const sideBySide = 5;

/**
 * Each region's own item is read where it is written: what a table replica has yet to hear is not missed. Not read
 * consistently, which would cost twice as much: stamps only rise, so a write that such a read misses was journaled a moment
 * ago and comes by itself, and a row that it misses makes a region look behind that no longer is, to be looked at in vain.
 */
export async function knownHere(
  baseName: string,
  keys: readonly string[],
  ports: Ports,
): Promise<(key: string) => KnownHere> {
  const own = new Map<string, JournalItem>();
  const rows = new Map<string, ReplicaRow>();
  const unreadable = new Map<string, string>();
  const journal = journalTable(baseName);
  const replicas = replicasTable(baseName);
  const starts = Array.from({ length: Math.ceil(keys.length / keysPerCall) }, (_, i) => i * keysPerCall);
  const limit = pLimit(sideBySide);
  const get = async (from: number): Promise<void> => {
    const some = keys.slice(from, from + keysPerCall);
    const found = await getAll(
      {
        [journal]: { Keys: some.map((key) => ({ key, origin: ports.region })) },
        [replicas]: { Keys: some.map((key) => ({ key })) },
      },
      ports,
    );
    const read = <Kind>(schema: z.ZodType<Kind>, items: Found[string] = [], into: Map<string, Kind>) => {
      for (const item of items) {
        const { success, data, error } = schema.safeParse(item);
        if (success) into.set(String(item.key), data);
        else unreadable.set(String(item.key), reasonOf(error));
      }
    };
    read(journalItem, found[journal], own);
    read(replicaRow, found[replicas], rows);
  };
  await Promise.all(starts.map((from) => limit(() => get(from))));
  return (key) => ({ own: own.get(key), row: rows.get(key), unreadable: unreadable.get(key) });
}

type Requests = NonNullable<BatchGetCommand['input']['RequestItems']>;
type Found = Record<string, Record<string, unknown>[]>;

/** @throws Error when DynamoDB leaves some unprocessed each time. */
async function getAll(requests: Requests, ports: Ports): Promise<Found> {
  const found: Found = {};
  let left = requests;
  for (let i = 0; i < tries; i++) {
    const { Responses = {}, UnprocessedKeys = {} } = await ports.db.send(
      new BatchGetCommand({ RequestItems: left }),
    );
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items];
    left = UnprocessedKeys;
    if (Object.keys(left).length === 0) return found;
    await ports.sleep(50 * 2 ** i, new AbortController().signal);
  }
  throw new Error(`DynamoDB left keys unprocessed ${tries} times in ${ports.region}`);
}
