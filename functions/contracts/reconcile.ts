import * as z from 'zod';
import { baseName, region } from './fields';
import { isReportsBucket } from './names';

/** What MARS-Reconcile hands to its functions, what they find, and where they leave it. */

/** Why a region does not show what it should. */
export const differenceKinds = [
  /** A journaled write has not been applied here. */
  'NotApplied',
  /** What is current here is a write that no event has told of, or a delete. */
  'Unheard',
  /** Such a write of another region is missing here; nothing can be done but there. */
  'Untold',
  /** The version that was applied here is gone, and no event has told of it. */
  'Missing',
  /** Deep only: the tags are not those of the greatest change. */
  'Tags',
  /** Deep only: bytes or headers are not those of the write; nothing mends that but writing the object again. */
  'Altered',
  /** S3 refuses to show the object, or what is kept of it is not of MARS's making, so nobody can tell. */
  'Unreadable',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

const counts = z.object({
  /** Current objects listed. */
  Objects: z.number(),
  /** Keys that do not show the newest write, the youngest included. */
  Behind: z.number(),
  /** Milliseconds since 1970: the time of the oldest write among them; absent: none has a known time. */
  Oldest: z.number().optional(),
  /** Those older than the grace time, by kind. */
  Differences: z.partialRecord(z.enum(differenceKinds), z.number()),
});
/** Of one region. */
export type Counts = z.infer<typeof counts>;
export const countsByRegion = z.record(z.string(), counts);
export type CountsByRegion = z.infer<typeof countsByRegion>;

/** Keys after one, up to another; absent: from the first, to the last. In the order of their UTF-8 bytes, as S3 lists. */
export const keyRange = z.object({ After: z.string().optional(), Through: z.string().optional() });
export type KeyRange = z.infer<typeof keyRange>;

/** What is compared. */
export const comparison = z.object({
  BaseName: baseName,
  /** All regions of the set. */
  Regions: z.array(region),
  /** Those that are judged. */
  Targets: z.array(region),
  Prefix: z.string(),
  /** Tags, headers and checksums, too, which listings don't show. */
  Deep: z.boolean(),
  /** Differences that are younger are on their way; absent: as MARS was deployed. */
  GraceMinutes: z.number().optional(),
});
export type Comparison = z.infer<typeof comparison>;

/** One execution of MARS-Reconcile. */
export const reconcileRun = comparison.extend({
  Repair: z.boolean(),
  Bucket: z.string().refine(isReportsBucket, 'is no bucket for reports'),
  /** Of all that the execution leaves in the bucket; ends with a slash. */
  Folder: z.string(),
  /** From 1: how often it has compared. */
  Round: z.number(),
  /** Of the ranges of this round, a JSON array. */
  RangesKey: z.string(),
  Ranges: z.number(),
  /** ISO 8601. */
  Started: z.string(),
  /** Differences found by each round so far. */
  Found: z.array(z.number()),
  /** What the first round counted. */
  First: countsByRegion.optional(),
});
export type ReconcileRun = z.infer<typeof reconcileRun>;

export const planInput = z.strictObject({
  Comparison: comparison.extend({ Repair: z.boolean() }),
  /** Name of the execution. */
  Execution: z.string(),
  Started: z.string(),
});

/** What an execution ends with. */
export interface ReconcileResult {
  BaseName: string;
  /** By the first round. */
  Found: CountsByRegion;
  /** By the last round, which looks only at ranges where the round before had found something. */
  Left: CountsByRegion;
  /** Ranges of the last round whose comparison failed. */
  NotCompared: number;
  Rounds: number;
  Seconds: number;
  Report: string;
}

/** `Stuck`: repairing brings nothing more. `Incomplete`: ranges could not be compared. */
export interface SummariseOutput {
  Decision: 'Done' | 'Again' | 'Stuck' | 'Incomplete';
  WaitSeconds: number;
  /** Of the next round. */
  Run: ReconcileRun;
  Result: ReconcileResult;
}

/** A range that is under way: asked again until `Done`. */
export const compareRangeInput = z.object({
  Run: reconcileRun,
  Range: keyRange,
  /** Of the range in its file. */
  Index: z.number(),
  /** How often the function was called for the range before, and what it counted. */
  Part: z.number(),
  Counts: countsByRegion,
});
export type CompareRangeInput = z.infer<typeof compareRangeInput>;
export type CompareRangeOutput = CompareRangeInput & { Done: boolean };
