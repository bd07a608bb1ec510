import * as z from 'zod';
import { baseName, region } from './fields';

/**
 * States of the workflows that make, change and remove stacks: what they hand to the functions, and what they get back.
 * Keys start in upper case, as everywhere in Step Functions.
 */

/**
 * Base: what a region has once. Journal: the global table of a set. Bucket: what a set has in a region; KeptBucket: what is
 * left of that stack when the region leaves the set and its bucket stays.
 */
export const stackKind = z.enum(['Base', 'Journal', 'Bucket', 'KeptBucket']);

export const stackTarget = z.strictObject({
  Kind: stackKind,
  Region: region,
  /** Empty for Base. */
  BaseName: z.union([baseName, z.literal('')]),
  /** All regions of the set, the journal's home first. */
  Regions: z.array(region),
  /** Bucket: whether the region reads the journal's stream. */
  Replicates: z.boolean().default(true),
  /** Journal: regions that leave with this update. */
  Leaving: z.array(region).optional(),
});
export type StackTarget = z.infer<typeof stackTarget>;

const executionArn = z.string().startsWith('arn:');

const asker = {
  /** ARN of the execution that asks, or that is rolled back. */
  Execution: executionArn,
  /** When it started that asks: what failed before then is no failure of its own. */
  Since: z.iso.datetime(),
  /** How often it has begun the stack's deletion: one that fails is tried again. */
  Deletions: z.int().nonnegative().default(0),
};

export const regionalStackInput = z.discriminatedUnion('Action', [
  z.strictObject({ Action: z.literal('Look'), Target: stackTarget, ...asker }),
  /** Bring the stack to exist, as this version of MARS has it; asked again until `Complete`. */
  z.strictObject({ Action: z.literal('Ensure'), Target: stackTarget, ...asker }),
  /** Bring a stack that is there up to this version, and a journal to these regions; asked again until `Complete`. */
  z.strictObject({ Action: z.literal('Update'), Target: stackTarget, ...asker }),
  /** Take away what this execution made; asked again until `Absent` or `Kept`. */
  z.strictObject({ Action: z.literal('RollBack'), Target: stackTarget, ...asker }),
  /** Take the stack away; asked again until `Absent`. */
  z.strictObject({ Action: z.literal('Remove'), Target: stackTarget, ...asker }),
]);
export type RegionalStackInput = z.infer<typeof regionalStackInput>;

/** `Kept`: somebody else made the stack or uses it. */
export const stackStatus = z.enum(['Absent', 'InProgress', 'Complete', 'Kept']);
export interface RegionalStackOutput {
  Region: string;
  Status: z.infer<typeof stackStatus>;
  Deletions: number;
}

/** `Input`: of the execution, unread; `Execution`: its ARN, for those that nobody else may work beside. */
const request = { Input: z.unknown(), Execution: executionArn };
export const validateInputInput = z.discriminatedUnion('Workflow', [
  z.strictObject({ Workflow: z.literal('CreateMARSBucket'), ...request }),
  z.strictObject({ Workflow: z.literal('AddRegion'), ...request }),
  /** All that was asked for is there: from here on nothing is rolled back. */
  z.strictObject({ Workflow: z.literal('Commit'), Execution: executionArn }),
  z.strictObject({ Workflow: z.literal('DeleteMARSBucket'), ...request }),
  z.strictObject({ Workflow: z.literal('RemoveRegion'), ...request }),
  z.strictObject({ Workflow: z.literal('UpdateRegions'), ...request }),
  /** `Failed`: ARN of the execution that is rolled back; `Input` is its input. */
  z.strictObject({ Workflow: z.literal('RollBack'), ...request, Failed: executionArn }),
  z.strictObject({ Workflow: z.literal('Reconcile'), Input: z.unknown() }),
  z.strictObject({ Workflow: z.literal('Redrive'), Input: z.unknown() }),
  /** All sets there are. */
  z.strictObject({ Workflow: z.literal('Sets') }),
]);
export interface ValidateInputOutput {
  BaseName: string;
  /** Those to be worked on. */
  Regions: string[];
  /** Those of the set when all is done, the journal's home first. */
  AllRegions: string[];
  EmptyBuckets: boolean;
  /** RemoveRegion: what becomes of the buckets, and whether any has its part of the journal still. */
  Buckets?: 'Keep' | 'Delete';
  HaveJournal?: boolean;
}

/** What UpdateRegions brings up to date. */
export interface ToUpdate {
  /** Those with base resources. */
  Regions: string[];
  /** `Regions`: the journal's home first. */
  Sets: { BaseName: string; Regions: string[] }[];
}

/** Unstage removes the code bucket with all that was staged. */
export const stageCodeInput = z.strictObject({ Action: z.enum(['Stage', 'Unstage']), Region: region });

const bucketTarget = { Region: region, BaseName: baseName };
export const bucketContentsInput = z.discriminatedUnion('Action', [
  z.strictObject({ Action: z.literal('Count'), ...bucketTarget }),
  /** Removes versions and delete markers, and current objects only if told; asked again until `Complete`. */
  z.strictObject({ Action: z.literal('Empty'), EmptyBuckets: z.boolean(), ...bucketTarget }),
]);
/** `Objects`: current ones, counted up to the first page of 1,000; `More` tells that there are further ones. */
export type BucketContentsOutput =
  | { Region: string; Objects: number; More: boolean }
  | { Region: string; Status: 'InProgress' | 'Complete' };

/**
 * Close: the bucket takes no more writes but those of MARS; Open: of all again. Stop: the set's events and its stream
 * subscription in one region. Drain: its large copies there, once the region has no journal. Each is asked again until
 * `Complete`.
 */
export const stopReplicationInput = z.strictObject({
  Action: z.enum(['Close', 'Open', 'Stop', 'Drain']),
  ...bucketTarget,
});
export interface StopReplicationOutput {
  Region: string;
  Status: 'InProgress' | 'Complete';
}
