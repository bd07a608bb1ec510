import { handlerOf as abortCopy } from '../../functions/abort-copy/abort-copy';
import { handlerOf as compareRange } from '../../functions/compare-range/compare-range';
import { handlerOf as completeCopy } from '../../functions/complete-copy/complete-copy';
import { principalOf } from '../../functions/contracts/filters';
import { handlerOf as copyParts } from '../../functions/copy-parts/copy-parts';
import { handlerOf as endOrphans } from '../../functions/end-orphans/end-orphans';
import { handlerOf as endUpload } from '../../functions/end-upload/end-upload';
import { handlerOf as measure } from '../../functions/measure/measure';
import { handlerOf as prepareCopy } from '../../functions/prepare-copy/prepare-copy';
import { handlerOf as queueProcessor } from '../../functions/queue-processor/queue-processor';
import { handlerOf as redrive } from '../../functions/redrive-region/redrive-region';
import type { Ports } from '../../functions/replication/ports';
import { completing, copyingParts, type Silence, usual } from '../../functions/replication/silence';
import { handlerOf as streamProcessor } from '../../functions/stream-processor/stream-processor';

export interface SimulatedFunction {
  handlerOf: (ports: Ports, portsOf: (region: string) => Ports) => (event: never) => Promise<unknown>;
  /** Seconds, as in infra/replication.ts and infra/orchestration.ts: a test holds them together. */
  timeout: number;
  silence: Silence;
}

/** The exported handlers of the functions of a region, and of those of the home region that look at all regions. */
export const functions: Record<string, SimulatedFunction> = {
  QueueProcessor: { handlerOf: queueProcessor, timeout: 60, silence: usual },
  StreamProcessor: { handlerOf: streamProcessor, timeout: 60, silence: usual },
  PrepareCopy: { handlerOf: prepareCopy, timeout: 60, silence: usual },
  CopyParts: { handlerOf: copyParts, timeout: 900, silence: copyingParts },
  CompleteCopy: { handlerOf: completeCopy, timeout: 300, silence: completing },
  AbortCopy: { handlerOf: abortCopy, timeout: 60, silence: usual },
  EndUpload: { handlerOf: endUpload, timeout: 60, silence: usual },
  EndOrphans: { handlerOf: endOrphans, timeout: 900, silence: usual },
  Measure: { handlerOf: measure, timeout: 240, silence: usual },
  CompareRange: {
    handlerOf: (home, portsOf) => compareRange({ home, portsOf, graceMinutes: 15 }),
    timeout: 900,
    silence: usual,
  },
  RedriveRegion: { handlerOf: (_, portsOf) => redrive({ portsOf }), timeout: 900, silence: usual },
};

/** What S3's events say of a function's writes. */
export const principalOfFunction = (name: string): string => principalOf('AROA', name);
export const principals = Object.keys(functions).map(principalOfFunction);
