import { queueBatchingWindow, queueBatchSize, streamBatchSize } from '../../functions/contracts/filters';
import { largeFrom, planParts } from '../../functions/large/parts';
import { type ActName, acts, type Calls, largeElsewhere, largeInvocations, largeTransitions } from './counts';
import { daysPerMonth, type Load } from './load';
import { type PriceName, prices } from './prices';

/** A line of the bill of a month. */
export interface Line {
  service: string;
  what: string;
  quantity: number;
  /** Of the price table; the mean of the regions. */
  price: PriceName;
  dollars: number;
}

/** Priced as a PUT (S3 pricing: "PUT, COPY, POST, or LIST requests"), as anything else, or not at all (DELETE). */
const pricedAsPut =
  /^(CopyObject|UploadPartCopy|CreateMultipartUpload|CompleteMultipartUpload|ListParts|PutObjectTagging)$/;
const pricedAsGet = /^(HeadObject|GetObjectTagging|CopyObject|UploadPartCopy)$/; // a copy reads its source, too
const reads = /^(Query|Get)$/;
const writes = /^(Put|Update)$/;

/**
 * Seconds of a call of a processor, not measured on AWS. What it waits for: one call of S3 and three or four of DynamoDB, one after the
 * other; S3 takes 100 to 200 ms (S3 User Guide, "Performance guidelines for Amazon S3"), a copy from another region is taken to take
 * twice that. Processor time of an object is measured (`npm run bench -- replication`): of a whole vCPU, of which 512 MB have 0.29
 * (Lambda Developer Guide, "Configure Lambda function memory": one at 1,769 MB).
 */
const processors = {
  gigabytes: 0.5,
  share: 512 / 1769,
  queue: { waits: 0.15, cpu: 0.0085 },
  stream: { waits: 0.35, cpu: 0.0085 },
} as const;
/** Seconds and GB: CopyParts waits for 25 parts, eight at a time. */
const largeCall = { seconds: 10, gigabytes: 0.5 };
/** Bytes of log: what the functions say of an object in each region, and what Lambda adds to each call. Measured as processors' time. */
const logBytes = { perRegion: 350, perCall: 400 };
/** Of the requests for keys that bucket keys leave (S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys": "up to 99 percent" less). */
const leftByBucketKeys = 0.01;
/** Bytes of an item of the journal, with what DynamoDB adds, and of a row of Replicas: both within a unit of writing. */
const itemBytes = 700;

/** What is there once, once per region: held against the templates by test/unit/cost.test.ts. */
export const fixed = {
  alarms: { home: 4, perRegion: 19 },
  keys: { home: 1, perRegion: 1 },
  dashboards: { set: 1, perRegion: 1 },
  /** Of S3, per bucket (S3 User Guide, "Amazon S3 metrics and dimensions"). */
  requestMetrics: 16,
  /** Failed, LargeCopiesInFlight, OldestLargeCopy, and ReplicationLatency by Destination and by each Origin; ReconcileDifferences at home. */
  metrics: { home: 1, perRegion: (regions: number) => 3 + regions },
  /** Empty long polls, of 20 seconds, of five pollers (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
  pollsPerRegion: (5 * 30 * 86_400) / 20,
  /** Data keys of Queue and three tables, for who writes and who reads, each 5 minutes (SQS Developer Guide, "Key management"). */
  keyRequestsPerRegion: (8 * 30 * 86_400) / 300,
  /** MARS-Measure each 5 minutes: calls. */
  measures: (30 * 86_400) / 300,
};

