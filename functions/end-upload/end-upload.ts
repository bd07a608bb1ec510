import { type EndUploadOutput, endUploadInput } from '../contracts/copy';
import { placeOf } from '../large/copy-rows';
import { abortUpload, isGone, listParts } from '../large/uploads';
import type { Ports } from '../replication/ports';

/**
 * Ends an upload whose functions may have been copying parts when it was aborted before: those "might or might not
 * succeed", so it "might be necessary to abort a given multipart upload multiple times", until its list of parts is empty
 * (API Reference, AbortMultipartUpload).
 */
export const handlerOf =
  (ports: Ports) =>
  async (event: unknown): Promise<EndUploadOutput> => {
    const { Copy, UploadId } = endUploadInput.parse(event);
    const place = placeOf(Copy);
    await abortUpload(place, UploadId, ports);
    try {
      const parts = listParts(place, UploadId, { first: 1, last: Infinity }, ports);
      return { IsGone: (await parts.next()).done === true };
    } catch (error) {
      if (isGone(error)) return { IsGone: true };
      throw error;
    }
  };
