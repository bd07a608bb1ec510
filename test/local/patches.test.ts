import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/embedded-aws';
import { behaviours } from './behaviours';

const folder = join(import.meta.dirname, '../../local/ministack/patches');
const lists = readdirSync(folder)
  .filter((file) => file.endsWith('.py') && file !== '__init__.py')
  .map((file) => {
    const [, list = ''] = /^PATCHES = \[([^\]]*)\]/m.exec(readFileSync(join(folder, file), 'utf8')) ?? [];
    return list
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  });
/** One of each file at most: a start of the embedded AWS takes longer than a test. Shifted: tables that lag need some that have replicas. */
const most = Math.max(...lists.map(({ length }) => length));
const groups = Array.from({ length: most }, (_, group) =>
  lists.flatMap((list, file) => list[(group + file) % most] ?? []),
);

/** Counting changes nothing else. */
let patched: EmbeddedAws;
let counts: string;
beforeAll(async () => {
  counts = await mkdtemp(join(tmpdir(), 'mars-counts-'));
  patched = await startEmbeddedAws({ counts: join(counts, 'counts.json') });
});
afterAll(async () => {
  await patched.stop();
  await rm(counts, { recursive: true });
});

test('every patch is tried', () => {
  expect(Object.keys(behaviours).toSorted()).toEqual(lists.flat().toSorted());
});

describe.each(groups.map((names) => [names] as const))('%j', (names) => {
  let unpatched: EmbeddedAws;
  beforeAll(async () => {
    unpatched = await startEmbeddedAws({ withoutPatches: names });
  });
  afterAll(() => unpatched.stop());

  test.each(names)('%s: as on AWS with the patch, not without', async (name) => {
    const behaves = behaviours[name] as (aws: EmbeddedAws) => Promise<boolean>;
    expect(await behaves(patched)).toBe(true);
    expect(await behaves(unpatched)).toBe(false);
  });
});
