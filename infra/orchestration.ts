import {
  compareRangeGrants,
  planReconcileGrants,
  redriveRegionGrants,
  summariseReconcileGrants,
} from './grants/operator';
import {
  bucketContentsGrants,
  regionalStackGrants,
  stageCodeGrants,
  stopReplicationGrants,
  validateInputGrants,
} from './grants/sets';
import type { Reports } from './grants/shared';
import type { Grant } from './roles';

export interface OrchestrationFunction {
  /** Its name in the state machines; with `MARS-` before it, in the account. */
  id: string;
  /** Its folder in functions/. */
  entry: string;
  description: string;
  grants: Grant[];
  /** Seconds. */
  timeout: number;
  memoryMegabytes?: number;
}

export interface Arns {
  cloudFormationRole: string;
  assets: string;
  codeBuckets: string;
  reports: Reports;
}

/** Functions of the root stack: the tasks of the state machines that users start. */
export const orchestrationFunctions = (arns: Arns): OrchestrationFunction[] => [
  {
    id: 'ValidateInput',
    entry: 'validate-input',
    description: 'MARS: refuses bad input, and finds the regions of a set',
    grants: validateInputGrants(arns.reports),
    timeout: 60,
  },
  {
    id: 'StageCode',
    entry: 'stage-code',
    description: "MARS: brings templates and Lambda code into a region's code bucket",
    grants: stageCodeGrants(arns.assets, arns.codeBuckets),
    timeout: 60,
  },
  {
    id: 'RegionalStack',
    entry: 'regional-stack',
    description: 'MARS: takes a regional stack one step further and tells where it stands',
    grants: regionalStackGrants(arns.cloudFormationRole, arns.codeBuckets),
    timeout: 60,
  },
  {
    id: 'BucketContents',
    entry: 'bucket-contents',
    description: "MARS: counts or removes a regional bucket's contents",
    grants: bucketContentsGrants,
    timeout: 300,
  },
  {
    id: 'StopReplication',
    entry: 'stop-replication',
    description: 'MARS: ends replication of a set from and to a region',
    grants: stopReplicationGrants,
    timeout: 60,
  },
  {
    id: 'PlanReconcile',
    entry: 'plan-reconcile',
    description: 'MARS: cuts the keys of a set into ranges that are compared side by side',
    grants: planReconcileGrants(arns.reports),
    timeout: 900,
  },
  {
    id: 'CompareRange',
    entry: 'compare-range',
    description: 'MARS: compares a range of keys in all regions, and asks regions to look at what differs',
    grants: compareRangeGrants(arns.reports),
    timeout: 900,
    memoryMegabytes: 1024,
  },
  {
    id: 'SummariseReconcile',
    entry: 'summarise-reconcile',
    description: 'MARS: adds up what was compared, and decides whether to compare again',
    grants: summariseReconcileGrants(arns.reports),
    timeout: 900,
  },
  {
    id: 'RedriveRegion',
    entry: 'redrive-region',
    description: 'MARS: gives what failed in a region another ten tries',
    grants: redriveRegionGrants,
    timeout: 900,
  },
];

/** Their folders; these depend on no ARN. */
export const noArns: Arns = {
  cloudFormationRole: '',
  assets: '',
  codeBuckets: '',
  reports: { bucket: '', key: '' },
};
export const orchestrationEntries = orchestrationFunctions(noArns).map(({ entry }) => entry);
