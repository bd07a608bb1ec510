import { handlerOf as abortCopy } from '../../functions/abort-copy/abort-copy';
import { handlerOf as completeCopy } from '../../functions/complete-copy/complete-copy';
import { principalOf } from '../../functions/contracts/filters';
import { handlerOf as copyParts } from '../../functions/copy-parts/copy-parts';
import { handlerOf as endOrphans } from '../../functions/end-orphans/end-orphans';
import { handlerOf as endUpload } from '../../functions/end-upload/end-upload';
import { handlerOf as prepareCopy } from '../../functions/prepare-copy/prepare-copy';
import { handlerOf as queueProcessor } from '../../functions/queue-processor/queue-processor';
import type { Ports } from '../../functions/replication/ports';
import { handlerOf as streamProcessor } from '../../functions/stream-processor/stream-processor';

export interface SimulatedFunction {
  handlerOf: (ports: Ports) => (event: never) => Promise<unknown>;
  /** Seconds, as in infra/replication.ts: a test holds the two together. */
  timeout: number;
}

/** The exported handlers of the functions of a region. */
export const functions: Record<string, SimulatedFunction> = {
  QueueProcessor: { handlerOf: queueProcessor, timeout: 60 },
  StreamProcessor: { handlerOf: streamProcessor, timeout: 60 },
  PrepareCopy: { handlerOf: prepareCopy, timeout: 60 },
  CopyParts: { handlerOf: copyParts, timeout: 900 },
  CompleteCopy: { handlerOf: completeCopy, timeout: 300 },
  AbortCopy: { handlerOf: abortCopy, timeout: 60 },
  EndUpload: { handlerOf: endUpload, timeout: 60 },
  EndOrphans: { handlerOf: endOrphans, timeout: 900 },
};

/** What S3's events say of a function's writes. */
export const principalOfFunction = (name: string): string => principalOf('AROA', name);
export const principals = Object.keys(functions).map(principalOfFunction);
