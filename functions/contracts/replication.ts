import { z } from 'zod';

/**
 * What replication keeps and sends: items of the journal, rows of Replicas, messages of Queue. Attribute names are as
 * stored.
 */

/** Orders all writes of a key: by time, then by region. `time` is in milliseconds since 1970. */
export const stamp = z.object({ time: z.number(), origin: z.string() });
export type Stamp = z.infer<typeof stamp>;

/**
 * The journal's item: the newest write of a key in one region (`origin`), written by that region only. The items of a
 * key are therefore a register that merges without conflicts.
 */
export const journalItem = stamp.extend({
  key: z.string(),
  kind: z.enum(['put', 'delete']),
  /** The version written; of a delete, its marker; absent when nothing was left to name. */
  versionId: z.string().optional(),
  /** S3's order of the writes of one key in one region (hexadecimal). */
  sequencer: z.string().optional(),
  /** Bytes. */
  size: z.number().optional(),
  eTag: z.string().optional(),
  /** CopyObject takes neither from its source. */
  storageClass: z.string().optional(),
  websiteRedirectLocation: z.string().optional(),
  /** A write; the removal of a version, which uncovers an older one; a look at what is there. */
  event: z.enum(['write', 'removal', 'look']),
  /** Counts the writes of this item: the condition of the next one. */
  revision: z.number(),
  /** The origin itself must look, too: its bucket may show something else than this. */
  check: z.boolean(),
  /** The same version stamped again. */
  restamped: z.boolean().optional(),
});
export type JournalItem = z.infer<typeof journalItem>;

/** What a region applied, or acknowledged of its own: `versionId` is the local one, of a delete the local marker. */
const applied = stamp.extend({
  kind: z.enum(['put', 'delete']),
  versionId: z.string().optional(),
  eTag: z.string().optional(),
  /** It is this region's own write, not a copy. */
  own: z.boolean(),
  /** No answer of S3 named this version: it was taken for a copy by what it looks like. */
  guessed: z.boolean().optional(),
});
export type Applied = z.infer<typeof applied>;

export const failure = z.object({
  reason: z.string(),
  /** ISO 8601. */
  at: z.string(),
  attempts: z.number(),
});

/** The row of Replicas: what is, as far as this region knows, current here. */
export const replicaRow = applied.extend({
  key: z.string(),
  /** The last few that were current before. */
  history: z.array(applied),
  /** ISO 8601, by this region's clock. */
  appliedAt: z.string(),
  /** Counts the writes of this row: the condition of the next one. */
  revision: z.number(),
  /** Why a newer write is not applied yet, after all tries of the queue; gone with the next success. */
  failed: failure.optional(),
});
export type ReplicaRow = z.infer<typeof replicaRow>;

export const retryKind = 'retry';
export const lookKind = 'look';

/** "Resolve this key again." `hints`: writes of which a copy may have been made that no row tells of. */
export const retryMessage = z.strictObject({
  kind: z.literal(retryKind),
  baseName: z.string(),
  key: z.string(),
  hints: z.array(journalItem),
  reason: z.string(),
});
export type RetryMessage = z.infer<typeof retryMessage>;

/** "Your journal names a version that is gone: look what your bucket shows." */
export const lookMessage = z.strictObject({
  kind: z.literal(lookKind),
  baseName: z.string(),
  key: z.string(),
  versionId: z.string(),
});
export type LookMessage = z.infer<typeof lookMessage>;

/** S3 User Guide, "Event message structure"; only what is read. Keys are URL-encoded with + for a space. */
export const s3EventRecord = z.object({
  eventName: z.string(),
  eventTime: z.iso.datetime(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string().transform((key, context) => {
        try {
          return decodeURIComponent(key.replaceAll('+', ' '));
        } catch (error) {
          context.addIssue({ code: 'custom', message: `is not URL-encoded: ${error}` });
          return z.NEVER;
        }
      }),
      size: z.number().optional(),
      eTag: z.string().optional(),
      versionId: z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
});
export type S3EventRecord = z.infer<typeof s3EventRecord>;

export const queueMessage = z.union([
  retryMessage,
  lookMessage,
  z.object({ Records: z.array(s3EventRecord) }),
]);
