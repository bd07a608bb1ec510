import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { Connection } from '../../cli/connection';
import { bucketName } from '../../functions/contracts/names';

/** An object as a user sees it. */
export interface Seen {
  sha256: string;
  bytes: number;
  contentType: string | undefined;
  metadata: Record<string, string>;
  tags: Record<string, string>;
}

export const sha256 = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex');

/** Reads an object back with a plain client, or a version: its bytes, headers and tags; `undefined`: there is none. */
export async function readBack(
  connection: Connection,
  baseName: string,
  region: string,
  Key: string,
  VersionId?: string,
): Promise<Seen | undefined> {
  const client = connection.s3(region);
  const Bucket = bucketName(baseName, region);
  try {
    const object = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }));
    const digest = createHash('sha256');
    let bytes = 0;
    for await (const chunk of object.Body as AsyncIterable<Uint8Array>) {
      digest.update(chunk);
      bytes += chunk.length;
    }
    return {
      sha256: digest.digest('hex'),
      bytes,
      contentType: object.ContentType,
      metadata: object.Metadata ?? {},
      tags: Object.fromEntries(TagSet.map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
    };
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** What {@link readBack} gives of such an object, everywhere. */
export const seenOf = (
  body: Uint8Array,
  { contentType = 'text/plain', metadata = {}, tags = {} }: Partial<Seen> = {},
): Seen => ({ sha256: sha256(body), bytes: body.length, contentType, metadata, tags });

/** Writes an object with a plain client. */
export async function putObject(
  connection: Connection,
  region: string,
  baseName: string,
  Key: string,
  Body: Uint8Array,
  { contentType, metadata, tags }: Seen,
): Promise<void> {
  await connection.s3(region).send(
    new PutObjectCommand({
      Bucket: bucketName(baseName, region),
      Key,
      Body,
      ContentType: contentType,
      Metadata: metadata,
      Tagging: new URLSearchParams(tags).toString(),
    }),
  );
}

/** What differs between what should be there and what is, in words; `undefined` when nothing does. */
export function difference(expected: Seen | undefined, seen: Seen | undefined): string | undefined {
  if (!expected || !seen) {
    if (expected === seen) return undefined;
    return expected ? 'is not there' : 'is still there';
  }
  const wanted = fieldsOf(expected);
  const found = fieldsOf(seen);
  const name = Object.keys(wanted).find((field) => wanted[field] !== found[field]);
  return name && `differs in ${name}: ${found[name]} instead of ${wanted[name]}`;
}

const fieldsOf = ({ metadata, tags, ...rest }: Seen): Record<string, unknown> => ({
  ...rest,
  metadata: JSON.stringify(Object.entries(metadata).sort()),
  tags: JSON.stringify(Object.entries(tags).sort()),
});
