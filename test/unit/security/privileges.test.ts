import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allGranted, type Granted } from '../../privileges/grants';
import { documentOf } from '../../privileges/only-on-aws';
import { isTried, readTable, readUnexplained } from '../../privileges/table';

const table = readTable();
const nameOf = ({ role, action }: Granted) => `${role} ${action}`;

test('docs/privileges.md has each action of each role, and no other', () => {
  const told = [...table, ...readUnexplained()].map(nameOf);
  expect(told.toSorted()).toEqual(allGranted().map(nameOf).toSorted());
});

test('it names tests that are there, and else the document', () => {
  const folder = join(import.meta.dirname, '../../end-to-end');
  for (const row of table) {
    const [file = ''] = row.why.split(':');
    if (isTried(row)) expect(existsSync(join(folder, file))).toBe(true);
    else expect(row.why).toBe(documentOf(row));
  }
});
