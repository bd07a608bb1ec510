import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';

/** Current keys of a region's bucket in some folders. */
export async function keysIn(
  mars: Installation,
  region: string,
  baseName: string,
  folders: readonly string[],
): Promise<string[]> {
  const Bucket = bucketName(baseName, region);
  const found: string[] = [];
  for (const Prefix of folders)
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: mars.s3(region) },
      { Bucket, Prefix },
    ))
      found.push(...Contents.map(({ Key = '' }) => Key));
  return found;
}
