import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { Installation } from '../../cli/installation';

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
