import { type HistoryEvent, paginateGetExecutionHistory, type SFNClient } from '@aws-sdk/client-sfn';
import { Listr } from 'listr2';
import { type Context, exitCodes } from './context';
import { type Ended, startExecution, waitForEnd } from './execution';
import { causeOf, explain, followOrStop } from './explain';
import { visitsOf, whereabouts } from './history';

/** All that an execution did, oldest first. */
export async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  return events;
}

/** Calls `tell` with where an execution is, when that has changed, no oftener than ten times as long as it takes to ask. */
function follower(
  client: SFNClient,
  executionArn: string,
  tell: (where: string[], changed: string[]) => void,
): () => Promise<void> {
  let next = 0;
  let told: string[] = [];
  return async () => {
    const start = Date.now();
    if (start < next) return;
    const where = whereabouts(visitsOf(await historyOf(client, executionArn)));
    next = Date.now() + 10 * (Date.now() - start);
    const changed = where.filter((each) => !told.includes(each));
    if (changed.length > 0) tell(where, changed);
    told = where;
  };
}

export interface Told {
  text: string;
  /** Absent: it is. */
  isWell?: boolean;
}

export interface Workflow {
  title: string;
  stateMachineArn: string;
  baseName: string;
  input: object;
  /** What is told of its output. */
  tell?: (output: unknown) => Told;
}

/** Starts a workflow, shows where it is while it runs, and tells how it ended. Returns the exit code. */
export async function run({ mars, json }: Context, workflow: Workflow): Promise<number> {
  const { title, stateMachineArn, baseName, input, tell } = workflow;
  const client = mars.sfn(mars.homeRegion);
  const executionArn = await startExecution(client, stateMachineArn, input);
  const interruption = new AbortController();
  const { signal } = interruption;
  // Not "once": what restores a terminal's cursor ends the process if it finds nobody else listening.
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => (signal.aborted ? process.exit(exitCodes.interrupted) : interruption.abort()));
  let ended: Ended | undefined;
  const follow = async (task: { output: string }) => {
    const onTick = follower(client, executionArn, (where, changed) => {
      // On a terminal one line shows where it is; elsewhere each step is a line.
      if (process.stdout.isTTY) task.output = where.join(', ');
      else for (const each of changed) task.output = each;
    });
    try {
      ended = await waitForEnd(client, executionArn, onTick, signal);
    } catch (error) {
      throw signal.aborted
        ? new Error(`${executionArn} goes on\nnext: ${followOrStop(executionArn)}`)
        : error;
    }
    if (ended.status !== 'SUCCEEDED') throw new Error(explain(ended, baseName));
  };
  const steps = new Listr([{ title: `${title} (${executionArn})`, task: (_, task) => follow(task) }], {
    ...(json && { renderer: 'silent' as const }),
    fallbackRenderer: 'simple',
    registerSignalListeners: false, // it would end without a word
  });
  try {
    await steps.run();
  } catch (error) {
    if (!ended && !signal.aborted) throw error; // else the step has told it
  }
  if (!ended) {
    if (json) console.log(JSON.stringify({ executionArn, status: 'RUNNING' }, null, 2));
    return exitCodes.interrupted;
  }
  const { status, output, error } = ended;
  const told = status === 'SUCCEEDED' ? tell?.(output) : undefined;
  if (json)
    console.log(JSON.stringify({ executionArn, status, output, error, cause: causeOf(ended) }, null, 2));
  else if (told) console.log(told.text);
  if (status === 'SUCCEEDED') return told?.isWell === false ? exitCodes.notInStep : exitCodes.done;
  return codes[error ?? ''] ?? exitCodes.failed;
}

const codes: Readonly<Record<string, number>> = {
  InvalidInput: exitCodes.wrongUse,
  DifferencesRemain: exitCodes.notInStep,
};
