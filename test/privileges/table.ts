import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Granted } from './grants';

const file = join(import.meta.dirname, '../../docs/privileges.md');

export interface Row extends Granted {
  /** What fails without it, or the document that says that AWS asks for it. */
  why: string;
}
export const isTried = ({ why }: Row): boolean => /^[a-z-]+\.test\.ts: /.test(why);

const text = (rows: readonly Row[], unexplained: readonly Granted[]) => `# Privileges

What each role may do, and how it is known that it must. An action was taken away from its role, and a file of end-to-end tests run on
the embedded AWS, which enforces the policies of functions' roles: the test that failed is named, and the role had asked for the
action, and been refused. What the embedded AWS does not enforce (roles of other services than Lambda, keys, logs, what the event source mappings do)
has the document that says that AWS asks for it. Made by \`npm run privileges\`, which tries what is not in the table yet (\`--all\`: everything anew).

${rows.filter(isTried).length} actions are shown to be needed by a test that fails without them, ${rows.filter((row) => !isTried(row)).length} by a document.

| role | action | needed |
|---|---|---|
${rows.map(({ role, action, why }) => `| ${role} | ${action} | ${why} |`).join('\n')}

## Not explained yet

No test fails without these, and no document is named: either a test is missing, or the action goes.

${unexplained.map(({ role, action }) => `- ${role} ${action}`).join('\n') || 'None.'}
`;

export const writeTable = (rows: readonly Row[], unexplained: readonly Granted[]): void =>
  writeFileSync(file, text(rows, unexplained));

/** What the last run found no reason for. */
export const readUnexplained = (): Granted[] =>
  [...read().matchAll(/^- (MARS-\S+) (\S+)$/gm)].map(([, role = '', action = '']) => ({ role, action }));

const read = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
export const readTable = (): Row[] =>
  [...read().matchAll(/^\| (MARS-\S+) \| (\S+) \| (.*) \|$/gm)].map(
    ([, role = '', action = '', why = '']) => ({ role, action, why }),
  );
