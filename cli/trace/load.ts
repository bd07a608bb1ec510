import { DescribeExecutionCommand, DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import type { Connection } from '../connection';
import { placeOfExecution } from '../execution';
import { type Visit, visitsOf } from '../history';
import { historyOf } from '../run-workflow';

/** A state of a definition, as far as it is drawn (Amazon States Language). */
export interface State {
  Type: string;
  Comment?: string;
  Next?: string;
  Default?: string;
  Choices?: { Next?: string }[];
  Catch?: { Next: string }[];
  ItemProcessor?: Machine;
}
export interface Machine {
  StartAt: string;
  States: Record<string, State>;
}

/** All that is known of one execution. */
export interface Trace {
  executionArn: string;
  /** Of its state machine. */
  name: string;
  status: string;
  started: Date;
  /** Absent: it runs. */
  stopped?: Date;
  input: string;
  output?: string;
  error?: string;
  cause?: string;
  definition: Machine;
  visits: Visit[];
}

/** @throws WrongUse when the name is no ARN of an execution, and ExecutionDoesNotExist. */
export async function loadTrace({ sfn }: Pick<Connection, 'sfn'>, executionArn: string): Promise<Trace> {
  const { region, name } = placeOfExecution(executionArn);
  const client = sfn(region);
  const [about, machine, events] = await Promise.all([
    client.send(new DescribeExecutionCommand({ executionArn })),
    client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
    historyOf(client, executionArn),
  ]);
  const { status = '', startDate: started = new Date(0), stopDate, input = '', output, error, cause } = about;
  return {
    executionArn,
    name,
    status,
    started,
    ...(stopDate && { stopped: stopDate }),
    input,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    definition: JSON.parse(machine.definition ?? '{}'),
    visits: visitsOf(events),
  };
}
