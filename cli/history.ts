import type { HistoryEvent } from '@aws-sdk/client-sfn';

/** One stay in a state. */
export interface Visit {
  name: string;
  /** As in the definition: Task, Map, ... */
  type: string;
  entered: Date;
  /** Absent: it is there still, or ended with the execution. */
  exited?: Date;
  input: string;
  output?: string;
  /** Times that a task was tried. */
  tries: number;
  /** What it was to do was done. */
  isDone?: boolean;
  /** The last error of it; it may have been caught, or tried again. */
  error?: { error: string; cause: string };
  /** Of a Map: its iterations, by index. */
  iterations: Iteration[];
}

export interface Iteration {
  index: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  visits: Visit[];
}

/** Where an event stands: in which iteration, in which state. */
interface Scope {
  visits: Visit[];
  visit?: Visit | undefined;
  iteration?: Iteration;
  outer?: Scope;
}

/**
 * What an execution did, from its history. Events name the one before them on their way (`previousEventId`; Step Functions API
 * Reference, HistoryEvent), by which those of iterations that run side by side are told apart.
 */
export function visitsOf(events: readonly HistoryEvent[]): Visit[] {
  const root: Scope = { visits: [] };
  const after = new Map<number, Scope>();
  for (const event of events) {
    const scope = after.get(event.previousEventId ?? 0) ?? root;
    after.set(event.id ?? 0, next(scope, event));
  }
  return root.visits;
}

function next(scope: Scope, event: HistoryEvent): Scope {
  const { type = '', timestamp = new Date(0) } = event;
  const entered = event.stateEnteredEventDetails;
  if (entered) {
    const visit: Visit = {
      name: entered.name ?? '',
      type: type.replace('StateEntered', ''),
      entered: timestamp,
      input: entered.input ?? '',
      tries: 0,
      iterations: [],
    };
    scope.visits.push(visit);
    return { ...scope, visit };
  }
  const exited = event.stateExitedEventDetails;
  if (exited) {
    const visit = scope.visit?.name === exited.name ? scope.visit : scope.visits.findLast(isOf(exited.name));
    if (visit) Object.assign(visit, { exited: timestamp, output: exited.output ?? '' });
    return { ...scope, visit: undefined };
  }
  const begun = event.mapIterationStartedEventDetails;
  if (begun) {
    const iteration: Iteration = { index: begun.index ?? 0, status: 'RUNNING', visits: [] };
    scope.visit?.iterations.push(iteration);
    scope.visit?.iterations.sort((a, b) => a.index - b.index);
    return { visits: iteration.visits, iteration, outer: scope };
  }
  const ended = /^MapIteration(Succeeded|Failed|Aborted)$/.exec(type)?.[1];
  if (ended && scope.iteration && scope.outer) {
    scope.iteration.status = ended.toUpperCase() as Iteration['status'];
    return scope.outer;
  }
  const { visit } = scope;
  if (!visit) return scope;
  if (/(?:Task|LambdaFunction)Scheduled$/.test(type)) visit.tries++;
  if (/(?:Task|LambdaFunction|MapState|MapRun)Succeeded$/.test(type)) visit.isDone = true;
  const failed = [
    event.taskFailedEventDetails,
    event.taskTimedOutEventDetails,
    event.lambdaFunctionFailedEventDetails,
    event.lambdaFunctionTimedOutEventDetails,
    event.mapRunFailedEventDetails,
  ].find((details) => details !== undefined);
  if (failed) visit.error = { error: failed.error ?? '', cause: failed.cause ?? '' };
  return scope;
}

const isOf = (name: string | undefined) => (visit: Visit) => visit.name === name && !visit.exited;

/** All visits, those of iterations after that of their Map. */
export const allVisits = (visits: readonly Visit[]): Visit[] =>
  visits.flatMap((visit) => [visit, ...visit.iterations.flatMap((iteration) => allVisits(iteration.visits))]);

/** The region that a state's input speaks of. */
export function regionOf({ input }: Visit): string | undefined {
  const { Region, Target } = parsed(input);
  const region = Region ?? (Target as { Region?: unknown } | undefined)?.Region;
  return typeof region === 'string' ? region : undefined;
}

function parsed(input: string): Record<string, unknown> {
  try {
    return JSON.parse(input) ?? {};
  } catch {
    return {}; // Step Functions cuts what is too long
  }
}

/** Where an execution is now: `us-west-2 AskStack`, `eu-west-1 WaitForStack`, or the state outside of regions. */
export function whereabouts(visits: readonly Visit[]): string[] {
  const open = allVisits(visits).filter(({ exited }) => !exited);
  const inRegions = new Map(
    open.flatMap((visit) => {
      const region = regionOf(visit);
      return region === undefined || visit.type === 'Map' ? [] : [[region, visit.name] as const];
    }),
  );
  if (inRegions.size > 0) return [...inRegions].map(([region, name]) => `${region} ${name}`);
  return open.slice(-1).map(({ name }) => name);
}
