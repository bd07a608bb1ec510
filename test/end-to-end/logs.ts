import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Installation } from '../../cli/installation';
import { queueProcessorName, streamProcessorName } from '../../functions/contracts/names';
import type { BucketSet } from './mars';

/** What a function has logged in a region of one event (Powertools' `message`), oldest first. */
export async function logged(
  { config }: Installation,
  region: string,
  functionName: string,
  event: string,
): Promise<Record<string, unknown>[]> {
  const client = new CloudWatchLogsClient(config(region));
  const input = { logGroupName: `/aws/lambda/${functionName}`, filterPattern: `"${event}"` };
  const found: Record<string, unknown>[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, input))
    for (const { message = '' } of events) {
      const start = message.indexOf('{');
      if (start >= 0) found.push(JSON.parse(message.slice(start)));
    }
  return found.filter(({ message }) => message === event);
}

/** What AWS has refused to both processors, for want of a privilege: they try again, so that nobody may notice. */
export async function denials(mars: Installation, { baseName, regions }: BucketSet): Promise<unknown[]> {
  const events = [
    [streamProcessorName, 'to-be-retried'],
    [queueProcessorName, 'try-again'],
  ] as const;
  const lists = await Promise.all(
    regions.flatMap((region) => events.map(([name, event]) => logged(mars, region, name, event))),
  );
  return lists
    .flat()
    .filter(
      ({ baseName: of, reason }) =>
        of === baseName && /denied|forbidden|not authorized|403/i.test(`${reason}`),
    );
}
