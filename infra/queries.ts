import type { Stack } from 'aws-cdk-lib';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { replicationFunctions } from './replication';

/** A question that operators ask, and the query of CloudWatch Logs Insights that answers it. */
export const queries: Record<string, string> = {
  'What waits, and for what': `fields @timestamp
| filter message in ["try-again", "to-be-retried", "large-copy-waits"]
| stats count(*) as tries, max(@timestamp) as last by baseName, key, reason
| sort last desc
| limit 1000`,
  'What failed, and why': `fields @timestamp
| filter level = "ERROR"
| stats count(*) as times, max(@timestamp) as last by message, baseName, key, reason
| sort last desc
| limit 1000`,
  'What became of a key (put it in)': `fields @timestamp, message, baseName, versionId, origin, time, reason
| filter key = "THE KEY"
| sort @timestamp asc
| limit 1000`,
  'How late replicas are': `filter message = "applied" and ispresent(latency)
| stats count(*) as writes, pct(latency, 50) as p50, pct(latency, 99) as p99, max(latency) as longest by origin, bin(5m)`,
  'Whose events were lost': `fields @timestamp, baseName, key, versionId
| filter message = "adopted"
| sort @timestamp desc
| limit 1000`,
};

/** They stand in the console's list, under MARS, over the logs of all functions of the region. */
export function savedQueries(stack: Stack): void {
  const logGroupNames = replicationFunctions.map(({ name }) => `/aws/lambda/${name}`);
  Object.entries(queries).forEach(([question, queryString], index) => {
    new CfnQueryDefinition(stack, `Query${index + 1}`, {
      name: `MARS/${question}`,
      queryString,
      logGroupNames,
    });
  });
}
