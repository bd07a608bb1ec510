import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is installed from PyPI: its name, and the file that pins it with all that it needs. */
export interface Requirements {
  name: string;
  file: string;
}
export const miniStack: Requirements = {
  name: 'MiniStack',
  file: join(import.meta.dirname, 'requirements.txt'),
};

/** Names under which a Python may be found, the plain one first. `MARS_PYTHON` goes before them all. */
const candidates = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];

/** A fault of the machine that its user can mend, in one line. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

/**
 * The Python of a virtual environment that holds what is pinned, made in `folder` if it is not there.
 * @throws SetupError when there is no Python from 3.10 to 3.14, or one without venv or pip.
 */
export async function pythonWith(
  { name: what, file }: Requirements,
  folder: string,
  path = process.env.PATH ?? '',
): Promise<string> {
  const pinned = await readFile(file);
  const name = createHash('sha256').update(pinned).digest('hex').slice(0, 12);
  const home = join(folder, `python-${name}`);
  const python = join(home, 'bin', 'python');
  if (await exists(join(home, 'ready'))) return python;

  const base = await findPython(path);
  await mkdir(folder, { recursive: true });
  await rm(home, { recursive: true, force: true });
  const environment = { ...process.env, PATH: path };
  await run(base, ['-m', 'venv', home], { env: environment }).catch((error) => {
    throw new SetupError(
      `${base} cannot make a virtual environment (on Debian and Ubuntu: apt install python3-venv): ${lastLine(error)}`,
    );
  });
  const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '-r', file];
  await run(python, pip, { env: environment, maxBuffer: 1e8 }).catch((error) => {
    throw new SetupError(`pip could not install ${what}: ${lastLine(error)}`);
  });
  await writeFile(join(home, 'ready'), '');
  return python;
}

async function findPython(path: string): Promise<string> {
  const tooOld: string[] = [];
  for (const name of [process.env.MARS_PYTHON, ...candidates]) {
    if (!name) continue;
    const version = await versionOf(name, path);
    if (version === undefined) continue;
    if (version.major === 3 && version.minor >= 10 && version.minor <= 14) return name;
    tooOld.push(`${name} is ${version.major}.${version.minor}`);
  }
  const found = tooOld.length > 0 ? tooOld.join(', ') : 'there is none on PATH';
  throw new SetupError(`Python 3.10 to 3.14 is needed: ${found}. Install one, or name one in MARS_PYTHON.`);
}

async function versionOf(name: string, path: string): Promise<{ major: number; minor: number } | undefined> {
  try {
    const program = 'import sys; print(sys.version_info[0], sys.version_info[1])';
    const { stdout } = await run(name, ['-c', program], { env: { ...process.env, PATH: path } });
    const [major = 0, minor = 0] = stdout.trim().split(' ').map(Number);
    return { major, minor };
  } catch {
    return undefined; // not there, or a shim that points nowhere
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const lastLine = (error: { stderr?: string; stdout?: string; message: string }): string =>
  (error.stderr || error.stdout || error.message).trim().split('\n').at(-1) ?? '';
