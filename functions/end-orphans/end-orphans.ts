import type { EndOrphansOutput } from '../contracts/copy';
import { reasonOf } from '../contracts/errors';
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
 * What no event told of: ends uploads that no running copy owns, and cleans up after copies whose execution ended badly
 * (the events of it are "delivered on a best-effort basis", Step Functions Developer Guide).
 * @throws AggregateError of all that could not be done; nothing else was held up by it.
 */
export const handlerOf = (ports: Ports) => async (): Promise<EndOrphansOutput> => {
  const failed: unknown[] = [];
  /** 1: it was done. */
  const attempt = async (what: object, run: () => Promise<unknown>): Promise<number> => {
    try {
      await run();
      return 1;
    } catch (error) {
      ports.log('error', 'not-swept', { ...what, reason: reasonOf(error) });
      failed.push(error);
      return 0;
    }
  };
  let [Copies, Uploads] = [0, 0];
  const old = (await uploadsOfMars(ports)).filter(({ initiated }) => ports.now() - initiated > youngest);
  for (const { place, uploadId } of old.length > 0 ? await unowned(old, ports) : []) {
    Uploads += await attempt({ ...place, uploadId }, () => abortUpload(place, uploadId, ports));
  }
  for (const status of badEnds) {
    for await (const { name, executionArn } of executionsOf(status, ports)) {
      if (await isClosed(name, ports)) continue;
      Copies += await attempt({ executionArn }, async () =>
        failCopy(await copyOf(executionArn, ports), `${status}, and no event told of it`, ports),
      );
    }
  }
  ports.log('info', 'swept', { Copies, Uploads });
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} could not be swept`);
  return { Copies, Uploads };
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
