import * as z from 'zod';

/** Settings of the orchestration functions. Infra sets exactly these, the handlers read them once, at cold start. */
export const orchestrationEnvironment = z.object({
  SUPPORTED_REGIONS: z.string().transform((list) => list.split(',').map((name) => name.trim())),
  ACCOUNT_ID: z.string(),
  ASSET_BUCKET: z.string(),
  BASE_TEMPLATE_KEY: z.string(),
  BUCKET_TEMPLATE_KEY: z.string(),
  KEPT_BUCKET_TEMPLATE_KEY: z.string(),
  CODE_KEY: z.string(),
  CODE_BUCKET_BASE_NAME: z.string(),
  CLOUDFORMATION_ROLE_ARN: z.string(),
  /** Ids of the replicating functions' roles: a replica's event names the one that wrote it. */
  QUEUE_PROCESSOR_ROLE_ID: z.string(),
  STREAM_PROCESSOR_ROLE_ID: z.string(),
  COMPLETE_COPY_ROLE_ID: z.string(),
  ENABLE_BUCKET_METRICS: z.enum(['true', 'false']),
  CREATE_REGIONAL_DASHBOARDS: z.enum(['true', 'false']),
  /** Batches of a stream's shard that are worked on at once. */
  STREAM_PARALLELIZATION: z.string(),
  /** Where MARS-Reconcile leaves what it finds. */
  REPORTS_BUCKET: z.string(),
  /** Differences younger than this are not yet ones. */
  RECONCILE_GRACE_MINUTES: z.coerce.number().nonnegative(),
  /** Replication that takes longer raises an alarm. */
  LAG_ALARM_MILLISECONDS: z.string(),
});
export type OrchestrationEnvironment = z.infer<typeof orchestrationEnvironment>;

/** Settings of the functions that replicate, in each region. */
export const replicationEnvironment = z.object({
  ACCOUNT_ID: z.string(),
  AWS_REGION: z.string(),
});

/**
 * Reads a function's settings.
 * @throws Error naming every variable that is missing or wrong, so that a wrong deployment fails at its cold start.
 */
export function readEnvironment<Settings>(
  schema: z.ZodType<Settings>,
  environment: NodeJS.ProcessEnv,
): Settings {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const names = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`Environment of this function is wrong: ${names.join('; ')}`);
}