/** The bill of a month, without what the users' own requests cost. */
export function costOf(load: Load): Line[] {
  const { regions, perDay, size, stored } = load;
  const others = regions.length - 1;
  const perMonth = (act: ActName) => perDay[act] * daysPerMonth;
  const names = Object.keys(acts) as ActName[];
  const isLarge = size >= largeFrom;
  const { parts, batches } = isLarge ? planParts(size) : { parts: 0, batches: [] };
  const ofLarge = largeElsewhere(parts, batches.length);
  const copies = (perMonth('put') + perMonth('rename')) * others;

  /** Calls in a month, of all regions. */
  const calls = (pattern: RegExp): number =>
    names.reduce((total, act) => {
      const { here, elsewhere } = acts[act];
      const there = isLarge && act === 'put' ? ofLarge : elsewhere;
      return total + perMonth(act) * (sum(here, pattern) + others * sum(there, pattern));
    }, 0);
  const events = names.reduce((total, act) => total + perMonth(act) * acts[act].events, 0);
  const own = names.reduce((total, act) => total + perMonth(act) * acts[act].ownRecords, 0);
  const inStream = events * others + own;
  const messages = events * regions.length;

  const aSecond = events / daysPerMonth / (load.busyHours * 3600) / regions.length;
  const batch = Math.min(queueBatchSize, 1 + aSecond * queueBatchingWindow);
  // What a batch of QueueProcessor writes comes together, from each region.
  const records = Math.min(streamBatchSize, batch * Math.max(1, Math.min(others, aSecond * others)));
  const [ofQueue, ofStream] = [events / batch, inStream / records];
  const ofLargeCopies = isLarge ? perMonth('put') * others * largeInvocations(batches.length) : 0;
  const seconds =
    ofQueue * processors.queue.waits +
    ofStream * processors.stream.waits +
    (events * processors.queue.cpu + inStream * processors.stream.cpu) / processors.share;
  const invocations = ofQueue + ofStream + ofLargeCopies;

  const keptVersions = (perDay.delete + perDay.rename) * daysPerMonth;
  const crossed = (copies * size) / 1e9;
  const keyRequests = calls(/^(CopyObject|UploadPartCopy|CompleteMultipartUpload)$/) * 2 + perMonth('put');
  const reconciled = stored * load.reconcilesPerMonth * regions.length;
  const polls = fixed.pollsPerRegion * regions.length;

  const line = (service: string, what: string, quantity: number, price: PriceName): Line => ({
    service,
    what,
    quantity,
    price,
    dollars: quantity * mean(regions, price),
  });
  return [
    line('S3', 'requests priced as PUT: copies', calls(pricedAsPut), 's3Put'),
    line('S3', 'other requests, and reads of copies', calls(pricedAsGet), 's3Get'),
    line('S3', 'GB between regions', crossed, 'transferGB'),
    line('S3', 'GB stored in all regions', (stored * size * regions.length) / 1e9, 's3StorageGB'),
    line(
      'S3',
      'GB of deleted versions, kept for 30 days',
      (keptVersions * size * regions.length) / 1e9,
      's3StorageGB',
    ),
    line(
      'DynamoDB',
      'writes of the journal, in each replica',
      calls(/^Journal$/) * regions.length,
      'dynamodbReplicatedWrite',
    ),
    line('DynamoDB', 'writes of rows', calls(writes), 'dynamodbWrite'),
    line('DynamoDB', 'reads', calls(reads), 'dynamodbRead'),
    line(
      'DynamoDB',
      'GB of journal and rows',
      (stored * 2 * itemBytes * regions.length) / 1e9,
      'dynamodbStorageGB',
    ),
    line(
      'DynamoDB',
      "GB of the journal's backups",
      (stored * itemBytes * regions.length) / 1e9,
      'dynamodbBackupGB',
    ),
    line('SQS', 'messages sent', messages, 'sqsRequest'),
    line('SQS', 'messages received and deleted', (2 * messages) / batch + polls, 'sqsRequest'),
    line('Lambda', 'calls', invocations + fixed.measures * regions.length, 'lambdaRequest'),
    line(
      'Lambda',
      'GB-seconds',
      seconds * processors.gigabytes + ofLargeCopies * largeCall.seconds * largeCall.gigabytes,
      'lambdaGBSecond',
    ),
    line(
      'Step Functions',
      'states of large copies',
      isLarge ? perMonth('put') * others * largeTransitions(batches.length) : 0,
      'stepFunctionsTransition',
    ),
    line('KMS', 'keys', fixed.keys.home + fixed.keys.perRegion * regions.length, 'kmsKey'),
    line(
      'KMS',
      'requests',
      keyRequests * leftByBucketKeys + fixed.keyRequestsPerRegion * regions.length,
      'kmsRequest',
    ),
    line(
      'CloudWatch',
      'GB of logs',
      (events * regions.length * logBytes.perRegion + invocations * logBytes.perCall) / 1e9,
      'logsGB',
    ),
    line(
      'CloudWatch',
      'metrics of MARS',
      fixed.metrics.home + fixed.metrics.perRegion(regions.length) * regions.length,
      'metric',
    ),
    line(
      'CloudWatch',
      'request metrics of buckets',
      load.bucketMetrics ? fixed.requestMetrics * regions.length : 0,
      'metric',
    ),
    line('CloudWatch', 'alarms', fixed.alarms.home + fixed.alarms.perRegion * regions.length, 'alarm'),
    line(
      'CloudWatch',
      'dashboards',
      load.dashboards ? fixed.dashboards.set + fixed.dashboards.perRegion * regions.length : 0,
      'dashboard',
    ),
    line('MARS-Reconcile', 'pages of lists', reconciled / 1000, 's3Put'),
    // Two of half a unit: they are not consistent.
    line('MARS-Reconcile', 'reads: the journal and the row of each key', reconciled, 'dynamodbRead'),
  ];
}

/** What S3's own replication takes for the same: each region's bucket to each other one, and its time control or not. */
export function costOfS3Replication(
  { regions, perDay, size, stored }: Load,
  withTimeControl: boolean,
): Line[] {
  const others = regions.length - 1;
  const made = (perDay.put + perDay.rename) * daysPerMonth * others;
  const marked = (perDay.delete + perDay.rename) * daysPerMonth * others;
  const line = (what: string, quantity: number, price: PriceName): Line => ({
    service: 'S3',
    what,
    quantity,
    price,
    dollars: quantity * mean(regions, price),
  });
  const gigabytes = (made * size) / 1e9;
  return [
    line('replicas and delete markers, as PUT', made + marked, 's3Put'),
    line('GB between regions', gigabytes, 'transferGB'),
    line('GB stored in all regions', (stored * size * regions.length) / 1e9, 's3StorageGB'),
    line('GB with time control', withTimeControl ? gigabytes : 0, 's3TimeControlGB'),
  ];
}

export const totalOf = (lines: readonly Line[]): number =>
  lines.reduce((total, { dollars }) => total + dollars, 0);

const sum = (calls: Calls, pattern: RegExp): number =>
  Object.entries(calls).reduce((total, [name, count]) => (pattern.test(name) ? total + count : total), 0);

const mean = (regions: readonly string[], price: PriceName): number =>
  regions.reduce((total, region) => total + pricesOf(region)[price], 0) / regions.length;

/** @throws Error when the table has no prices of a region. */
function pricesOf(region: string) {
  const found = prices[region];
  if (!found) throw new Error(`no prices of ${region}; there are some of ${Object.keys(prices).join(', ')}`);
  return found;
}
