import { join } from 'node:path';
import { buildSync } from 'esbuild';

const functionsFolder = join(import.meta.dirname, '../functions');

/** Credentials of a function are in its environment; these would be asked after that, and are loaded only then. */
const neverAsked = ['ini', 'sso', 'process', 'web-identity', 'http', 'login']
  .map((kind) => `@aws-sdk/credential-provider-${kind}`)
  .concat('@smithy/credential-provider-imds');

/**
 * Bundles functions into one folder, `<name>.js` each, and returns the folder: one zip, of which a function loads its
 * own file only. The AWS SDK goes in, so that what was tested is what runs.
 */
export function bundle(names: readonly string[], outdir: string): string {
  buildSync({
    entryPoints: names.map((name) => ({ in: join(functionsFolder, name, 'index.ts'), out: name })),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: neverAsked,
    minify: true,
    keepNames: true, // error names are matched by the state machines
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outdir;
}
