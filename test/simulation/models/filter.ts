/**
 * Filters of event source mappings: exact values and `anything-but`; in arrays any element may match (Lambda Developer
 * Guide, "Filter rule syntax"; EventBridge User Guide, "Arrays in event patterns"). A field that is absent matches
 * nothing.
 */
export const matches = (filters: readonly object[], event: unknown): boolean =>
  filters.some((filter) => matchesAll(filter as Pattern, event));

type Pattern = { [field: string]: Pattern | unknown[] };

function matchesAll(pattern: Pattern, value: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => matchesAll(pattern, element));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([field, expected]) => {
    const actual = (value as Record<string, unknown>)[field];
    if (actual === undefined) return false;
    return Array.isArray(expected)
      ? expected.some((rule) => matchesRule(rule, actual))
      : matchesAll(expected, actual);
  });
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return rule === value;
  const excluded = (rule as { 'anything-but'?: unknown[] })['anything-but'];
  if (excluded === undefined) throw new Error(`the model knows no filter rule ${JSON.stringify(rule)}`);
  return !excluded.includes(value);
}
