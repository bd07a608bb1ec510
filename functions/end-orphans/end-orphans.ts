import type { EndOrphansOutput } from '../contracts/copy';
import { reasonOf } from '../contracts/errors';
import { type BegunUpload, setsHere, uploadsOfMars } from '../large/begun-uploads';
import { copiesUnderWay } from '../large/copies-under-way';
import { readCopy } from '../large/copy-rows';
import { type EndedBadly, endOf, executionsOf } from '../large/executions';
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
  const attempt = async (what: object, run: () => Promise<unknown>): Promise<void> => {
    try {
      await run();
    } catch (error) {
      ports.log('error', 'not-swept', { ...what, reason: reasonOf(error) });
      failed.push(error);
    }
  };
  let [Copies, Uploads] = [0, 0];
  await attempt({ what: 'uploads' }, async () => {
    const old: BegunUpload[] = [];
    for (const baseName of await setsHere(ports)) {
      await attempt({ baseName }, async () => {
        for await (const upload of uploadsOfMars(baseName, ports))
          if (ports.now() - upload.initiated > youngest) old.push(upload);
      });
    }
    // Looked up after the uploads: a copy that runs by now may own one of them.
    for (const { place, uploadId } of old.length > 0 ? await unowned(old, ports) : []) {
      await attempt({ ...place, uploadId }, async () => {
        await abortUpload(place, uploadId, ports);
        Uploads++;
      });
    }
  });
  for (const status of badEnds) {
    await attempt({ what: status }, async () => {
      for await (const { name, executionArn } of executionsOf(status, ports)) {
        await attempt({ executionArn }, async () => {
          if (await isClosed(name, ports)) return;
          const end = await endOf(executionArn, ports);
          if (!end) return ports.log('warn', 'not-a-copy', { executionArn });
          await failCopy(end.copy, end.why, ports);
          Copies++;
        });
      }
    });
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
  for await (const row of copiesUnderWay(ports)) owned.add(row?.UploadId);
  return uploads.filter(({ uploadId }) => !owned.has(uploadId));
}
