import { groupBy } from '../../functions/common/group-by';
import type { Visit } from '../history';
import type { Trace } from './load';
import { durationOf, labelOf, outcomeOf, readable, symbols, worstOf } from './outcome';

/** For terminals: a line for each state, in the order of the first stay in it, those of iterations below their Map. */
export function text(trace: Trace): string {
  const end = trace.stopped ?? new Date();
  const isRunning = trace.status === 'RUNNING';
  const lines = (visits: readonly Visit[], depth: number): string[] =>
    groupBy(visits, ({ name }) => name).flatMap((stays) => {
      const name = stays[0]?.name ?? '';
      const outcome = worstOf(stays.map((visit) => outcomeOf(visit, isRunning))) ?? 'succeeded';
      const time = stays.reduce((sum, visit) => sum + durationOf(visit, end), 0);
      const times = stays.length > 1 ? ` x${stays.length}` : '';
      const last = stays.findLast(({ error }) => error)?.error;
      const why = last && outcome !== 'succeeded' ? `  ${last.error}: ${last.cause}`.slice(0, 200) : '';
      const line = `${'  '.repeat(depth)}${symbols[outcome]} ${name}${times}  ${readable(time)}${why}`;
      const inner = stays
        .flatMap(({ iterations }) => iterations)
        .flatMap((iteration) => [
          `${'  '.repeat(depth + 1)}${labelOf(iteration)}`,
          ...lines(iteration.visits, depth + 2),
        ]);
      return [line, ...inner];
    });
  const { name, status, started, error, cause } = trace;
  const head = `${name}  ${status}  ${readable(end.getTime() - started.getTime())}, started ${started.toISOString()}`;
  const tail = error === undefined ? [] : [`${error}: ${cause ?? ''}`];
  return [head, ...lines(trace.visits, 1), ...tail].join('\n');
}
