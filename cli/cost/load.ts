import type { ActName } from './counts';

/** What a set has to do, spread evenly over its regions. */
export interface Load {
  regions: readonly string[];
  /** Acts of users in all regions. A put is an upload of any kind. */
  perDay: Readonly<Record<ActName, number>>;
  /** Bytes of an object. */
  size: number;
  /** Objects that the set holds, on the average of the month. */
  stored: number;
  /** In which a day's acts come: the more of them come in a second, the more share a call of a function. */
  busyHours: number;
  /** As MARS is deployed: `EnableBucketMetrics`, `CreateRegionalDashboards`, and how often MARS-Reconcile compares all. */
  bucketMetrics: boolean;
  dashboards: boolean;
  reconcilesPerMonth: number;
}

export const daysPerMonth = 30;

/** The regions of the 2020 guide's example first. */
export const regionsInOrder = [
  'us-west-2',
  'eu-west-1',
  'ap-southeast-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-2',
  'eu-west-2',
  'ap-northeast-2',
];

export const usual: Load = {
  regions: regionsInOrder.slice(0, 3),
  perDay: { put: 0, delete: 0, rename: 0, tag: 0 },
  size: 1e6,
  stored: 0,
  busyHours: 24,
  bucketMetrics: true,
  dashboards: true,
  reconcilesPerMonth: daysPerMonth,
};
