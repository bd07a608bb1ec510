import { journalTable } from '../../functions/contracts/names';
import type { Figures } from './workloads';

/** What the embedded AWS counted: `counts` of startEmbeddedAws. */
export type Counts = Record<string, number>;

export const difference = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

const services: Record<string, string> = { dynamodb: 'DynamoDB', sqs: 'SQS', states: 'Step Functions' };

/** Per object: what was asked for, by operation; then what of it is priced, or of interest. */
export function measuresOf(counts: Counts, objects: number, size: number, baseName: string): Figures {
  const figures: Figures = {};
  const add = (what: string, count: number) => {
    if (count !== 0) figures[what] = (figures[what] ?? 0) + count / objects;
  };
  const sum = (pattern: RegExp) =>
    Object.entries(counts).reduce((total, [what, count]) => (pattern.test(what) ? total + count : total), 0);

  for (const [what, count] of Object.entries(counts)) {
    const [, ofS3] = /^MARS-\S+ calls (\w+)$/.exec(what) ?? [];
    const [, service = '', action] = /^MARS-\S+ (dynamodb|sqs|states):(\w+) allowed$/.exec(what) ?? [];
    if (ofS3 === undefined && action === undefined) continue;
    add(ofS3 ? `S3 ${ofS3}` : `${services[service]} ${action}`, count);
    add('calls, all', count);
  }
  for (const [what, count] of Object.entries(counts)) {
    const [, name] = /^(\S+) invoked$/.exec(what) ?? [];
    if (name === undefined) continue;
    add(`invocations of ${name.replace('MARS-', '')}`, count);
    add('invocations', count);
    const warm = counts[`${name} invoked warm`] ?? 0;
    // As if all calls had been warm.
    if (warm > 0)
      add(
        `CPU ms of ${name.replace('MARS-', '')}`,
        ((counts[`${name} warm CPU milliseconds`] ?? 0) * count) / warm,
      );
  }
  const ours = (operations: string) => sum(new RegExp(`^MARS-\\S+ calls (${operations})$`));
  const users = (operations: string) => sum(new RegExp(`^administrator calls (${operations})$`));
  const making = 'PutObject|CopyObject|CompleteMultipartUpload';
  const written = sum(/^MARS-\S+ dynamodb:(PutItem|UpdateItem) on /);
  const journaled = sum(new RegExp(`^MARS-\\S+ dynamodb:PutItem on ${journalTable(baseName)}$`));
  add('journal writes', journaled);
  add('DynamoDB writes', written);
  add('DynamoDB reads', sum(/^MARS-\S+ dynamodb:(GetItem|Query) on /));
  // S3 sends one for each change of a bucket, MARS's own included, which the filter drops.
  add(
    'messages',
    users(`${making}|DeleteObject`) +
      ours(`${making}|DeleteObject`) +
      sum(/^MARS-\S+ sqs:SendMessage allowed$/),
  );
  add('log bytes', sum(/ logs bytes$/));
  add('state transitions', sum(/ enters a state$/));
  // Without a bucket key, S3 would ask KMS for a key for each object or part written, and to decrypt each one read.
  add(
    'KMS requests',
    2 * ours('CopyObject|UploadPartCopy') + ours('CompleteMultipartUpload') + users(making),
  );
  add('MB between regions', (ours('CopyObject|CompleteMultipartUpload') * size) / 1e6);
  return figures;
}
