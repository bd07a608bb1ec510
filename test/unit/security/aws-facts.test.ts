import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const textsIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.json'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'));

/** `S3 User Guide, "Event message structure"`, `API Reference, CopyObject`: the names of documents, as comments give them. */
const citation =
  /(?:[A-Z][A-Za-z0-9]*(?: [A-Z][A-Za-z0-9]*)* )?(?:User Guide|Developer Guide|API Reference|Template Reference|quotas), ((?:"[^"]+"(?:, )?)+|[A-Z][A-Za-z:]+[A-Za-z])/g;

const facts = readFileSync(join(root, 'docs/aws-facts.md'), 'utf8');

test('docs/aws-facts.md has every document that the code leans on', () => {
  const cited = ['functions', 'infra', 'cli', 'local', 'test/simulation/models']
    .flatMap(textsIn)
    .flatMap((text) => [...text.replace(/\n\s*(?:\*|\/\/) ?/g, ' ').matchAll(citation)])
    .flatMap(([, titles = '']) => titles.match(/"[^"]+"|^[A-Z][\w:]+/g) ?? []);
  expect(cited.length).toBeGreaterThan(40);
  expect([...new Set(cited)].filter((title) => !facts.includes(title))).toEqual([]);
});

test('each test that docs/aws-facts.md names is there', () => {
  const there = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const named = [...new Set(facts.match(/[a-z-]+\.test\.ts/g))];
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !there.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});
