import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * A program of package.json's scripts, as a user starts it, without what this test run itself has of an AWS. `env`: what the
 * user has set.
 */
export function startProgram(
  script: string,
  args: string[] = [],
  env: Record<string, string> = {},
): { child: ChildProcess; output: () => string } {
  const names = ['PATH', 'HOME'];
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
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
