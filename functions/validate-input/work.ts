import { S3ServiceException } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { BaseNameInUse } from '../contracts/errors';
import type { Reports } from '../reconcile/reports';
import type { Ports } from '../replication/ports';

export interface WorkPorts {
  sfn: Ports['sfn'];
  reports: Reports;
}

/** Several take it from an ended execution at once: all but one come again, and find that one. */
const tries = 5;

/**
 * Only one execution at a time makes, changes or removes a set. The lock is an object that names the execution, written on
 * condition (S3 User Guide, "How to prevent object overwrites with conditional writes"). It is never given back: it is
 * free as soon as its execution has ended, however that ended, so none stays for ever.
 * `failed`: an execution that may hold it still, since `execution` cleans up in its stead.
 * @throws BaseNameInUse when an execution that is running holds it.
 */
export async function lockSet(
  baseName: string,
  execution: string,
  ports: WorkPorts,
  failed?: string,
): Promise<void> {
  const key = lockOf(baseName);
  let holder = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const lock = await ports.reports.find(key);
    if (lock?.text === execution) return;
    holder = lock?.text ?? '';
    if (lock && holder !== failed && (await isRunning(holder, ports))) break;
    try {
      return await ports.reports.write(key, execution, lock ? { IfMatch: lock.eTag } : { IfNoneMatch: '*' });
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status !== 409 && status !== 412) throw error; // somebody was faster
    }
  }
  const expected = `a set that no other execution is working on; ${holder} is`;
  throw new BaseNameInUse({ field: 'BaseName', value: baseName, expected, execution: holder });
}

const lockOf = (baseName: string): string => `locks/${baseName}`;

/** The execution that makes, changes or removes a set now, if one does. */
export async function workerOn(baseName: string, ports: WorkPorts): Promise<string | undefined> {
  const holder = (await ports.reports.find(lockOf(baseName)))?.text;
  return holder !== undefined && (await isRunning(holder, ports)) ? holder : undefined;
}

const commitOf = (execution: string): string => `commits/${execution}`;

/** Notes that an execution has made all that it was asked for, so that its end, whatever it is, rolls nothing back. */
export const commit = (execution: string, { reports }: WorkPorts): Promise<void> =>
  reports.write(commitOf(execution), execution);

export const isCommitted = async (execution: string, { reports }: WorkPorts): Promise<boolean> =>
  (await reports.find(commitOf(execution))) !== undefined;

/**
 * Whether MARS-RollBack is to remove what an execution made, or has tried to: it ended badly before it had made all. It takes a
 * minute and a half until a roll-back begins, in which nobody holds the set.
 */
export async function isUnfinished(execution: string, ports: WorkPorts): Promise<boolean> {
  const status = await statusOf(execution, ports);
  const hasFailed = status === 'FAILED' || status === 'ABORTED' || status === 'TIMED_OUT';
  return hasFailed && !(await isCommitted(execution, ports));
}

const isRunning = async (execution: string, ports: WorkPorts): Promise<boolean> =>
  (await statusOf(execution, ports)) === 'RUNNING';

/** Step Functions keeps what has ended for 90 days, and so does the bucket commits; `undefined`: it ended before. */
async function statusOf(executionArn: string, { sfn }: WorkPorts): Promise<string | undefined> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}
