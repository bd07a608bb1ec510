import {
  DescribeExecutionCommand,
  StateMachineDoesNotExist,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { copyInput } from '../contracts/copy';
import { cleanUpCopyName, copyLargeObjectName } from '../contracts/names';
import { executionsOf } from '../large/executions';
import type { Ports } from '../replication/ports';

/** What is asked of Step Functions here. */
export type Executions = Pick<Ports, 'sfn' | 'region' | 'accountId' | 'now'>;

/**
 * Ends a set's large copies in a region, and waits for what cleans up after them: that outwaits their functions, which the end
 * of an execution does not end. True once nothing is left that could call the region's bucket.
 */
export async function drain(baseName: string, ports: Executions): Promise<boolean> {
  let isQuiet = true;
  for await (const executionArn of runningFor(baseName, copyLargeObjectName, ports)) {
    isQuiet = false;
    await ports.sfn.send(new StopExecutionCommand({ executionArn, cause: 'its set of buckets is removed' }));
  }
  for await (const _ of runningFor(baseName, cleanUpCopyName, ports)) isQuiet = false;
  return isQuiet;
}

async function* runningFor(baseName: string, machine: string, ports: Executions): AsyncGenerator<string> {
  try {
    for await (const { executionArn } of executionsOf('RUNNING', ports, machine)) {
      const { input } = await ports.sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (baseNameIn(input) === baseName) yield executionArn;
    }
  } catch (error) {
    if (!(error instanceof StateMachineDoesNotExist)) throw error; // without a base nothing runs
  }
}

/** A copy's own input, or the event of its end. */
function baseNameIn(input = 'null'): string | undefined {
  const parsed = JSON.parse(input);
  return copyInput.safeParse(parsed?.detail ? JSON.parse(parsed.detail.input) : parsed).data?.BaseName;
}
