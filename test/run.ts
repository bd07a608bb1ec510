import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployRootStack, environmentOf } from '../local/deploy';
import { type EmbeddedAws, startEmbeddedAws } from '../local/embedded-aws';
import { agreedPrefix, endToEndEstimate, isOwnAccount } from './own-account';
import { supportedRegions } from './supported-regions';

/**
 * `npm test [-- JEST ARGUMENTS]`: type check, lint, then all tests. End-to-end tests use whatever AWS the environment
 * names, an account of your own after they have asked; without one they get an embedded AWS with MARS deployed. `COUNTS=FILE`: who
 * asked it for what, and how often. The last line is `N passed, N failed`.
 */
const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules/.bin', name);

async function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  return code === 0;
}

async function runTests(env: NodeJS.ProcessEnv): Promise<{ passed: number; failed: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'mars-test-'));
  const outputFile = join(folder, 'results.json');
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const ok = await run(
    process.execPath,
    [...flags, jest, '--json', `--outputFile=${outputFile}`, ...process.argv.slice(2)],
    env,
  );
  const results = JSON.parse(await readFile(outputFile, 'utf8'));
  await rm(folder, { recursive: true });
  const failed: number = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return { passed: results.numPassedTests, failed: failed || (ok ? 0 : 1) };
}

const checks = [
  await run(bin('tsc'), ['--noEmit']),
  await run(bin('biome'), ['check', '--error-on-warnings']),
];
let aws: EmbeddedAws | undefined;
try {
  let env: NodeJS.ProcessEnv = {};
  if (isOwnAccount(process.env)) {
    env = { MARS_TEST_PREFIX: await agreedPrefix('npm test', endToEndEstimate) };
  } else if (!process.env.AWS_ENDPOINT_URL) {
    const { COUNTS: counts } = process.env;
    aws = await startEmbeddedAws({ waitScale: 0.025, ...(counts && { counts }) });
    await deployRootStack(aws, { SupportedRegions: supportedRegions.join() });
    env = environmentOf(aws);
  }
  const { passed, failed } = await runTests(env);
  const failedChecks = checks.filter((ok) => !ok).length;
  console.log(`${passed + checks.length - failedChecks} passed, ${failed + failedChecks} failed`);
  process.exitCode = failed + failedChecks > 0 ? 1 : 0;
} catch (error) {
  console.error((error as Error).message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  await aws?.stop();
}
