import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Visit } from '../history';
import { type Drawing, draw, type Edge, type Node } from './graph';
import type { Trace } from './load';
import { durationOf, labelOf, type Outcome, outcomeOf, readable, symbols, worstOf } from './outcome';

/** A stay in a state, with the iterations that it is in. */
interface Stay {
  visit: Visit;
  within: string[];
}

const file = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
export const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** An execution as one HTML file that opens anywhere: the workflow as a graph, and what each state did by click or key. */
export function page(trace: Trace): string {
  const { definition, visits, name, status, started, stopped, executionArn, error, cause } = trace;
  const { width, height, nodes, frames, edges } = draw(definition);
  const stays = staysByPath(visits);
  const end = stopped ?? new Date();
  const why = error === undefined ? '' : `<p><strong>${escaped(error)}</strong> ${escaped(cause ?? '')}</p>`;
  const legend = Object.entries(symbols)
    .map(([outcome, symbol]) => `<span>${symbol} ${outcome}</span>`)
    .join('');
  const each = (show: typeof boxOf | typeof panelOf) =>
    nodes.map((node, number) => show(node, stays.get(node.path) ?? [], number, trace, end)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(name)} ${escaped(status)}</title>
<style>${file('page.css')}</style>
</head>
<body>
<header>
<h1>${escaped(name)}: ${escaped(status)}</h1>
<p>${escaped(executionArn)}, started ${started.toISOString()}, ${readable(end.getTime() - started.getTime())}</p>
${why}
<p class="legend">${legend}<span>dashed: not entered</span></p>
</header>
<main>
<nav aria-label="States">
<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-label="The workflow">
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" style="fill:#767676"/></marker></defs>
${frames.map(frameOf).join('\n')}
${edges.map(lineOf).join('\n')}
${each(boxOf)}
</svg>
</nav>
<aside aria-live="polite">
${each(panelOf)}
</aside>
</main>
<script>${file('page.client.js')}</script>
</body>
</html>
`;
}

/** Stays by the path of their state in the definition. */
function staysByPath(visits: readonly Visit[]): Map<string, Stay[]> {
  const found = new Map<string, Stay[]>();
  const add = (some: readonly Visit[], above: string, within: string[]): void => {
    for (const visit of some) {
      const path = above === '' ? visit.name : `${above} / ${visit.name}`;
      found.set(path, [...(found.get(path) ?? []), { visit, within }]);
      for (const iteration of visit.iterations) add(iteration.visits, path, [...within, labelOf(iteration)]);
    }
  };
  add(visits, '', []);
  return found;
}

const outcomeOfAll = (stays: readonly Stay[], { status }: Trace): Outcome | undefined =>
  worstOf(stays.map(({ visit }) => outcomeOf(visit, status === 'RUNNING')));

function boxOf(
  { name, x, y, width, height }: Node,
  stays: readonly Stay[],
  number: number,
  trace: Trace,
  end: Date,
): string {
  const outcome = outcomeOfAll(stays, trace);
  const longest = Math.max(0, ...stays.map(({ visit }) => durationOf(visit, end)));
  const times =
    outcome === undefined
      ? 'not entered'
      : `${stays.length > 1 ? `${stays.length} times, longest ` : ''}${readable(longest)}`;
  const label = `${outcome ? `${symbols[outcome]} ` : ''}${name}`;
  const [left, top] = [x - width / 2, y - height / 2];
  return `<a href="#state-${number}" class="${outcome ?? 'none'}" aria-label="${escaped(`${name}: ${outcome ?? 'not entered'}, ${times}`)}">
<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6"/>
<text x="${left + 10}" y="${top + 20}">${escaped(label.length > 32 ? `${label.slice(0, 31)}…` : label)}</text>
<text class="times" x="${left + 10}" y="${top + 38}">${escaped(times)}</text></a>`;
}

const frameOf = ({ x, y, width, height }: Drawing['frames'][number]) =>
  `<rect class="frame" x="${x - width / 2}" y="${y - height / 2}" width="${width}" height="${height}" rx="8"/>`;

function lineOf({ points, isCatch }: Edge): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const d = `M${first.x},${first.y} ${rest.map(({ x, y }) => `L${x},${y}`).join(' ')}`;
  return `<path${isCatch ? ' class="catch"' : ''} d="${d}" marker-end="url(#head)"/>`;
}

function panelOf(
  { name, path }: Node,
  stays: readonly Stay[],
  number: number,
  trace: Trace,
  end: Date,
): string {
  const comment = stateAt(trace, path)?.Comment ?? '';
  const isOnly = stays.length === 1;
  const told = stays.map(({ visit, within }) => {
    const outcome = outcomeOf(visit, trace.status === 'RUNNING');
    const tries = visit.tries > 1 ? `, ${visit.tries} tries` : '';
    const where = within.length > 0 ? `${within.join(', ')}: ` : '';
    const error = visit.error
      ? `<p><strong>${escaped(visit.error.error)}</strong> ${escaped(visit.error.cause)}</p>`
      : '';
    return `<h3>${symbols[outcome]} ${escaped(where)}${outcome}, ${readable(durationOf(visit, end))}${tries}</h3>
<p>${visit.entered.toISOString()}${visit.exited ? ` to ${visit.exited.toISOString()}` : ''}</p>${error}
${io('input', visit.input, isOnly)}${io('output', visit.output ?? '', isOnly)}`;
  });
  return `<section id="state-${number}" hidden><h2>${escaped(name)}</h2><p>${escaped(comment)}</p>${told.join('\n') || '<p>not entered</p>'}</section>`;
}

const io = (what: string, json: string, isOpen: boolean) =>
  json === ''
    ? ''
    : `<details${isOpen ? ' open' : ''}><summary>${what}</summary><pre>${escaped(pretty(json))}</pre></details>`;

function stateAt({ definition }: Trace, path: string) {
  const names = path.split(' / ');
  let machine: Trace['definition'] | undefined = definition;
  for (const name of names.slice(0, -1)) machine = machine?.States[name]?.ItemProcessor;
  return machine?.States[names.at(-1) ?? ''];
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // cut, or none
  }
}
