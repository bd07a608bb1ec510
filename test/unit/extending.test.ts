import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

test('the snippet of docs/extending.md is synthesized, and may write where it is to', async () => {
  const docs = await readFile(join(root, 'docs/extending.md'), 'utf8');
  const [, snippet = ''] = /```ts\n(.*?)```/s.exec(docs) ?? [];
  const build = join(root, 'build'); // within the project, where modules are found
  await mkdir(build, { recursive: true });
  const folder = await mkdtemp(join(build, 'extending-'));
  try {
    const file = join(folder, 'app.ts');
    await writeFile(file, snippet);
    const env = { ...process.env, CDK_OUTDIR: join(folder, 'out') };
    await promisify(execFile)(process.execPath, ['--import', 'tsx', file], { cwd: root, env });
    const { Resources } = JSON.parse(await readFile(join(folder, 'out/Records.template.json'), 'utf8'));
    const text = JSON.stringify(Resources);
    expect(text).toContain('AWS::KinesisFirehose::DeliveryStream');
    expect(text).toContain(':s3:::mars-pictures-us-west-2');
    expect(text).toMatch(/kms:GenerateDataKey.*MARS-KeyArn/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
