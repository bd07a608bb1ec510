import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { localFolder } from '../../local/embedded-aws';
import { allGranted, type Granted } from './grants';
import { documentOf } from './only-on-aws';
import { isTried, type Row, readTable, writeTable } from './table';
import { type Trial, tryOut } from './trial';

/**
 * `npm run privileges [-- --all]`: takes each action from its role in turn, and runs end-to-end tests that had the role ask for
 * it; writes docs/privileges.md. First all files run with everything, to learn which asks for what. Hours: what was stopped
 * goes on where it was; `--all` begins anew.
 */
const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } });
const folder = join(import.meta.dirname, '../end-to-end');
const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
const noticing = new Set(
  files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('denials(')),
);
const sideBySide = pLimit(2);

const granted = allGranted();
const isSame = (a: Granted, b: Granted) => a.role === b.role && a.action === b.action;
const before = values.all ? [] : readTable();
const rows = before.filter((row) => granted.some((each) => isSame(each, row)));
const left = granted.filter((each) => !rows.some((row) => isSame(row, each)));
const unexplained: Granted[] = [];

function add(row: Row): void {
  rows.push(row);
  const order = (each: Granted) => granted.findIndex((other) => isSame(other, each));
  writeTable(
    rows.toSorted((a, b) => order(a) - order(b)),
    granted.filter((one) => !rows.some((row) => isSame(row, one))),
  );
}

/** What each file asked for, with every privilege. */
const memory = join(localFolder, 'privileges.json');
const asking = new Map<string, Pick<Trial, 'seconds'> & { asked: string[] }>(
  !values.all && existsSync(memory) ? JSON.parse(readFileSync(memory, 'utf8')) : [],
);
const unknown = files.filter((file) => !asking.has(file));
if (left.length > 0)
  await Promise.all(
    unknown.map((file) =>
      sideBySide(async () => {
        const { failed, seconds, asked } = await tryOut(file);
        if (failed) throw new Error(`${file} fails with every privilege: ${failed}`);
        console.log(`${file}: ${seconds} s, ${asked.size} asked for`);
        asking.set(file, { seconds, asked: [...asked] });
        writeFileSync(memory, JSON.stringify([...asking]));
      }),
    ),
  );
/** First the files that notice a refusal that is made up for, then the fast ones. */
const askers = ({ role, action }: Granted) =>
  [...asking]
    .filter(([, { asked }]) => asked.includes(`${role} ${action} allowed`))
    .map(([file, { seconds }]) => ({ file, notices: noticing.has(file), seconds }))
    .sort((a, b) => Number(b.notices) - Number(a.notices) || a.seconds - b.seconds)
    .map(({ file }) => file);

async function explain(each: Granted): Promise<void> {
  const { role, action } = each;
  for (const file of askers(each)) {
    const { failed: failure, asked } = await tryOut(file, each);
    const failed = failure?.split('\n')[0];
    const isRefused = asked.has(`${role} ${action} refused`);
    console.log(
      `${role} ${action}: ${file} ${failed ? `fails: ${failed}` : 'passes'}${isRefused ? '' : ', not refused'}`,
    );
    if (failed && isRefused) return add({ ...each, why: `${file}: ${failed.replaceAll('|', '/')}` });
  }
  const why = documentOf(each);
  if (why) add({ ...each, why });
  else unexplained.push(each);
}
await Promise.all(left.map((each) => sideBySide(() => explain(each))));

const tried = rows.filter(isTried).length;
for (const { role, action } of unexplained) console.log(`${role} ${action}: nothing needs it`);
console.log(
  `${tried} actions without which a test fails, ${rows.length - tried} needed on AWS only, ${unexplained.length} that nothing needs`,
);
process.exitCode = unexplained.length > 0 ? 1 : 0;
