import { type HistoryEvent, paginateGetExecutionHistory, type SFNClient } from '@aws-sdk/client-sfn';
import { Listr } from 'listr2';
import { type Context, exitCodes } from './context';
import { type Ended, startExecution, waitForEnd } from './execution';
import { explain } from './explain';
import { visitsOf, whereabouts } from './history';

/** All that an execution did, oldest first. */
export async function historyOf(client: SFNClient, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
    events.push(...(page.events ?? []));
  return events;
}

/** Calls `tell` with where an execution is, no oftener than ten times as long as it takes to ask. */
function follower(
  client: SFNClient,
  executionArn: string,
  tell: (where: string) => void,
): () => Promise<void> {
  let next = 0;
  let told = '';
  return async () => {
    const start = Date.now();
    if (start < next) return;
    const where = whereabouts(visitsOf(await historyOf(client, executionArn)));
    next = Date.now() + 10 * (Date.now() - start);
    if (where !== told && where !== '') tell(where);
    told = where;
  };
}

export interface Workflow {
  title: string;
  stateMachineArn: string;
  baseName: string;
  input: object;
  /** What is told of its output. */
  tell?: (output: unknown) => string;
}

/** Starts a workflow, shows where it is while it runs, and tells how it ended. Returns the exit code. */
export async function run({ mars, json }: Context, workflow: Workflow): Promise<number> {
  const { title, stateMachineArn, baseName, input, tell } = workflow;
  const client = mars.sfn(mars.homeRegion);
  const executionArn = await startExecution(client, stateMachineArn, input);
  let ended: Ended | undefined;
  const follow = async (task: { output: string }) => {
    const onTick = follower(client, executionArn, (where) => {
      task.output = where;
    });
    ended = await waitForEnd(client, executionArn, onTick);
    if (ended.status !== 'SUCCEEDED') throw new Error(explain(ended, baseName));
  };
  const steps = new Listr([{ title: `${title} (${executionArn})`, task: (_, task) => follow(task) }], {
    ...(json && { renderer: 'silent' as const }),
    fallbackRenderer: 'simple',
  });
  try {
    await steps.run();
  } catch (error) {
    if (!ended) throw error; // else the step has told it
  }
  if (!ended) throw new Error(`${executionArn} has not ended`);
  const { status, output, error, cause } = ended;
  const isDone = status === 'SUCCEEDED';
  if (json) console.log(JSON.stringify({ executionArn, status, output, error, cause }, null, 2));
  else if (isDone && tell) console.log(tell(output));
  return isDone ? exitCodes.done : exitCodes.failed;
}
