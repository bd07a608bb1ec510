import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { miniStack, pythonWith } from '../../local/python';

let path: string;
let home: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'mars-path-'));
  home = await mkdtemp(join(tmpdir(), 'mars-home-'));
  for (const tool of ['mkdir', 'cp', 'sh']) await symlink(`/bin/${tool}`, join(path, tool));
});
afterEach(async () => {
  await rm(path, { recursive: true });
  await rm(home, { recursive: true });
});

/** A program on PATH that answers as a Python of that version would, and fails at `-m <module>`. */
async function fakePython(name: string, version: string, lacks: string): Promise<void> {
  const file = join(path, name);
  const script = `#!/bin/sh
if [ "$1" = -c ]; then echo ${version}; exit 0; fi
if [ "$2" = ${lacks} ]; then echo "No module named ${lacks}" >&2; exit 1; fi
mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
`;
  await writeFile(file, script);
  await chmod(file, 0o755);
}

const install = () => pythonWith(miniStack, home, path);

test('no Python at all', async () => {
  await expect(install()).rejects.toThrow(/^Python 3\.10 to 3\.14 is needed: there is none on PATH\./);
});

test('a Python that is too old', async () => {
  await fakePython('python3', '3 9', 'nothing');
  await expect(install()).rejects.toThrow(/^Python 3\.10 to 3\.14 is needed: python3 is 3\.9\./);
});

test('takes a newer Python under its own name', async () => {
  await fakePython('python3', '3 9', 'nothing');
  await fakePython('python3.12', '3 12', 'venv');
  await expect(install()).rejects.toThrow(/^python3\.12 cannot make a virtual environment/);
});

test("Debian's Python without venv", async () => {
  await fakePython('python3', '3 11', 'venv');
  await expect(install()).rejects.toThrow(/apt install python3-venv.*No module named venv$/);
});

test("Debian's Python without pip", async () => {
  await fakePython('python3', '3 11', 'pip');
  await expect(install()).rejects.toThrow(/^pip could not install MiniStack: No module named pip$/);
  expect((await readdir(home)).filter((name) => name === 'ready')).toEqual([]); // the next run starts anew
});
