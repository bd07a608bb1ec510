import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const stack = 'multi-region-asynchronous-object-replication-solution';

/**
 * `npm run package -- --bucket NAME`: writes the root template and its assets to a bucket of the user's in the home
 * region, for use without CDK's bootstrap. Prints the template's URL. Credentials and region as for any AWS tool.
 */
const { bucket } = parseArgs({ options: { bucket: { type: 'string' } } }).values;
if (!bucket) {
  console.error('usage: npm run package -- --bucket NAME   (a bucket of yours in the home region)');
  process.exit(2);
}
const cdk = join(root, 'node_modules/.bin/cdk');
await mkdir(join(root, 'build'), { recursive: true });
const folder = await mkdtemp(join(root, 'build/package-'));
const out = join(folder, 'cdk.out');
await run(cdk, ['synth', '--quiet', '--output', out, '--context', `assetBucket=${bucket}`], {
  cwd: root,
});
await run(cdk, ['publish-assets', '--unstable=publish-assets', '--app', out, stack], { cwd: root });

const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
const template: string = manifest.artifacts[stack].properties.stackTemplateAssetObjectUrl;
const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
console.log(template.replace('s3://', `https://s3.${region}.amazonaws.com/`));
await rm(folder, { recursive: true });
