import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { failedIndex, replicasTable } from '../contracts/names';
import type { Scope } from '../contracts/redrive';
import { failure } from '../contracts/replication';
import type { Ports } from './ports';

export const isInScope = (key: string, scope: Scope): boolean =>
  'Key' in scope ? key === scope.Key : key.startsWith(scope.Prefix);

const failedKey = z.object({ key: z.string(), failed: failure });
export type FailedKey = z.infer<typeof failedKey>;

/** Where a list goes on. */
export type Next = Record<string, string>;

/** A page of the keys that are listed as failed in a region, with the reasons. */
export async function failuresOf(
  baseName: string,
  scope: Scope,
  after: Next | undefined,
  { db }: Ports,
): Promise<{ failures: FailedKey[]; next?: Next | undefined }> {
  const TableName = replicasTable(baseName);
  if ('Key' in scope) {
    const { Item } = await db.send(
      new GetCommand({ TableName, Key: { key: scope.Key }, ConsistentRead: true }),
    );
    return { failures: Item?.failed ? [failedKey.parse(Item)] : [] };
  }
  const { Items = [], LastEvaluatedKey } = await db.send(
    new ScanCommand({ TableName, IndexName: failedIndex, ExclusiveStartKey: after }),
  );
  const failures = Items.map((item) => failedKey.parse(item)).filter(({ key }) => isInScope(key, scope));
  return { failures, next: LastEvaluatedKey };
}

/** All of them. */
export async function* allFailures(baseName: string, scope: Scope, ports: Ports): AsyncGenerator<FailedKey> {
  let after: Next | undefined;
  do {
    const { failures, next } = await failuresOf(baseName, scope, after, ports);
    yield* failures;
    after = next;
  } while (after);
}
