import {
  bucketContentsGrants,
  regionalStackGrants,
  stageCodeGrants,
  stopReplicationGrants,
  validateInputGrants,
} from './grants';
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
}

/** Functions of the root stack: the tasks of MARS-CreateMARSBucket and MARS-DeleteMARSBucket. */
export const orchestrationFunctions = (arns: {
  cloudFormationRole: string;
  assets: string;
  codeBuckets: string;
}): OrchestrationFunction[] => [
  {
    id: 'ValidateInput',
    entry: 'validate-input',
    description: 'MARS: refuses bad input, and finds the regions of a set',
    grants: validateInputGrants,
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
    description: 'MARS: switches the stream subscription of a set off in a region',
    grants: stopReplicationGrants,
    timeout: 60,
  },
];

/** Their folders; these depend on no ARN. */
export const orchestrationEntries = orchestrationFunctions({
  cloudFormationRole: '',
  assets: '',
  codeBuckets: '',
}).map(({ entry }) => entry);
