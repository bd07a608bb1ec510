import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'cli/mars.mjs');

export interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `mars` as a user does, in a process of its own. */
export const mars = (...args: string[]): Promise<Said> =>
  new Promise((answer) => {
    execFile(process.execPath, [program, ...args], { cwd: root }, (error, stdout, stderr) =>
      answer({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });

/** `mars` while it runs. */
export function startMars(...args: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return { child, output: () => output };
}

/** What it says with `--json`. */
export async function marsJson<Json>(...args: string[]): Promise<{ code: number; json: Json }> {
  const { code, stdout, stderr } = await mars('--json', ...args);
  if (stdout === '') throw new Error(stderr);
  return { code, json: JSON.parse(stdout) };
}
