import {
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';

/** What is done in a region of a set meanwhile, no event tells of. */
export async function unheard<Result>(
  mars: Installation,
  { baseName }: { baseName: string },
  region: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const s3 = mars.s3(region);
  const Bucket = bucketName(baseName, region);
  const { $metadata: _, ...NotificationConfiguration } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket }),
  );
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }));
  const result = await run();
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  return result;
}
