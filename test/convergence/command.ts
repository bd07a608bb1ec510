import { parseArgs } from 'node:util';
import { deployRootStack } from '../../local/deploy';
import { startEmbeddedAws } from '../../local/embedded-aws';
import { type BucketSet, createSet } from '../end-to-end/mars';
import { wholeNumber } from '../whole-number';
import { converge } from './converge';

/**
 * `npm run converge [-- --rounds N] [--seed S] [--lag MILLISECONDS]`: rounds of writes in three regions of an embedded
 * AWS whose table replicas lag; round i has seed S + i. Exit code 1 when one does not end equal.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    lag: { type: 'string', default: '3000' },
  },
});
const [rounds, seed, milliseconds] = [
  wholeNumber('rounds', values.rounds, 1, 1e9),
  wholeNumber('seed', values.seed, 1, 1e9),
  wholeNumber('lag', values.lag, 1, 1e9),
];
const set: BucketSet = { baseName: 'converging', regions: ['us-west-2', 'eu-west-1', 'ap-southeast-1'] };

const aws = await startEmbeddedAws({ waitScale: 0.05, tableLag: { milliseconds, seed } });
let equal = 0;
try {
  const mars = await deployRootStack(aws);
  await createSet(mars, set);
  for (let round = 0; round < rounds; round++) {
    const { settled, ...done } = await converge(mars, set, { seed: seed + round, keys: 200, writes: 200 });
    equal++;
    console.log(`round ${seed + round}: ${JSON.stringify(done)}, equal after ${settled.toFixed(1)} s`);
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await aws.stop();
}
console.log(`${equal} of ${rounds} rounds ended equal`);
