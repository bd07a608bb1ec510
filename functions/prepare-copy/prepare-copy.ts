import { copyInput, type PrepareOutput } from '../contracts/copy';
import { CopyRowChanged, copyId, readCopy, writeCopy } from '../large/copy-rows';
import { planParts } from '../large/parts';
import { abortUpload, createUpload } from '../large/uploads';
import { head, versionToCopy } from '../replication/objects';
import type { Ports } from '../replication/ports';
import { askOrigin, isPatient } from '../replication/queue';

/** The source version is not there any more; its region has been asked to look at its key again. */
export class SourceGone extends Error {
  override readonly name = 'SourceGone';
}

/**
 * Begins a large copy: plans its parts, creates the upload with all that makes the replica the same object, and opens
 * its row. Called again, it goes on with the upload that it has.
 * @throws SourceGone, CopyRowChanged, TooLarge, CannotBeKept
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<PrepareOutput> => {
    const { BaseName, Key, Item, Attempt } = copyInput.parse(event);
    const place = { baseName: BaseName, key: Key };
    const toCopy = versionToCopy(Item);
    const source = await head(place, ports, toCopy);
    if (!source) {
      await askOrigin(place, Item, !isPatient(Attempt), ports);
      throw new SourceGone(`version ${toCopy.versionId} is gone from ${toCopy.region}`);
    }
    const Bytes = source.ContentLength ?? 0;
    const { partSize, parts, batches } = planParts(Bytes);

    const copy = copyId(place, Item);
    const before = await readCopy(copy, ports);
    const isMine = before?.Attempt === Attempt && before.Status === 'InProgress';
    // This execution was stopped, and what it left has been cleaned up, while this call was under way.
    if (before && before.Attempt >= Attempt && !isMine) throw new CopyRowChanged(copy);
    if (before?.UploadId && !isMine) await abortUpload(place, before.UploadId, ports);
    const UploadId = (isMine && before.UploadId) || (await createUpload(place, Item, source, ports));
    if (!isMine) {
      const Started = new Date(ports.now()).toISOString();
      const row = { CopyId: copy, BaseName, Key, Origin: Item.origin, Attempt, UploadId, Bytes, Started };
      try {
        await writeCopy({ ...row, Status: 'InProgress', Parts: parts, PartsDone: 0 }, before, ports);
      } catch (error) {
        if (error instanceof CopyRowChanged) await abortUpload(place, UploadId, ports); // else it may be written
        throw error;
      }
    }
    return { UploadId, PartSize: partSize, Batches: batches };
  };
