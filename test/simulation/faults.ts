/** What can go wrong; `--fault` picks one of these names. */
export const faultNames = [
  'event-duplicated',
  'event-delayed',
  'event-lost',
  'message-repeated',
  'table-lag',
  'slow-call',
  'answer-lost',
  'killed',
  'deployed',
  'conflict',
  'sequencer-lengths',
  'throttling',
  'unavailable',
  'forbidden',
  'cut',
  'stopped',
  'execution-ended',
  'swept',
  'clock-skew',
  'clock-jump',
] as const;
export type FaultName = (typeof faultNames)[number];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Faults that last. `lengths`: milliseconds, from and to.
 * - deployed: the region's running functions are ended and new ones take over.
 * - throttling: DynamoDB, SQS and Step Functions refuse; unavailable: S3 answers 503; forbidden: S3 answers 403.
 * - cut: no call and no replication between the region and the others; each side goes on.
 * - stopped: the region's functions don't run, events and records wait; beyond a day, records are trimmed.
 * - execution-ended: all copies under way in the region are stopped by somebody, or time out; one event in four is lost.
 * - swept: the daily sweep comes, or MARS-Reconcile with it, no fault, but it may come at a bad moment.
 * - clock-jump: the region's clock is off by this much meanwhile, and jumps back.
 */
export const windows = {
  deployed: { lengths: [0, 0] },
  throttling: { lengths: [10 * second, minute] },
  unavailable: { lengths: [10 * second, minute] },
  forbidden: { lengths: [10 * second, 5 * minute] },
  cut: { lengths: [minute, 40 * hour] },
  stopped: { lengths: [minute, 40 * hour] },
  'execution-ended': { lengths: [0, 0] },
  swept: { lengths: [0, 0] },
  'clock-jump': { lengths: [second, 5 * minute] },
} as const satisfies Partial<Record<FaultName, { lengths: readonly [number, number] }>>;
export type WindowName = keyof typeof windows;

export interface Window {
  fault: WindowName;
  /** Index of the region. */
  region: number;
  /** Milliseconds from the start of the history. */
  from: number;
  length: number;
  /** Milliseconds, of clock-jump. */
  jump: number;
}

/** How often each fault fired. */
export type Fired = Partial<Record<FaultName, number>>;
