import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { makeCertificate } from './certificate';
import { miniStack, pythonWith, SetupError } from './python';

export const accountId = '111122223333';
/** A second account, for tests of what strangers can't do. Its root key is its id. */
export const strangerId = '444455556666';
export const homeRegion = 'us-east-1';
export const localFolder = join(import.meta.dirname, '../.local');

export interface EmbeddedAws {
  endpoint: string;
  /** File with the certificate that clients must trust. */
  certificate: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** What any client of AWS SDK v3 needs. */
  clientConfig: (region: string) => ClientConfig;
  /** Ends it and removes what it wrote. */
  stop: () => Promise<void>;
}

export interface ClientConfig {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  requestHandler: { httpsAgent: Agent };
}

export interface StartOptions {
  /** A free one when absent. */
  port?: number;
  /** Factor on the waits of state machines; 1 is real time. */
  waitScale?: number;
  /** Factor on the batching windows of event source mappings; by default as `waitScale`. */
  batchingWindowScale?: number;
  /** Between replicas of a global table: milliseconds at most, and the seed of each write's time; by default 300 and 1. */
  tableLag?: { milliseconds: number; seed: number };
  /** Patches of local/ministack/patches to leave out: for the test that shows what they are for. */
  withoutPatches?: readonly string[];
  /**
   * A file that always tells how often who asked for what, JSON: `<role or user> <action> <allowed or refused>`,
   * `<role or user> <action> on <table>`, `<role or user> calls <operation of S3>`, `<function> invoked`,
   * `<function> logs bytes`, `<function> invoked warm`, `<function> warm CPU milliseconds`, `<state machine> enters a state`.
   */
  counts?: string;
  /** A port for plain HTTP beside HTTPS: for the test that policies refuse it. */
  plainPort?: number;
}

/**
 * Starts an AWS of its own on 127.0.0.1, over HTTPS, with IAM enforced, and an administrator in it.
 * @throws SetupError when the port is taken, or Python or MiniStack can't be had: nothing is left running then.
 */
export async function startEmbeddedAws(options: StartOptions = {}): Promise<EmbeddedAws> {
  const port = await freePort(options.port);
  const python = await pythonWith(miniStack, localFolder);
  await mkdir(localFolder, { recursive: true });
  const folder = await mkdtemp(join(localFolder, 'run-'));
  const log = join(localFolder, `ministack-${port}.log`);
  // Functions run in this folder: no package.json above it may make ES modules of them.
  await writeFile(join(folder, 'package.json'), '{}');
  const { certificate, key } = await makeCertificate(folder);
  const { milliseconds, seed } = options.tableLag ?? { milliseconds: 300, seed: 1 };
  const root = { accessKeyId: `AKIA${randomHex(8).toUpperCase()}`, secretAccessKey: randomHex(20) };
  const child = await spawnMiniStack(python, log, {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    RUN_FOLDER: folder,
    GATEWAY_PORT: String(port),
    PLAIN_PORT: String(options.plainPort ?? ''),
    TABLE_LAG: `${milliseconds} ${seed}`,
    WITHOUT_PATCHES: options.withoutPatches?.join() ?? '',
    COUNTS: options.counts ?? '',
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    NODE_EXTRA_CA_CERTS: certificate, // for the functions' processes
    MINISTACK_ACCOUNT_ID: accountId,
    MINISTACK_REGION: homeRegion,
    OTHER_ACCOUNTS: strangerId,
    AWS_ACCESS_KEY_ID: root.accessKeyId,
    AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
    SFN_WAIT_SCALE: String(options.waitScale ?? 1),
    BATCHING_WINDOW_SCALE: String(options.batchingWindowScale ?? options.waitScale ?? 1),
    LOG_LEVEL: 'WARNING',
  });
  const stop = async () => {
    child.stdin?.end(); // it ends with its parent's pipe
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(folder, { recursive: true, force: true });
  };
  const stopForGood = async () => {
    await stop();
    await rm(log);
  };
  try {
    const endpoint = `https://127.0.0.1:${port}`;
    const httpsAgent = new Agent({ ca: await readFile(certificate), keepAlive: true, maxSockets: 64 });
    await untilHealthy(endpoint, httpsAgent, child, log);
    const config = { endpoint, requestHandler: { httpsAgent } };
    const credentials = await makeAdministrator({ ...config, region: homeRegion, credentials: root });
    const clientConfig = (region: string) => ({ ...config, region, credentials });
    return { endpoint, certificate, credentials, clientConfig, stop: stopForGood };
  } catch (error) {
    await stop(); // and leave the log: it tells why
    throw error;
  }
}

async function spawnMiniStack(python: string, log: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const output = await open(log, 'w');
  const script = join(import.meta.dirname, 'ministack/run.py');
  // A group of its own: Ctrl-C reaches this program only, which then ends the embedded AWS in good order.
  const child = spawn(python, [script], { env, stdio: ['pipe', output.fd, output.fd], detached: true });
  await once(child, 'spawn');
  await output.close();
  return child;
}

async function untilHealthy(endpoint: string, agent: Agent, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break;
    const healthy = await new Promise<boolean>((answer) => {
      get(`${endpoint}/_ministack/health`, { agent }, (response) => {
        response.resume();
        answer(response.statusCode === 200);
      }).on('error', () => answer(false)); // not listening yet
    });
    if (healthy) return;
    await sleep(100);
  }
  throw new SetupError(`the embedded AWS did not start; ${log} tells why`);
}

/** The root key of the embedded AWS stands above all policies; a user with all rights does not. */
async function makeAdministrator(config: ClientConfig): Promise<ClientConfig['credentials']> {
  const iam = new IAMClient(config);
  const UserName = 'administrator';
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'All', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

/** @throws SetupError when the `wanted` port is taken. */
async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  server.listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SetupError(`port ${wanted} can't be had: ${(error as Error).message}`);
  }
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : wanted;
}

/** Whether anybody listens on a port of 127.0.0.1. */
export const isTaken = (port: number): Promise<boolean> =>
  freePort(port).then(
    () => false,
    () => true,
  );

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');
