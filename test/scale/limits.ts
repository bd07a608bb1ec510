/** Per second, unless said otherwise; each with the document that gives it. Quotas are the defaults of an account. */
export const limits = {
  /** S3 User Guide, "Optimizing Amazon S3 performance": "at least 3,500 PUT/COPY/POST/DELETE or 5,500 GET/HEAD requests per second per partitioned Amazon S3 prefix". */
  s3Puts: 3500,
  s3Gets: 5500,
  /** DynamoDB Developer Guide, "Initial throughput and scaling properties": a new on-demand table; twice the peak of before 30 minutes and longer. */
  tableWrites: 4000,
  tableReads: 12_000,
  /** The same, "Quotas": "Per table: 40,000 read request units and 40,000 write request units". */
  tableMost: 40_000,
  /** Lambda Developer Guide, "Lambda quotas": concurrent executions of a region. */
  concurrency: 1000,
  /** Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings": five batches at first, up to 300 more each minute. */
  pollersAtFirst: 5,
  morePollers: 300 / 60,
  /** `ScalingConfig` of QueueSubscription (infra/change-queue.ts). */
  pollers: 200,
  /** Lambda Developer Guide, "Using Lambda with Amazon DynamoDB": one call of each shard at a time; a shard is a partition, of which a new on-demand table has four (1,000 writes a second each). */
  shards: 4,
  /** Milliseconds: shards are polled "at a base rate of 4 times per second" (the same). */
  poll: 250,
  /** Milliseconds that records stay in a stream: 24 hours (DynamoDB Developer Guide, "Change data capture for DynamoDB Streams"). */
  retention: 24 * 3_600_000,
};

/** Milliseconds that a call takes, and the global table, and S3's events: assumed, as in cli/cost/model.ts; lags from, and so many more at most. */
export const times = {
  dynamodb: 5,
  head: 100,
  copy: 300,
  lag: [500, 1000],
  event: [500, 1500],
  start: 400,
} as const;

/** A token bucket of one second, which counts what it refuses. */
export class Limit {
  taken = 0;
  refused = 0;
  /** When it was first met. */
  metAt = Number.POSITIVE_INFINITY;
  private tokens: number;
  private at = 0;
  /** Of the current and of earlier half hours, for tables that grow. */
  private peak = 0;
  private second = 0;
  private inSecond = 0;
  private grownAt = 0;

  constructor(
    readonly name: string,
    private rate: number,
    private readonly most = rate,
  ) {
    this.tokens = rate;
  }

  take(now: number): boolean {
    this.grow(now);
    this.tokens = Math.min(this.rate, this.tokens + ((now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.tokens < 1) {
      this.refused++;
      this.met(now);
      return false;
    }
    this.tokens--;
    this.taken++;
    this.inSecond++;
    return true;
  }

  met(now: number): void {
    this.metAt = Math.min(this.metAt, now);
  }

  private grow(now: number): void {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.peak = Math.max(this.peak, this.inSecond);
      [this.second, this.inSecond] = [second, 0];
    }
    if (now - this.grownAt < 30 * 60_000) return;
    this.grownAt = now;
    this.rate = Math.min(this.most, Math.max(this.rate, 2 * this.peak));
  }
}

/** What one region's processors may meet; those of rate 1 are met, not taken. */
export function limitsOf(region: string) {
  const table = (what: string, rate: number) => new Limit(`${what} in ${region}`, rate, limits.tableMost);
  return {
    s3Puts: new Limit(`S3 PUT/COPY of the prefix in ${region}`, limits.s3Puts),
    s3Gets: new Limit(`S3 GET/HEAD of the prefix in ${region}`, limits.s3Gets),
    journalWrites: table("journal's writes", limits.tableWrites),
    rowWrites: table("rows' writes", limits.tableWrites),
    reads: table('reads', 2 * limits.tableReads), // of two tables
    concurrency: new Limit(`Lambda's concurrency in ${region}`, 1),
    pollers: new Limit(`pollers of Queue in ${region}`, 1),
    shardCalls: new Limit(`calls of a shard at a time in ${region}`, 1),
  };
}
export type Limits = ReturnType<typeof limitsOf>;
