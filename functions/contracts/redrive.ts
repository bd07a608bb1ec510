import * as z from 'zod';
import { baseName, region } from './fields';

/** Keys that are asked for: one, or all with a prefix, which may be empty. */
const scope = z.union([z.strictObject({ Key: z.string() }), z.strictObject({ Prefix: z.string() })]);
export type Scope = z.infer<typeof scope>;

/** What MARS-Redrive hands to its function for each region; asked again with its own answer until it is done. */
export const redriveInput = z.strictObject({
  BaseName: baseName,
  Region: region,
  Scope: scope,
  /** Keys listed as failed that were sent back to Queue. */
  Keys: z.number(),
  /** Messages moved from the DLQ back to Queue. */
  Messages: z.number(),
  /** Where the list of failed keys goes on, and whether it has been read to its end. */
  After: z.record(z.string(), z.string()).optional(),
  Listed: z.boolean(),
  Done: z.boolean(),
});
export type RedriveInput = z.infer<typeof redriveInput>;
