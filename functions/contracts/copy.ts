import * as z from 'zod';
import { baseName } from './fields';
import { copySource } from './replication';

/** States of CopyLargeObject: what the workflow hands to its functions, and what they get back. */

/**
 * The execution's input. It holds nothing that differs from call to call: with the same name and the same input Step
 * Functions answers with the execution that is running (API Reference, StartExecution).
 */
export const copyInput = z.strictObject({
  BaseName: baseName,
  Key: z.string(),
  Item: copySource,
  /** From 1: a closed execution's name stays taken for 90 days, so each try has a name of its own. */
  Attempt: z.number(),
});
export type CopyInput = z.infer<typeof copyInput>;

/** Part numbers, both included. */
const batch = z.strictObject({ First: z.number(), Last: z.number() });
export type Batch = z.infer<typeof batch>;

const upload = { UploadId: z.string(), PartSize: z.number() };

export const prepareOutput = z.strictObject({ ...upload, Batches: z.array(batch) });
export type PrepareOutput = z.infer<typeof prepareOutput>;

/** `IsRetry`: some of the batch's parts may be there already. */
export const copyPartsInput = z.strictObject({
  Copy: copyInput,
  ...upload,
  Batch: batch,
  IsRetry: z.boolean(),
});

export const completeInput = z.strictObject({ Copy: copyInput, UploadId: z.string() });
/** `Superseded`: a newer write won meanwhile. `Waiting`: ask again, the parts are kept. */
export interface CompleteOutput {
  Status: 'Complete' | 'Superseded' | 'Waiting';
}

/** Why a copy failed. `Error`: the error's name, empty where there is none. */
const why = z.strictObject({ Error: z.string(), Reason: z.string() });
export type Why = z.infer<typeof why>;

export const abortInput = why.extend({ Copy: copyInput });
/** Empty: it has none. */
export interface AbortOutput {
  UploadId: string;
}

export const endUploadInput = z.strictObject({ Copy: copyInput, UploadId: z.string() });
/** `IsGone`: S3 knows it no more, or lists no part of it. */
export interface EndUploadOutput {
  IsGone: boolean;
}

export interface EndOrphansOutput {
  /** Copies whose execution is over, and whose row did not say so. */
  Copies: number;
  /** Uploads that no copy owns. */
  Uploads: number;
}

/** Status of a copy as users see it in MultiPartUploadTable. */
export type CopyStatus = 'InProgress' | 'Complete' | 'Superseded' | 'Failed';

/** Row of MultiPartUploadTable: one large copy. */
export const copyRow = z.object({
  /** Which copy: see copyId. */
  CopyId: z.string(),
  BaseName: z.string(),
  Key: z.string(),
  Origin: z.string(),
  Status: z.enum(['InProgress', 'Complete', 'Superseded', 'Failed']),
  Attempt: z.number(),
  /** Absent: it failed before its upload began. */
  UploadId: z.string().optional(),
  Bytes: z.number(),
  Parts: z.number(),
  PartsDone: z.number(),
  /** ISO 8601. */
  Started: z.string(),
  Finished: z.string().optional(),
  Reason: z.string().optional(),
  /** It failed, and its key went back to Queue or onto the failed list. */
  HandedBack: z.boolean().optional(),
  /** Counts the writes of this row: the condition of the next one. */
  revision: z.number(),
});
export type CopyRow = z.infer<typeof copyRow>;
