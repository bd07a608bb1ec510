import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { WrongUse } from './context';

export interface Ended {
  executionArn: string;
  status: string;
  output: unknown;
  /** One of the names in functions/contracts/errors.ts, or Step Functions' own. */
  error: string | undefined;
  /** JSON where `error` is one of ours. */
  cause: string | undefined;
}

/** Starts an execution and waits for its end; `onTick` is called about twice a second meanwhile. */
export async function runExecution(
  client: SFNClient,
  stateMachineArn: string,
  input: object,
  onTick?: () => Promise<void>,
): Promise<Ended> {
  return waitForEnd(client, await startExecution(client, stateMachineArn, input), onTick);
}

/** Its ARN. */
export async function startExecution(
  client: SFNClient,
  stateMachineArn: string,
  input: object,
): Promise<string> {
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  return (await client.send(command)).executionArn ?? '';
}

/** Waits for an execution's end. @throws AbortError on `signal`. */
export async function waitForEnd(
  client: SFNClient,
  executionArn: string,
  onTick: () => Promise<void> = async () => {},
  signal?: AbortSignal,
): Promise<Ended> {
  for (;;) {
    const now = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (now.status !== 'RUNNING') return endedOf(executionArn, now);
    await onTick();
    await sleep(500, undefined, { signal });
  }
}

const endedOf = (executionArn: string, now: DescribeExecutionOutput): Ended => ({
  executionArn,
  status: now.status ?? '',
  output: now.status === 'SUCCEEDED' ? JSON.parse(now.output ?? 'null') : undefined,
  error: now.error,
  cause: now.cause,
});

/** What an execution ended with. @throws Error that says why, for people, when it did not succeed. */
export function outputOf({ status, output, error, cause }: Ended): unknown {
  if (status !== 'SUCCEEDED') throw new Error(`${status}: ${error ?? ''} ${cause ?? ''}`.trim());
  return output;
}

/** Region and state machine. @throws WrongUse when it is no ARN of an execution. */
export function placeOfExecution(executionArn: string): { region: string; name: string } {
  const [, region, name] = /^arn:[\w-]+:states:([\w-]+):\d+:execution:([^:]+):/.exec(executionArn) ?? [];
  if (region !== undefined && name !== undefined) return { region, name };
  throw new WrongUse(
    `"${executionArn}" is no ARN of an execution; those of a workflow are told when it starts`,
  );
}
