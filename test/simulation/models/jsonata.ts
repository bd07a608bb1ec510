import jsonata from 'jsonata';

export type Variables = Record<string, unknown>;

const compiled = new Map<string, jsonata.Expression>();

function compile(source: string): jsonata.Expression {
  const before = compiled.get(source);
  if (before) return before;
  const expression = jsonata(source);
  expression.registerFunction('parse', (text: string) => JSON.parse(text)); // Step Functions' own
  compiled.set(source, expression);
  return expression;
}

/** A value of a state's field: its `{% %}` strings are expressions (Developer Guide, "Transforming data with JSONata"). */
export async function evaluate(value: unknown, bindings: Variables): Promise<unknown> {
  if (typeof value === 'string') {
    const source = /^\{%(.*)%\}$/s.exec(value)?.[1];
    if (source === undefined) return value;
    return compile(source).evaluate(undefined, bindings);
  }
  if (Array.isArray(value)) return Promise.all(value.map((each) => evaluate(each, bindings)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(async ([name, each]) => [name, await evaluate(each, bindings)]);
  return Object.fromEntries(await Promise.all(entries));
}
