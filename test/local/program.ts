import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Program {
  child: ChildProcess;
  output: () => string;
}

/** A program of package.json's scripts. `env`: what the user has set. */
export const startProgram = (
  script: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Program => start(['run', '--silent', script, '--', ...args], env);

/** `npx mars`. */
export const startMars = (args: string[], env: Record<string, string>): Program =>
  start(['exec', '--silent', '--', 'mars', ...args], env);

/** npm as a user starts it, without what this test run itself has of an AWS. */
function start(words: string[], env: Record<string, string>): Program {
  const names = ['PATH', 'HOME'];
  const child = spawn('npm', words, {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...Object.fromEntries(names.map((name) => [name, process.env[name]])), ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  return { child, output: () => output };
}
