import type { EndOrphansOutput } from '../contracts/copy';
import { type BegunUpload, uploadsOfMars } from '../large/begun-uploads';
import { readCopy } from '../large/copy-rows';
import { copyOf, type EndedBadly, executionsOf } from '../large/executions';
import { failCopy } from '../large/fail-copy';
import { abortUpload } from '../large/uploads';
import type { Ports } from '../replication/ports';

/** Milliseconds that an upload may wait for the row which names it: longer than PrepareCopy runs. */
const youngest = 3_600_000;

const badEnds: EndedBadly[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * What no event told of: cleans up after copies whose execution ended badly (the events of it are "delivered on a
 * best-effort basis", Step Functions Developer Guide), and ends uploads that no running copy owns.
 */
export const handlerOf = (ports: Ports) => async (): Promise<EndOrphansOutput> => {
  let Copies = 0;
  for (const status of badEnds) {
    for await (const { name, executionArn } of executionsOf(status, ports)) {
      if (await isClosed(name, ports)) continue;
      await failCopy(await copyOf(executionArn, ports), `${status}, and no event told of it`, ports);
      Copies++;
    }
  }
  const old = (await uploadsOfMars(ports)).filter(({ initiated }) => ports.now() - initiated > youngest);
  const left = old.length > 0 ? await unowned(old, ports) : [];
  for (const { place, uploadId } of left) await abortUpload(place, uploadId, ports);
  ports.log('info', 'swept', { Copies, Uploads: left.length });
  return { Copies, Uploads: left.length };
};

/** Whether nothing is left to be done for this attempt of a copy, as its row tells. */
async function isClosed(name: string, ports: Ports): Promise<boolean> {
  const [copy = '', attempt] = name.split('-');
  const row = await readCopy(copy, ports);
  if (!row) return false;
  if (row.Attempt !== Number(attempt)) return row.Attempt > Number(attempt);
  return row.Status === 'Failed' ? row.HandedBack === true : row.Status !== 'InProgress';
}

async function unowned(uploads: BegunUpload[], ports: Ports): Promise<BegunUpload[]> {
  const owned = new Set<string | undefined>();
  for await (const { name } of executionsOf('RUNNING', ports)) {
    owned.add((await readCopy(name.split('-')[0] ?? '', ports))?.UploadId);
  }
  return uploads.filter(({ uploadId }) => !owned.has(uploadId));
}
