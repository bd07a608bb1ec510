import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import measured from '../bench/measured.json' with { type: 'json' };
import { markdown, type Table } from '../bench/table';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const { replication, scale }: Record<'replication' | 'scale', Table> = measured as never;

test('docs show what was measured last', () => {
  const docs = read('docs/performance.md');
  expect(docs).toContain(markdown(replication));
  expect(docs).toContain(markdown(scale));
});

const rows = ['calls, all', 'DynamoDB writes', 'invocations', 'KMS requests', 'messages', 'seconds'];
test('so does the README, in short', () => {
  expect(read('README.md')).toContain(
    markdown(
      replication,
      rows.flatMap((row) => [row, `${row}, 2020`]),
    ),
  );
});
