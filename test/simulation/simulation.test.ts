import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { noArns, orchestrationFunctions } from '../../infra/orchestration';
import { replicationFunctions } from '../../infra/replication';
import { faultNames } from './faults';
import { functions } from './functions';
import { planted } from './planted';

const root = join(import.meta.dirname, '../..');

/** In a process of its own: jest's own modules are not those that the simulation runs on. */
async function simulate(...args: string[]): Promise<string> {
  const command = ['--import', 'tsx', 'test/simulation/simulate.ts', ...args];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root, maxBuffer: 2 ** 26 });
  return stdout;
}

test('2,000 histories with all faults violate no oracle', async () => {
  const output = await simulate('--runs', '2000', '--seed', '1');
  expect(output.trim().split('\n').at(-1)).toBe('2000 histories, 0 violations');
  for (const name of faultNames) expect(output).toMatch(new RegExp(`^  ${name} +[1-9]`, 'm'));
  expect(output).toMatch(/^ {2}conflicts +[1-9]/m);
}, 400_000);

test('a seed replays its history, to the letter', async () => {
  const [once, again] = await Promise.all([
    simulate('--trace', '--seed', '7'),
    simulate('--trace', '--seed', '7'),
  ]);
  expect(once.length).toBeGreaterThan(1000);
  expect(again).toBe(once);
});

test('names of faults are refused where they are unknown, and listed', async () => {
  await expect(simulate('--fault', 'nonsense')).rejects.toThrow('--fault nonsense is unknown');
  expect((await simulate('--fault', 'list')).trim().split('\n')).toEqual([...faultNames]);
});

test('functions have the time that the templates give them', () => {
  const ofOperators = orchestrationFunctions(noArns).filter(({ id }) => id in functions);
  expect(Object.entries(functions).map(([id, { timeout }]) => [id, timeout])).toEqual(
    [...replicationFunctions, ...ofOperators].map(({ id, timeout }) => [id, timeout]),
  );
});

test.each(Object.entries(planted))('a planted bug fits the code: %s', async (_, { file, find }) => {
  expect((await readFile(join(root, file), 'utf8')).split(find)).toHaveLength(2);
});
