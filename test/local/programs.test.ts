import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './program';

async function until(condition: () => boolean, child: ChildProcess): Promise<void> {
  while (!condition() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('the demo ends with 1 and names region and key when a region does not replicate', async () => {
  const { child, output } = startProgram('demo', ['--switch-off', 'eu-west-1', '--patience', '5']);
  const [code] = await once(child, 'exit');
  expect(output()).toMatch(/eu-west-1: "docs\/first file\.txt" is not there/);
  expect(output()).not.toContain('Everything was verified');
  expect(code).toBe(1);
});

test('npm run local serves any client until it is told to end', async () => {
  const envFile = join(mkdtempSync(join(tmpdir(), 'mars-')), 'env'); // the user's own run may have .local/env
  const { child, output } = startProgram('local', ['--settings', envFile]);
  await until(() => output().includes('ready'), child);
  expect(output().trim().split('\n').at(-1)).toMatch(/^ready/);
  const settings = readFileSync(envFile, 'utf8');
  const variables = [...settings.matchAll(/^export (\w+)='([^']+)'$/gm)].map(([, name]) => name);
  const promised = ['AWS_ENDPOINT_URL', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];
  expect(variables).toEqual(
    expect.arrayContaining([...promised, 'MARS_CREATE_ARN', 'MARS_DELETE_ARN', 'AWS_CA_BUNDLE']),
  );
  const endpoint = /AWS_ENDPOINT_URL='([^']+)'/.exec(settings)?.[1] ?? '';

  const second = startProgram('local', ['--settings', envFile]);
  expect((await once(second.child, 'exit'))[0]).toBe(1);
  expect(second.output()).toContain(`another one, which runs on port ${new URL(endpoint).port}`);
  expect(readFileSync(envFile, 'utf8')).toBe(settings);

  child.kill('SIGTERM');
  await once(child, 'close'); // every process that could still write has ended
  expect(existsSync(envFile)).toBe(false);
  await expect(fetch(endpoint)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

test('npm run local says in one line which option it does not know', async () => {
  const { child, output } = startProgram('local', ['--prot', '1']);
  expect((await once(child, 'exit'))[0]).toBe(1);
  expect(output().trim().split('\n')).toEqual([expect.stringContaining("Unknown option '--prot'")]);
});

test('npm run local says in one line which port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';
  const { child, output } = startProgram('local', ['--port', port]);
  const [code] = await once(child, 'exit');
  server.close();
  expect(code).toBe(1);
  expect(output().trim().split('\n')).toEqual([expect.stringContaining(`port ${port} can't be had`)]);
});
