import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type ListExecutionsCommandOutput,
} from '@aws-sdk/client-sfn';
import { type CopyInput, copyInput, type Why } from '../contracts/copy';
import { copyLargeObjectName, stateMachineArnOf } from '../contracts/names';
import type { Ports } from '../replication/ports';

export type EndedBadly = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Milliseconds after its end: several sweeps have seen it by then. */
const oldest = 9 * 24 * 3_600_000;

/**
 * This region's executions with a status, of CopyLargeObject if no other state machine is named. Those that have ended come
 * "by their `stopDate` with the most recent execution first" (API Reference, ListExecutions), so the rest of the list can be
 * left out.
 */
export async function* executionsOf(
  statusFilter: EndedBadly | 'RUNNING',
  { sfn, region, accountId, now }: Pick<Ports, 'sfn' | 'region' | 'accountId' | 'now'>,
  machine = copyLargeObjectName,
): AsyncGenerator<{ name: string; executionArn: string; startDate: Date | undefined }> {
  const stateMachineArn = stateMachineArnOf(machine, region, accountId);
  let nextToken: string | undefined;
  do {
    const page: ListExecutionsCommandOutput = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken }),
    );
    for (const { name = '', executionArn = '', startDate, stopDate } of page.executions ?? []) {
      if (stopDate && now() - stopDate.getTime() > oldest) return;
      yield { name, executionArn, startDate };
    }
    nextToken = page.nextToken;
  } while (nextToken);
}

/** What an execution copied, and why it ended; `undefined`: its input is none of MARS's, somebody started it by hand. */
export async function endOf(
  executionArn: string,
  { sfn }: Ports,
): Promise<{ copy: CopyInput; why: Why } | undefined> {
  const command = new DescribeExecutionCommand({ executionArn });
  const { input, status, error = '', cause } = await sfn.send(command);
  const copy = copyInput.safeParse(JSON.parse(input ?? 'null'));
  const Reason = [status, error, cause, 'and no event told of it'].filter(Boolean).join(': ');
  return copy.success ? { copy: copy.data, why: { Error: error, Reason } } : undefined;
}
