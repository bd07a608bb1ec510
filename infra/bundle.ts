import { join } from 'node:path';
import { buildSync } from 'esbuild';

const functionsFolder = join(import.meta.dirname, '../functions');

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
    minify: true,
    keepNames: true, // error names are matched by the state machines
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outdir;
}
