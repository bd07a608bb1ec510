import {
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { BaseNameInUse } from '../contracts/errors';

export interface WorkPorts {
  s3: Pick<S3Client, 'send'>;
  sfn: Pick<SFNClient, 'send'>;
  /** In the home region. */
  bucket: string;
  accountId: string;
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
  const place = {
    Bucket: ports.bucket,
    Key: `locks/${baseName}`,
    ExpectedBucketOwner: ports.accountId,
  };
  let holder = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const lock = await read(place, ports);
    if (lock?.holder === execution) return;
    holder = lock?.holder ?? '';
    if (lock && holder !== failed && (await isRunning(holder, ports))) break;
    const condition = lock ? { IfMatch: lock.eTag } : { IfNoneMatch: '*' };
    try {
      await ports.s3.send(new PutObjectCommand({ ...place, ...condition, Body: execution }));
      return;
    } catch (error) {
      const wasFirst = error instanceof S3ServiceException && [409, 412].includes(statusOf(error));
      if (!wasFirst) throw error;
    }
  }
  const expected = `a set that no other execution is working on; ${holder} is`;
  throw new BaseNameInUse({ field: 'BaseName', value: baseName, expected });
}

const statusOf = (error: S3ServiceException): number => error.$metadata.httpStatusCode ?? 0;

async function read(
  place: { Bucket: string; Key: string; ExpectedBucketOwner: string },
  { s3 }: WorkPorts,
): Promise<{ holder: string; eTag: string | undefined } | undefined> {
  try {
    const { Body, ETag } = await s3.send(new GetObjectCommand(place));
    return { holder: (await Body?.transformToString()) ?? '', eTag: ETag };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

const commitOf = (execution: string, { bucket, accountId }: WorkPorts) => ({
  Bucket: bucket,
  Key: `commits/${execution}`,
  ExpectedBucketOwner: accountId,
});

/** Notes that an execution has made all that it was asked for, so that its end, whatever it is, rolls nothing back. */
export async function commit(execution: string, ports: WorkPorts): Promise<void> {
  await ports.s3.send(new PutObjectCommand({ ...commitOf(execution, ports), Body: '' }));
}

export const isCommitted = async (execution: string, ports: WorkPorts): Promise<boolean> =>
  (await read(commitOf(execution, ports), ports)) !== undefined;

/** Step Functions keeps what has ended for 90 days. */
async function isRunning(executionArn: string, { sfn }: WorkPorts): Promise<boolean> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}
