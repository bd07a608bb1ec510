import { z } from 'zod';

/** What MARS-Redrive hands to its function for each region; asked again with its own answer until it is done. */
export const redriveInput = z.strictObject({
  BaseName: z.string(),
  Region: z.string(),
  /** Keys that are asked for: one, those with a prefix, or, with the empty prefix, all. */
  Scope: z.union([z.strictObject({ Key: z.string() }), z.strictObject({ Prefix: z.string() })]),
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
