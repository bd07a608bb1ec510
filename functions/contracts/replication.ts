import * as z from 'zod';
import { decodedKey } from '../common/keys';
import { baseName, region } from './fields';
import { isRegion } from './names';

/**
 * What replication keeps and sends: items of the journal, rows of Replicas, messages of Queue. Attribute names are as
 * stored.
 */

/** Orders all writes of a key: by time, then by region. `time` is in milliseconds since 1970. */
export const stamp = z.object({ time: z.int(), origin: region });
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
  /** The last few versions that this region wrote before, the one heard of last first: any may show again. */
  previous: z.array(z.string()).optional(),
  /** S3's order of the writes of one key in one region (hexadecimal). Absent: no event told of this write. */
  sequencer: z.string().optional(),
  /** S3's time of it, milliseconds since 1970, if the stamp's is another: from then on its delay is measured. */
  eventTime: z.number().optional(),
  /** The time that it was adopted with, if its event came after all. */
  adoptedAs: z.number().optional(),
  /** Bytes. */
  size: z.number().optional(),
  eTag: z.string().optional(),
  /** Of the whole object, `<algorithm>:<value>`, where S3 has one. */
  checksum: z.string().optional(),
  /** Digest of the system headers and user metadata. */
  headers: z.string().optional(),
  /** The tags that it had when it was journaled, as tagsText gives them. Absent: too long for a copy to be given them. */
  tags: z.string().optional(),
  /** CopyObject takes neither from its source. */
  storageClass: z.string().optional(),
  websiteRedirectLocation: z.string().optional(),
  /** Counts the writes of this item: the condition of the next one. */
  revision: z.number(),
  /** The origin itself must look, too: its bucket may show something else than this. */
  check: z.boolean(),
});
export type JournalItem = z.infer<typeof journalItem>;

/**
 * Tags change without a new version, so they have an item of their own, written by the region where they were changed:
 * `origin` is `<region>#tags`. Its stamp orders the changes of one version's tags; of no other.
 */
const ofTags = '#tags';
export const tagsOrigin = (region: string): string => `${region}${ofTags}`;
export const isOfTags = (origin: string): boolean => origin.endsWith(ofTags);
const isTagsOrigin = (text: string) => isOfTags(text) && isRegion(text.slice(0, -ofTags.length));
const tagsStamp = stamp.extend({ origin: z.string().refine(isTagsOrigin, 'is no region with #tags') });
/** Of a write, or of a change of tags. */
const anyOrigin = z.union([stamp.shape.origin, tagsStamp.shape.origin]);
export const tagItem = tagsStamp.extend({
  key: z.string(),
  /** The write whose object was tagged. */
  of: stamp,
  /** As tagsText gives them. */
  tags: z.string(),
  /** Counts the writes of this item: the condition of the next one. */
  revision: z.number(),
});
export type TagItem = z.infer<typeof tagItem>;

/** All that the journal holds. */
export const journaled = z.union([journalItem, tagItem]);

/** Where a copy of a write (its stamp) is, for the case that the write's own version is gone. */
const otherSource = stamp.extend({ region, versionId: z.string() });
export type OtherSource = z.infer<typeof otherSource>;

/** What a copy is made from: of a journal item all that stays the same while its version does. */
export const copySource = journalItem
  .omit({ key: true, previous: true, sequencer: true, eventTime: true, adoptedAs: true })
  .omit({ revision: true, check: true })
  .extend({ source: otherSource.optional() });
export type CopySource = z.infer<typeof copySource>;

/** What a region applied, or acknowledged of its own: `versionId` is the local one, of a delete the local marker. */
const applied = stamp.extend({
  kind: z.enum(['put', 'delete']),
  versionId: z.string().optional(),
  eTag: z.string().optional(),
  /** It is this region's own write, not a copy: what is put back is a copy, too. */
  own: z.boolean(),
  /** No answer of S3 named this version: by its looks it is the copy of an intent, or a marker that was there before. */
  guessed: z.boolean().optional(),
});
export type Applied = z.infer<typeof applied>;

/** Written ahead of each call that changes the bucket: a copy of this write may be there, or may still come. */
const intent = journalItem
  .pick({ time: true, origin: true, size: true, checksum: true, headers: true })
  .extend({
    kind: z.enum(['put', 'delete', 'tags']),
    origin: anyOrigin,
    /** Of kind `tags`, which is no copy, but gives other tags to a version that is here: their digest, and which one. */
    tags: z.string().optional(),
    versionId: z.string().optional(),
    /** Milliseconds since 1970, by this region's clock. */
    at: z.number(),
    /** The row's revision that it came with: of two calls for one write each has an intent of its own. */
    revision: z.number(),
  });
export type Intent = z.infer<typeof intent>;

/** Why a write is not applied after all tries; its stamp is absent where nothing is journaled. */
export const failure = stamp.partial().extend({
  reason: z.string(),
  attempts: z.number(),
  /** When it was tried first and last, ISO 8601. */
  first: z.string(),
  last: z.string(),
});
export type Failure = z.infer<typeof failure>;

/** The row of Replicas: what this region did to a key, and is about to do. */
export const replicaRow = z.object({
  key: z.string(),
  /** What is, as far as this region knows, current here. */
  applied: applied.optional(),
  /** The last few that were current before. */
  history: z.array(applied),
  /** Whose outcome no row tells yet. */
  intents: z.array(intent),
  /** The change of tags that was applied last to what is current, or the write itself, whose own tags were put back; and their digest. */
  tags: stamp.extend({ origin: anyOrigin, digest: z.string() }).optional(),
  /** ISO 8601, by this region's clock. */
  appliedAt: z.string().optional(),
  /** Counts the writes of this row: the condition of the next one. */
  revision: z.number(),
  /** Why a newer write is not applied yet, after all tries of the queue; gone with the next success. */
  failed: failure.optional(),
  /** `first` of it, the sort key of the index `failedIndex`: rows without it are not there. */
  failedSince: z.string().optional(),
});
export type ReplicaRow = z.infer<typeof replicaRow>;

export const lookKind = 'look';

/** "Look at this key again": all that regions and functions ever ask of one another. */
export const lookMessage = z.strictObject({
  kind: z.literal(lookKind),
  baseName,
  key: z.string(),
  reason: z.string(),
  /** The region that asks. Another than the one that is asked comes again by itself. */
  from: region,
  /** What no event has told of when this was sent: a version that the bucket shows or misses, or tags by their digest. */
  awaited: z.string().optional(),
  /** What was waited for in vain before that: it gets no message again, or two that never come would take turns for ever. */
  before: z.array(z.string()).optional(),
  /** That has been waited for long enough: its event is taken for lost. */
  adopt: z.boolean().optional(),
  /** Look at the tags, too, though nobody told of a change. */
  tags: z.boolean().optional(),
  /** What must be current here can be put back from there. */
  source: otherSource.optional(),
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
          return decodedKey(key);
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

export const queueMessage = z.union([lookMessage, z.object({ Records: z.array(s3EventRecord).nonempty() })]);
