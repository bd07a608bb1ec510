import { availableParallelism } from 'node:os';
import { simulate } from '../simulation/fleet';
import type { Benchmark } from './table';

const runs = 1000;

/** How fast histories are simulated, with all faults, on all cores. */
export const simulation: Benchmark = async () => {
  const began = Date.now();
  const { histories, violations } = await simulate({ runs, seed: 1, regions: 3 });
  if (violations.length > 0) throw new Error(`seed ${violations[0]?.seed} violates an oracle`);
  const seconds = (Date.now() - began) / 1000;
  return {
    cores: { all: availableParallelism() },
    histories: { all: histories },
    seconds: { all: seconds },
    'histories per second': { all: histories / seconds },
  };
};
