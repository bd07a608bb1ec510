import { DescribeExecutionCommand, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import type { CopyRow, EndOrphansOutput } from '../contracts/copy';
import { copyExecutionArn } from '../contracts/names';
import { uploadsOfMars } from '../large/begun-uploads';
import { CopyRowChanged, closeCopy, openCopies } from '../large/copy-rows';
import { handBack } from '../large/hand-back';
import { executionName } from '../large/start';
import { abortUpload } from '../large/uploads';
import type { Ports } from '../replication/ports';

/** Milliseconds that an upload may wait for the row which names it: longer than PrepareCopy runs. */
const youngest = 3_600_000;

/**
 * What no event told of: closes the rows of copies whose execution is over (a status event is "delivered on a best-effort
 * basis", Step Functions Developer Guide), hands their keys back, and ends uploads that no running copy owns.
 */
export const handlerOf = (ports: Ports) => async (): Promise<EndOrphansOutput> => {
  // First, since what begins after it is young.
  const uploads = await uploadsOfMars(ports);
  const owned = new Set<string | undefined>();
  let Copies = 0;
  for await (const row of openCopies(ports)) {
    const status = await statusOf(row, ports);
    if (status === 'RUNNING') owned.add(row.UploadId);
    else if (await fail(row, `its execution is over (${status}), and nobody told`, ports)) Copies++;
  }
  const left = uploads.filter(
    ({ uploadId, initiated }) => !owned.has(uploadId) && ports.now() - initiated > youngest,
  );
  for (const { place, uploadId } of left) await abortUpload(place, uploadId, ports);
  ports.log('info', 'swept', { Copies, Uploads: left.length });
  return { Copies, Uploads: left.length };
};

async function statusOf({ CopyId, Attempt }: CopyRow, ports: Ports): Promise<string | undefined> {
  const executionArn = copyExecutionArn(ports.region, ports.accountId, executionName(CopyId, Attempt));
  try {
    return (await ports.sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'FORGOTTEN'; // after 90 days
    throw error;
  }
}

/** `false`: the row has been closed meanwhile, or its next attempt has begun. */
async function fail(row: CopyRow, Reason: string, ports: Ports): Promise<boolean> {
  const place = { baseName: row.BaseName, key: row.Key };
  try {
    await closeCopy({ ...row, Reason }, row, 'Failed', ports);
  } catch (error) {
    if (error instanceof CopyRowChanged) return false;
    throw error;
  }
  ports.log('error', 'large-copy-failed', { ...place, attempt: row.Attempt, reason: Reason });
  await handBack(place, { reason: Reason, attempts: row.Attempt }, ports);
  return true;
}
