import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { behaviours } from './behaviours';

const names = Object.keys(behaviours);
let patched: EmbeddedAws;
beforeAll(async () => {
  patched = await startEmbeddedAws();
});
afterAll(() => patched.stop());

test('every patch is tried', async () => {
  const folder = join(import.meta.dirname, '../../local/ministack/patches');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.py') && file !== '__init__.py');
  const lists = await Promise.all(
    files.map(async (file) => {
      const [, list = ''] = /^PATCHES = \[([^\]]*)\]/m.exec(await readFile(join(folder, file), 'utf8')) ?? [];
      return list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
    }),
  );
  expect(names.toSorted()).toEqual(lists.flat().toSorted());
});

test.each(names)('%s: as on AWS with the patch, not without', async (name) => {
  const behaves = behaviours[name] as (aws: EmbeddedAws) => Promise<boolean>;
  expect(await behaves(patched)).toBe(true);
  const unpatched = await startEmbeddedAws({ withoutPatch: name });
  try {
    expect(await behaves(unpatched)).toBe(false);
  } finally {
    await unpatched.stop();
  }
});
