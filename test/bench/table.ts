/** Figures by what is measured, then by of what. */
export type Table = Record<string, Record<string, number | string>>;
/** `npm run bench [-- NAME] [--json]`: all benchmarks, or one. */
export type Benchmark = () => Promise<Table>;

/** Adds a column's figures to the rows of what they measure. */
export function enter(table: Table, column: string, figures: object, suffix = ''): void {
  for (const [what, figure] of Object.entries(figures)) {
    const row = table[`${what}${suffix}`] ?? {};
    row[column] = figure;
    table[`${what}${suffix}`] = row;
  }
}

const shown = (value: number | string | undefined) =>
  typeof value === 'number' ? String(Number(value.toPrecision(3))) : (value ?? '');

/** For eyes, and for docs: all rows, or some. */
export function markdown(table: Table, rows: readonly string[] = Object.keys(table)): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(table[row] ?? {})))];
  const body = rows.map((row) => [row, ...columns.map((column) => shown(table[row]?.[column]))]);
  const cells = [['', ...columns], ...body];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[], fill = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...others] = cells;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...others.map((row) => line(row)),
  ].join('\n');
}
