import { prepareCopyName, queueProcessorName, streamProcessorName } from '../functions/contracts/names';
import {
  abortCopyGrants,
  completeCopyGrants,
  copyPartsGrants,
  endOrphansGrants,
  endUploadGrants,
  measureGrants,
  prepareCopyGrants,
  queueProcessorGrants,
  streamProcessorGrants,
} from './grants/replication';
import type { Grant } from './roles';

export interface ReplicationFunction {
  /** Its name in templates and state machines. */
  id: string;
  /** Its name in the account; its role is `<name>-Role`. */
  name: string;
  /** Its folder in functions/. */
  entry: string;
  description: string;
  grants: Grant[];
  /** Seconds. */
  timeout: number;
  memoryMegabytes: number;
}

/** Functions of every region. Their roles are global, as all of IAM is, so the root stack makes them. */
export const replicationFunctions: ReplicationFunction[] = [
  {
    id: 'QueueProcessor',
    name: queueProcessorName,
    entry: 'queue-processor',
    description: 'MARS: journals the writes to this region, and tries again what could not be replicated',
    grants: queueProcessorGrants,
    timeout: 60,
    memoryMegabytes: 512,
  },
  {
    id: 'StreamProcessor',
    name: streamProcessorName,
    entry: 'stream-processor',
    description: 'MARS: brings what other regions wrote into this region',
    grants: streamProcessorGrants,
    timeout: 60,
    memoryMegabytes: 512,
  },
  {
    id: 'PrepareCopy',
    name: prepareCopyName,
    entry: 'prepare-copy',
    description: 'MARS: plans the parts of a large copy and begins its upload',
    grants: prepareCopyGrants,
    timeout: 60,
    memoryMegabytes: 256,
  },
  {
    id: 'CopyParts',
    name: 'MARS-CopyParts',
    entry: 'copy-parts',
    description: 'MARS: copies a batch of parts of a large object, server side',
    grants: copyPartsGrants,
    timeout: 900, // parts of 5 GiB take S3 minutes
    memoryMegabytes: 512,
  },
  {
    id: 'CompleteCopy',
    name: 'MARS-CompleteCopy',
    entry: 'complete-copy',
    description: 'MARS: makes a large object of its parts, if its write still is the winner',
    grants: completeCopyGrants,
    timeout: 300,
    memoryMegabytes: 256,
  },
  {
    id: 'AbortCopy',
    name: 'MARS-AbortCopy',
    entry: 'abort-copy',
    description: 'MARS: cleans up after a large copy that failed',
    grants: abortCopyGrants,
    timeout: 60,
    memoryMegabytes: 256,
  },
  {
    id: 'EndUpload',
    name: 'MARS-EndUpload',
    entry: 'end-upload',
    description:
      'MARS: ends an upload of a large copy once more, when none of its functions can run any more',
    grants: endUploadGrants,
    timeout: 60,
    memoryMegabytes: 256,
  },
  {
    id: 'EndOrphans',
    name: 'MARS-EndOrphans',
    entry: 'end-orphans',
    description: 'MARS: ends uploads and closes rows of large copies that no running execution owns',
    grants: endOrphansGrants,
    timeout: 900,
    memoryMegabytes: 256,
  },
  {
    id: 'Measure',
    name: 'MARS-Measure',
    entry: 'measure',
    description: 'MARS: counts what has failed, and large copies under way',
    grants: measureGrants,
    timeout: 240, // it is called every five minutes
    memoryMegabytes: 256,
  },
];

/** Those that write into buckets: their events are echoes. */
export const writers = replicationFunctions.filter(({ id }) =>
  ['QueueProcessor', 'StreamProcessor', 'CompleteCopy'].includes(id),
);
