import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Trace } from '../../cli/trace/load';
import { readable } from '../../cli/trace/outcome';
import { escaped, page } from '../../cli/trace/page';

/** What was done, and how long each region took to show it. */
export interface Step {
  title: string;
  region?: string;
  milliseconds: number;
  verified: { region: string; key: string; milliseconds: number }[];
}

const css = readFileSync(join(import.meta.dirname, '../../cli/trace/page.css'), 'utf8');

const verifiedIn = ({ verified }: Step) =>
  [...new Set(verified.map(({ region }) => region))]
    .map((region) => {
      const times = verified.filter((each) => each.region === region).map(({ milliseconds }) => milliseconds);
      return `${escaped(region)} ${readable(Math.max(...times))}`;
    })
    .join(', ');

const row = (step: Step) =>
  `<tr><td>${escaped(step.title)}</td><td>${escaped(step.region ?? '')}</td><td>${readable(step.milliseconds)}</td><td>${verifiedIn(step)}</td></tr>`;

const drawn = (trace: Trace) =>
  `<details><summary>${escaped(`${trace.name}: ${trace.status}, ${readable((trace.stopped ?? new Date()).getTime() - trace.started.getTime())}`)}</summary>
<iframe title="${escaped(trace.executionArn)}" srcdoc="${escaped(page(trace))}"></iframe></details>`;

/** One file that opens anywhere: what the demo did, where, how long it took, and the workflows that ran. */
export async function writeReport(
  file: string,
  steps: readonly Step[],
  traces: readonly Trace[],
): Promise<void> {
  const checks = steps.reduce((sum, { verified }) => sum + verified.length, 0);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>MARS: the demo's report</title>
<style>${css}
table { border-collapse: collapse; margin: 16px 20px; }
td, th { border: 1px solid #ccc; padding: 4px 10px; text-align: left; }
details { margin: 8px 20px; }
iframe { width: 100%; height: 80vh; border: 1px solid #ccc; }
</style>
</head>
<body>
<header><h1>MARS: the demo's report</h1>
<p>${steps.length} steps on an AWS on this machine; ${checks} times a region was read back, and showed what it should.</p></header>
<table><tr><th>what</th><th>where</th><th>took</th><th>read back after</th></tr>
${steps.map(row).join('\n')}
</table>
<h2 style="margin: 16px 20px">Workflows</h2>
${traces.map(drawn).join('\n')}
</body>
</html>
`,
  );
}
