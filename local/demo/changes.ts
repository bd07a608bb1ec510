import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import type { Connection } from '../../cli/connection';
import { bucketName } from '../../functions/contracts/names';
import { putObject, type Seen, seenOf } from './objects';

/** What a user does in one region, and what every region must show afterwards (`undefined`: nothing). */
export interface Change {
  title: string;
  region: string;
  make: () => Promise<void>;
  shows: [key: string, expected: Seen | undefined][];
}

const root = join(import.meta.dirname, '../..');
const largeBytes = 100 * 2 ** 20;

/** The demo's story, on real files: created in one region, overwritten, renamed in another, deleted in a third. */
export async function changesOf(
  connection: Connection,
  baseName: string,
  regions: readonly [string, string, string],
): Promise<Change[]> {
  const [first, second, third] = regions;
  const licence = await readFile(join(root, 'LICENSE'));
  const readme = await readFile(join(root, 'README.md'));
  const created = seenOf(licence, { metadata: { 'written-in': first }, tags: { purpose: 'demo' } });
  const overwritten = seenOf(readme, { contentType: 'text/markdown' });
  const large = randomBytes(largeBytes);
  const movie = seenOf(large, {
    contentType: 'video/mp4',
    metadata: { title: 'a large object' },
    tags: { project: 'mars', kind: 'large' },
  });

  const put = (region: string, key: string, body: Uint8Array, object: Seen) => () =>
    putObject(connection, region, baseName, key, body, object);
  const remove = async (region: string, Key: string) => {
    await connection.s3(region).send(new DeleteObjectCommand({ Bucket: bucketName(baseName, region), Key }));
  };
  const rename = (region: string, from: string, Key: string) => async () => {
    const Bucket = bucketName(baseName, region);
    const CopySource = `${Bucket}/${encodeURIComponent(from)}`;
    await connection.s3(region).send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    await remove(region, from);
  };
  const name = 'docs/first file.txt';
  const renamed = 'docs/renamed + umlaut ü.txt';
  return [
    {
      title: 'create a file',
      region: first,
      make: put(first, name, licence, created),
      shows: [[name, created]],
    },
    {
      title: 'overwrite it',
      region: first,
      make: put(first, name, readme, overwritten),
      shows: [[name, overwritten]],
    },
    {
      title: 'rename it',
      region: second,
      make: rename(second, name, renamed),
      shows: [
        [renamed, overwritten],
        [name, undefined],
      ],
    },
    { title: 'delete it', region: third, make: () => remove(third, renamed), shows: [[renamed, undefined]] },
    {
      title: 'create an object of 100 MB',
      region: first,
      make: put(first, 'large/movie.mp4', large, movie),
      shows: [['large/movie.mp4', movie]],
    },
  ];
}
