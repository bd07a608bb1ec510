import { lookKind, tagsOrigin } from './replication';

/**
 * Filters of the event source mappings (Lambda Developer Guide, "Control which events Lambda sends to your function").
 * What matches none of a mapping's filters never reaches its function.
 */

export const queueBatchSize = 10;
/**
 * Seconds that QueueProcessor's batch may take to fill. A write that comes alone is a second later for it, and no cheaper; of ten in
 * a second it saves nine calls: more than a quarter of what objects cost (docs/costs.md).
 */
export const queueBatchingWindow = 1;
export const streamBatchSize = 100;
/** Batches of a shard that are worked on at once; the default of the parameter StreamParallelization, and Lambda's most. */
export const streamParallelization = { usual: 4, most: 10 };

/** Of one of our functions an event says `AWS:<role id>:<function name>`. */
export const principalOf = (roleId: string, functionName: string): string => `AWS:${roleId}:${functionName}`;

/**
 * Queue to QueueProcessor: so a replica's event, whose principal is one of our own functions, costs no invocation. The
 * exact names are listed, since anything-but with a prefix is not among the operators that Lambda documents for
 * filters. Our own messages have no Records, so they need a filter of their own.
 */
export const queueFilters = (principals: readonly string[]): object[] => [
  { body: { Records: { userIdentity: { principalId: [{ 'anything-but': principals }] } } } },
  { body: { kind: [lookKind] } },
];

/** The journal's stream to StreamProcessor: what other regions wrote, and own items marked `check`. Removals wake nobody. */
export const journalFilters = (region: string): object[] =>
  [
    { origin: { S: [{ 'anything-but': [region, tagsOrigin(region)] }] } },
    { origin: { S: [region] }, check: { BOOL: [true] } },
  ].map((NewImage) => ({ eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage } }));
