import { createHash } from 'node:crypto';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Connection } from '../../cli/connection';
import { queueProcessorName } from '../../functions/contracts/names';
import { assetBucket } from '../../local/deploy';

/** A version of MARS that came before this one: its regional templates and its code differ from what is published now. */
export interface OlderVersion {
  templateUrl: string;
  /** Keys of this version's assets by the setting that names them, and of the older one's. */
  newer: Record<Setting, string>;
  older: Record<Setting, string>;
}

const settings = ['BASE_TEMPLATE_KEY', 'BUCKET_TEMPLATE_KEY', 'CODE_KEY'] as const;
type Setting = (typeof settings)[number];

/** Seconds that QueueProcessor ran in the older version, and days that noncurrent versions stayed. */
export const formerly = { timeout: 50, noncurrentDays: 10 };

export async function publishOlderVersion(
  templateUrl: string,
  connection: Connection,
): Promise<OlderVersion> {
  const s3 = connection.s3(connection.homeRegion);
  const read = async (Key: string) =>
    (await (await s3.send(new GetObjectCommand({ Bucket: assetBucket, Key }))).Body?.transformToString()) ??
    '';
  const write = async (Body: string) => {
    const Key = `${createHash('sha256').update(Body).digest('hex')}.json`;
    await s3.send(new PutObjectCommand({ Bucket: assetBucket, Key, Body }));
    return Key;
  };
  const root = await read(templateUrl.slice(templateUrl.lastIndexOf('/') + 1));
  const newer = Object.fromEntries(
    settings.map((name) => [name, new RegExp(`"${name}":\\s*"([^"]+)"`).exec(root)?.[1] ?? '']),
  ) as Record<Setting, string>;

  const base = JSON.parse(await read(newer.BASE_TEMPLATE_KEY));
  const resources = Object.values<{ Properties?: Record<string, unknown> }>(base.Resources);
  const processor = resources.find(({ Properties }) => Properties?.FunctionName === queueProcessorName);
  Object.assign(processor?.Properties ?? {}, { Timeout: formerly.timeout });
  const bucket = JSON.parse(await read(newer.BUCKET_TEMPLATE_KEY));
  const [rule] = bucket.Resources.Bucket.Properties.LifecycleConfiguration.Rules;
  rule.NoncurrentVersionExpiration.NoncurrentDays = formerly.noncurrentDays;
  const CODE_KEY = `${createHash('sha256').update('older').digest('hex')}.zip`;
  await s3.send(
    new CopyObjectCommand({
      Bucket: assetBucket,
      Key: CODE_KEY,
      CopySource: `${assetBucket}/${newer.CODE_KEY}`,
    }),
  );
  const older = {
    BASE_TEMPLATE_KEY: await write(JSON.stringify(base)),
    BUCKET_TEMPLATE_KEY: await write(JSON.stringify(bucket)),
    CODE_KEY,
  };
  const text = settings.reduce((all, name) => all.replaceAll(newer[name], older[name]), root);
  return { templateUrl: templateUrl.replace(/[^/]+$/, await write(text)), newer, older };
}
