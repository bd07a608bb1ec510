import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Connection } from './connection';
import { WrongUse } from './context';
import { placeOfExecution } from './execution';

/** What becomes of what a stopped execution has done, by its state machine. */
const then: Readonly<Record<string, string>> = {
  'MARS-CreateMARSBucket': 'MARS-RollBack removes what it has made',
  'MARS-AddRegion': 'MARS-RollBack removes what it has made in regions that are not filled yet',
  'MARS-DeleteMARSBucket':
    'what is left of the set does not replicate: start it again, it goes on where it stopped',
  'MARS-RemoveRegion':
    'the bucket that was to leave stays closed: start it again, it goes on where it stopped',
  'MARS-CopyLargeObject': 'MARS-CleanUpCopy ends its upload, and the key is tried again',
};

/** Ends an execution. @throws WrongUse when it does not run. */
export async function stop({ sfn }: Connection, executionArn: string, json: boolean): Promise<void> {
  const { region, name } = placeOfExecution(executionArn);
  const client = sfn(region);
  const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
  if (status !== 'RUNNING') throw new WrongUse(`${executionArn} does not run: it is ${status}`);
  const cause = 'mars stop';
  const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, cause }));
  if (json) console.log(JSON.stringify({ executionArn, stopDate }, null, 2));
  else console.log(`stopped; ${then[name] ?? 'what it has done stays'}`);
}
