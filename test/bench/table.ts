/** Figures by what is measured, then by of what. */
export type Table = Record<string, Record<string, number>>;
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
