import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

const run = promisify(execFile);

interface Started {
  child: ChildProcess;
  /** What it has said so far on standard output. */
  output: () => string;
  said: Promise<Said>;
}

/** Starts `mars` as a user does, in a process of its own. */
export const startMars = (...args: string[]) => startMarsWith(process.env, ...args);

export function startMarsWith(env: NodeJS.ProcessEnv, ...args: string[]): Started {
  const running = run(process.execPath, [join(root, 'cli/mars.mjs'), ...args], { cwd: root, env });
  const said = running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code: typeof code === 'number' ? code : -1, stdout, stderr }),
  );
  let output = '';
  running.child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return { child: running.child, output: () => output, said };
}

export const mars = (...args: string[]): Promise<Said> => startMars(...args).said;

/** What it says with `--json`. */
export async function marsJson<Json>(...args: string[]): Promise<{ code: number; json: Json }> {
  const { code, stdout, stderr } = await mars('--json', ...args);
  if (stdout === '') throw new Error(stderr);
  return { code, json: JSON.parse(stdout) };
}
