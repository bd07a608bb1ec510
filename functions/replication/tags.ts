import {
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  type HeadObjectCommandOutput,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { bucketOf, isGone } from './objects';
import type { Place, Ports } from './ports';

/** The tags of an exact version, as CreateMultipartUpload takes them, sorted: empty if there are none. */
export async function tagsText(
  place: Place,
  { region, versionId }: { region: string; versionId: string | undefined },
  ports: Ports,
): Promise<string> {
  const command = { ...bucketOf(place, region, ports), Key: place.key, VersionId: versionId };
  const { TagSet = [] } = await ports.s3(region).send(new GetObjectTaggingCommand(command));
  const encode = (text = '') => encodeURIComponent(text);
  return TagSet.map(({ Key, Value }) => `${encode(Key)}=${encode(Value)}`)
    .sort()
    .join('&');
}

/** As {@link tagsText}, of a version here; `undefined`: it is gone. */
export async function tagsHere(place: Place, versionId: string, ports: Ports): Promise<string | undefined> {
  try {
    return await tagsText(place, { region: ports.region, versionId }, ports);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Gives a version here other tags. `source-gone`: it is not there any more. */
export async function writeTags(
  place: Place,
  versionId: string,
  tags: string,
  ports: Ports,
): Promise<{ versionId: string } | 'source-gone'> {
  const version = { ...bucketOf(place, ports.region, ports), Key: place.key, VersionId: versionId };
  const TagSet = [...new URLSearchParams(tags)].map(([Key, Value]) => ({ Key, Value }));
  const s3 = ports.s3(ports.region);
  try {
    if (TagSet.length > 0) await s3.send(new PutObjectTaggingCommand({ ...version, Tagging: { TagSet } }));
    else await s3.send(new DeleteObjectTaggingCommand(version));
    return { versionId };
  } catch (error) {
    if (isGone(error)) return 'source-gone';
    throw error;
  }
}

/** Bytes of tags that a copy can be given by a header: for all of a request there are 8 KB (API Reference, "Error responses"). */
const mostInHeader = 4_000;

/**
 * Of an object that was looked at; `undefined`: they are too long for a header, so S3 must copy them. It counts them in what
 * it tells of an object: those that have none cost no call.
 */
export async function tagsOf(
  place: Place,
  { VersionId, TagCount = 0 }: HeadObjectCommandOutput,
  ports: Ports,
): Promise<string | undefined> {
  if (TagCount === 0) return '';
  const tags = await tagsText(place, { region: ports.region, versionId: VersionId }, ports);
  return tags.length > mostInHeader ? undefined : tags;
}
