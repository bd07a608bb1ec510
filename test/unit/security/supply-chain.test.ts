import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
interface Locked {
  integrity?: string;
  resolved?: string;
  license?: string;
  hasInstallScript?: boolean;
  /** It came inside of the package that it is in. */
  inBundle?: boolean;
}
const { packages }: { packages: Record<string, Locked> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
);
const all = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string) => path.split('node_modules/').at(-1);

test('every package is locked by its digest, and comes from the registry', () => {
  const open = all.filter(
    ([, { integrity, resolved, inBundle }]) => !inBundle && (!integrity?.startsWith('sha512-') || resolved),
  );
  expect(open.map(([path]) => path)).toEqual([]);
});

/** What they ask of who uses them is to be named, and their text kept: all may be used in, or beside, Apache-2.0 software. */
const permissive = [
  '(MIT OR CC0-1.0)',
  '(MIT OR GPL-3.0-or-later)', // we choose MIT
  '0BSD',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC-BY-4.0', // data of caniuse-lite, for tests only
  'ISC',
  'MIT',
  'MIT OR Apache-2.0',
  'MIT-0',
];
test('every licence is one that may be used with ours', () => {
  expect([...new Set(all.map(([, { license }]) => license ?? 'none'))].sort()).toEqual(permissive.sort());
});

/** What they would do when they are installed. `.npmrc` lets none of them, and nothing here needs it. */
const installScripts = {
  '@parcel/watcher': 'compiles a watcher of files, where none is prebuilt; for Jest in watch mode',
  '@swc/core': 'fetches a build in WebAssembly, where there is none for the machine',
  esbuild: 'puts its program in the place of a script that starts it, which is faster',
  'unrs-resolver': 'looks whether its program fits the machine',
};
test('no package runs a script when it is installed, and none has one that nobody has read', () => {
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toBe('ignore-scripts=true\n');
  const names = all.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
  expect(names.sort()).toEqual(Object.keys(installScripts).sort());
});
