/** What MARS tells CloudWatch, as functions emit it, and alarms and dashboards read it. */

export const namespace = 'MARS';
/** Of all metrics: Powertools adds it. */
export const service = 'MARS';

/** Units, by name. */
export const metrics = {
  /**
   * From S3's time of a write to when its object, or its delete, is current in this region, once per write; by Destination,
   * which is this region, and by Origin.
   */
  ReplicationLatency: 'Milliseconds',
  /** Keys that are listed as failed in this region now. */
  Failed: 'Count',
  /** Large copies that run in this region now. */
  LargeCopiesInFlight: 'Count',
  /** How long the oldest of them has been running; 0: none runs. */
  OldestLargeCopy: 'Seconds',
  /** What the last round of an execution of MARS-Reconcile still found, in the home region. */
  ReconcileDifferences: 'Count',
} as const;
export type MetricName = keyof typeof metrics;
