import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number';
import { simulate } from './fleet';
import { planted } from './planted';

/**
 * `npm run simulate:planted [-- --runs N] [--seed S] [--only TEXT]`: how many histories it takes until an oracle finds
 * each planted bug, those that are written down first. Exit code 1 when one is not found.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const runs = wholeNumber('runs', values.runs, 1, 1e9);
const seed = wholeNumber('seed', values.seed, 0, 2e9);
let missed = 0;
const wanted = Object.entries(planted).filter(([name]) => name.includes(values.only));
for (const [name, bug] of wanted) {
  const outcome = await simulate({
    runs,
    seed,
    regions: 3,
    planted: bug,
    stopAtFirst: true,
    withFound: true,
  });
  const [first] = outcome.violations;
  if (!first) missed++;
  const found = first
    ? `${outcome.histories} histories: ${first.violations[0]?.oracle}`
    : `not in ${runs} histories`;
  console.log(`${name.padEnd(50)} ${found}`);
}
console.log(`${wanted.length} planted, ${missed} missed`);
process.exitCode = missed > 0 ? 1 : 0;
