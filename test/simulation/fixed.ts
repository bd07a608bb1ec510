import type { FaultName } from './faults';
import type { History, Write } from './history';

/** A put of the first key in the first region, whose event takes 100 ms, but for what is given. */
export const write = (what: Partial<Write>): Write => ({
  gap: 0,
  region: 0,
  key: 0,
  kind: 'put',
  upload: 0,
  checksum: 'CRC64NVME',
  digest: false,
  delay: 100,
  longDelay: 100,
  again: undefined,
  lost: false,
  ...what,
});

/** A history in three regions whose acts are written down, not drawn. */
export const fixed = (
  seed: number,
  faults: FaultName[],
  writes: Write[],
  more: Partial<History> = {},
): History => ({
  seed,
  regions: 3,
  faults,
  writes,
  skews: [0, 0, 0],
  windows: [],
  kills: [],
  lostAnswers: [],
  slow: [],
  ...more,
});
