import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { deployRootStack, environmentOf } from '../../local/deploy';
import { type EmbeddedAws, homeRegion, startEmbeddedAws } from '../../local/embedded-aws';
import { supportedRegions } from '../supported-regions';
import type { Granted } from './grants';

const root = join(import.meta.dirname, '../..');
/** Milliseconds: a test that is to fail need not wait for a minute. */
const patience = '45000';

export interface Trial {
  /** The test that failed, and in the next lines why. */
  failed: string | undefined;
  /** `<role> <action> <allowed or refused>` */
  asked: Set<string>;
  seconds: number;
}

/** Runs a file of end-to-end tests on an embedded AWS of its own, without an action of a role. */
export async function tryOut(file: string, without?: Granted): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'mars-privileges-'));
  const counts = join(folder, 'counts.json');
  const aws = await startEmbeddedAws({ waitScale: 0.025, counts });
  let failed: string | undefined;
  let seconds = 0;
  try {
    await deployRootStack(aws, { SupportedRegions: supportedRegions.join() });
    if (without) await take(without, aws);
    const start = performance.now();
    failed = await firstFailure(file, environmentOf(aws));
    seconds = Math.round((performance.now() - start) / 1000);
  } finally {
    await aws.stop();
  }
  const asked = new Set(Object.keys(JSON.parse(await readFile(counts, 'utf8'))));
  await rm(folder, { recursive: true });
  return { failed, asked, seconds };
}

async function take({ role: RoleName, action }: Granted, aws: EmbeddedAws): Promise<void> {
  const iam = new IAMClient(aws.clientConfig(homeRegion));
  const policy = { RoleName, PolicyName: 'Policy' };
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(policy));
  const document = JSON.parse(decodeURIComponent(PolicyDocument));
  const statements = document.Statement.map((statement: { Action: string | string[] }) => ({
    ...statement,
    Action: [statement.Action].flat().filter((each) => each !== action),
  }));
  document.Statement = statements.filter(({ Action }: { Action: string[] }) => Action.length > 0);
  await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument: JSON.stringify(document) }));
}

async function firstFailure(file: string, env: Record<string, string>): Promise<string | undefined> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const reporter = join(import.meta.dirname, 'first-failure.mjs');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '--import', 'tsx'];
  const child = spawn(
    process.execPath,
    [...flags, jest, `test/end-to-end/${file}`, '--reporters', reporter],
    { cwd: root, env: { ...process.env, ...env, PATIENCE: patience }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const [code] = await once(child, 'close');
  if (code === 0) return undefined;
  return /^FAILED (.*)/ms.exec(output)?.[1] ?? `ended with ${code}`;
}
