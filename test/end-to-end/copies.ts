import { setTimeout as sleep } from 'node:timers/promises';
import { ListMultipartUploadsCommand, type MultipartUpload } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Installation } from '../../cli/installation';
import { type CopyRow, copyRow } from '../../functions/contracts/copy';
import { bucketName, multiPartUploadTable } from '../../functions/contracts/names';
import { type BucketSet, patience } from './mars';

/** Rows of a set's large copies of a key in all regions. */
async function copiesOf(mars: Installation, { baseName, regions }: BucketSet, key: string) {
  const rows = await Promise.all(
    regions.map(async (region) => {
      const { Items = [] } = await mars.db(region).send(new ScanCommand({ TableName: multiPartUploadTable }));
      return Items.map((item) => ({ region, ...copyRow.parse(item) }));
    }),
  );
  return rows.flat().filter((row) => row.BaseName === baseName && row.Key === key);
}

/** Uploads under way in a bucket of a set. */
export async function uploadsIn(
  mars: Installation,
  { baseName }: BucketSet,
  region: string,
): Promise<MultipartUpload[]> {
  const list = new ListMultipartUploadsCommand({ Bucket: bucketName(baseName, region) });
  return (await mars.s3(region).send(list)).Uploads ?? [];
}

/**
 * The rows of a key's copies, as many as `least` or more, once all have ended and nothing is left behind: no upload in
 * any region, and of what failed the reason.
 */
export async function endedCopies(
  mars: Installation,
  set: BucketSet,
  key: string,
  least = 1,
): Promise<(CopyRow & { region: string })[]> {
  const end = Date.now() + patience;
  for (;;) {
    const rows = await copiesOf(mars, set, key);
    const uploads = await Promise.all(set.regions.map((region) => uploadsIn(mars, set, region)));
    const isEnded = rows.length >= least && rows.every(({ Status }) => Status !== 'InProgress');
    if (isEnded && uploads.flat().length === 0) {
      for (const { Status, Reason } of rows) if (Status === 'Failed') expect(Reason).toMatch(/\w/);
      return rows;
    }
    if (Date.now() > end) throw new Error(`still open: ${JSON.stringify({ rows, uploads })}`);
    await sleep(100);
  }
}
