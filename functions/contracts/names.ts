/** Names that users see in their account. All follow from BaseName and region, so no table of names is kept. */

/** S3: bucket names have at most 63 characters (S3 User Guide, "Bucket naming rules"). */
const longestBucketName = 63;

export const stackNames = {
  base: 'MARS-BaseRegionalResources',
  journal: (baseName: string) => `MARS-${baseName}`,
  bucket: (baseName: string) => `MARS-${baseName}-RegionalResources`,
};

/** Parameter of each regional stack: which template it was made of, so that an older one is told from the current. */
export const templateParameter = 'Template';
/** Parameter of a journal stack: the regions of its replicas, separated by commas. */
export const regionsParameter = 'Regions';
/** Parameter of a journal stack: regions that have left the set, whose writes its items still name. */
export const leftParameter = 'Left';
/** Parameter of a bucket stack: ARN of the journal's stream in its region. */
export const streamParameter = 'JournalStreamArn';
/** Parameter of a bucket stack: whether it reads the journal's stream. */
export const replicatesParameter = 'Replicates';
/** What bucket stacks import of a base. */
export const queueExport = 'MARS-QueueArn';
export const keyExport = 'MARS-KeyArn';

/** Inverse of `stackNames.bucket`; `undefined` for any other stack. */
export const baseNameOfBucketStack = (stackName: string): string | undefined =>
  /^MARS-([a-z0-9-]+)-RegionalResources$/.exec(stackName)?.[1];

export const bucketName = (baseName: string, region: string): string => `mars-${baseName}-${region}`;

/** Inverse of {@link bucketName} within a known region; `undefined` for a bucket that is not a MARS bucket there. */
export function baseNameOfBucket(bucket: string, region: string): string | undefined {
  const end = `-${region}`;
  if (!bucket.startsWith('mars-') || !bucket.endsWith(end)) return undefined;
  const baseName = bucket.slice('mars-'.length, -end.length);
  return isBaseName(baseName) ? baseName : undefined;
}

export const journalTable = (baseName: string): string => `MARS-${baseName}`;
export const replicasTable = (baseName: string): string => `MARS-${baseName}-Replicas`;
/** Of Replicas: the keys that are listed as failed. */
export const failedIndex = 'FailedIndex';

/** BaseName of the journal whose stream this is (`arn:aws:dynamodb:<region>:<account>:table/MARS-<BaseName>/stream/<label>`). */
export function baseNameOfStream(streamArn: string): string | undefined {
  const baseName = /:table\/MARS-([^/]+)\/stream\//.exec(streamArn)?.[1];
  return baseName !== undefined && isBaseName(baseName) ? baseName : undefined;
}

export const multiPartUploadTable = 'MARS-MultiPartUpload';
export const queueName = 'MARS-Queue';
export const deadLetterQueueName = `${queueName}-DLQ`;
/** Seconds; six times the function's time-out (Lambda Developer Guide, "Configuring a queue for use with Lambda"). */
export const queueVisibility = 360;
/** Deliveries of a message before it goes to the DLQ. */
export const maxReceives = 10;
export const keyAlias = 'alias/MARS';
export const queueProcessorName = 'MARS-QueueProcessor';
export const streamProcessorName = 'MARS-StreamProcessor';

export const codeBucket = (codeBucketBaseName: string, region: string): string =>
  `${codeBucketBaseName}-${region}`;

const urlOf =
  (queue: string) =>
  (region: string, accountId: string): string =>
    `https://sqs.${region}.amazonaws.com/${accountId}/${queue}`;
export const queueUrl = urlOf(queueName);
export const deadLetterQueueUrl = urlOf(deadLetterQueueName);

export const copyLargeObjectName = 'MARS-CopyLargeObject';
export const stateMachineArnOf = (name: string, region: string, accountId: string): string =>
  `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
export const copyLargeObjectArn = (region: string, accountId: string): string =>
  stateMachineArnOf(copyLargeObjectName, region, accountId);

export const cleanUpCopyName = 'MARS-CleanUpCopy';
export const reportsBucketName = (accountId: string, region: string): string =>
  `mars-reports-${accountId}-${region}`;
export const isReportsBucket = (bucket: string): boolean => /^mars-reports-\d{12}-[a-z0-9-]+$/.test(bucket);
export const reconcileName = 'MARS-Reconcile';
export const reconcileAllName = 'MARS-ReconcileAll';
export const sweepCopiesName = 'MARS-SweepCopies';
/** Its role begins all of MARS's uploads, and is what tells them from users'. */
export const prepareCopyName = 'MARS-PrepareCopy';

/** Lower-case letters, digits and single hyphens, neither first nor last. */
export const isBaseName = (text: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** Whether the buckets of a set of this BaseName would be those that MARS keeps code and reports in. */
export const isTakenByMars = (baseName: string): boolean => /^(code|reports)-\d{12}$/.test(baseName);

/**
 * Whether a text has the form of a region's name. Names of buckets and hosts are made with it, and one that ran on (as
 * `archive-us-west-2`) would name another set's bucket.
 */
export const isRegion = (text: string): boolean =>
  /^[a-z]{2}(-gov|-iso[a-z]?)?-(north|south|east|west|central){1,2}-\d+$/.test(text);

/** Longest BaseName whose bucket names are legal in all `regions`, in characters. */
export const longestBaseName = (regions: readonly string[]): number =>
  longestBucketName - bucketName('', '').length - Math.max(...regions.map((r) => r.length));
