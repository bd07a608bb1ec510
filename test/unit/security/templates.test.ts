import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import { journalTemplate } from '../../../functions/regional-stack/journal-template';
import { localFolder } from '../../../local/embedded-aws';
import { pythonWith } from '../../../local/python';
import { stacks } from '../stacks';
import { acknowledged } from './acknowledged';

/** What is found, by the number of its acknowledgement; findings without one are told. */
const used = new Set<number>();
const unexplained = (findings: string[]): string[] =>
  findings.filter((found) => {
    const index = acknowledged.findIndex(({ finding }) => finding.test(found));
    used.add(index);
    return index < 0;
  });

const folder = await mkdtemp(join(tmpdir(), 'mars-templates-'));
afterAll(() => rm(folder, { recursive: true }));
const journalFile = join(folder, 'journal.json');
const journal = journalTemplate('pictures', ['us-west-2', 'eu-west-1'], { withDashboard: true });
await writeFile(journalFile, JSON.stringify(journal));
const journalStack = new Stack(new App({ analyticsReporting: false }), 'Journal');
new CfnInclude(journalStack, 'Included', { templateFile: journalFile });
const all = { ...stacks, journal: journalStack };

test.each(Object.entries(all))('%s: cdk-nag finds nothing that is not acknowledged', (_, stack) => {
  const { violations } = new AwsSolutionsChecks(stack.node.root).validateScope(stack);
  const names = violations.map(({ ruleName }) => ruleName.replace(/^AwsSolutions-/, ''));
  expect(unexplained(names)).toEqual([]);
});

test('cfn-lint finds nothing that is not acknowledged in any template', async () => {
  const file = join(import.meta.dirname, 'requirements.txt');
  const python = await pythonWith({ name: 'cfn-lint', file }, localFolder);
  const files = Object.entries(stacks).map(async ([name, stack]) => {
    const path = join(folder, `${name}.json`);
    await writeFile(path, JSON.stringify(Template.fromStack(stack).toJSON()));
    return path;
  });
  const paths = [journalFile, ...(await Promise.all(files))];
  const output = join(folder, 'found.json');
  const lint = ['--format', 'json', '--output-file', output, '--', ...paths];
  // It ends with a code of its own for each kind of finding; what it wrote tells.
  await promisify(execFile)(join(dirname(python), 'cfn-lint'), lint).catch((error) =>
    expect(error.stderr).toBe(''),
  );
  const found: { Rule: { Id: string }; Message: string }[] = JSON.parse(await readFile(output, 'utf8'));
  expect(unexplained(found.map(({ Rule, Message }) => `${Rule.Id} ${Message}`))).toEqual([]);
}, 300_000);

test('each acknowledgement is of something that is found', () => {
  expect(acknowledged.filter((_, index) => !used.has(index))).toEqual([]);
});
