import { Readable } from 'node:stream';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { translating } from '../../../functions/common/translating';
import { isBaseName, isRegion, reportsBucketName } from '../../../functions/contracts/names';
import type { Ports } from '../../../functions/replication/ports';

export const accountId = '111122223333';
export const home = 'us-west-2';
/** Buckets that belong to no set. */
export const reports = reportsBucketName(accountId, home);
export const assets = 'assets';
export const codeBuckets = 'code';

// The clients are to find AWS's own hosts, wherever other tests find theirs.
delete process.env.AWS_ENDPOINT_URL;

/** What goes over the wire, as far as it is judged. */
interface Request {
  hostname: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

export interface Answer {
  statusCode: number;
  body: string;
  headers?: Record<string, string>;
}

/** More requests than any call of a function makes for what it is given here. */
const mostRequests = 3000;

/** The SDK's own clients, whose requests are judged and answered here instead of by AWS. */
export class Wire {
  requests = 0;
  readonly faults: string[] = [];
  readonly logged: { event: string; data: Record<string, unknown> }[] = [];
  private time = 1_767_225_600_000;

  /** The answers, in turn; after the last of them each is an empty one. */
  constructor(private readonly answers: readonly Answer[]) {}

  private readonly config = (region: string) => ({
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestHandler: { handle: async (request: unknown) => ({ response: this.answer(request as Request) }) },
  });
  readonly s3 = (region: string) => new S3Client(this.config(region) as never);
  readonly sqs = (region: string) =>
    new SQSClient({ ...this.config(region), useQueueUrlAsEndpoint: false } as never);
  readonly sfn = (region: string) => new SFNClient(this.config(region) as never);
  readonly lambda = (region: string) => new LambdaClient(this.config(region) as never);
  readonly cloudFormation = (region: string) => new CloudFormationClient(this.config(region) as never);
  readonly dynamoDB = (region: string) => new DynamoDBClient(this.config(region) as never);

  readonly portsOf = (region: string): Ports => ({
    region,
    accountId,
    s3: this.s3,
    sqs: this.sqs,
    sfn: this.sfn(region),
    db: DynamoDBDocumentClient.from(this.dynamoDB(region), translating),
    now: () => this.time++,
    sleep: async () => {
      this.time += 60_000;
    },
    log: (_, event, data) => this.logged.push({ event, data }),
    measure: () => undefined,
  });

  private answer(request: Request) {
    const fault = faultOf(request);
    if (fault !== undefined)
      this.faults.push(`${fault}: ${request.method} ${request.hostname}${request.path}`);
    if (this.requests >= mostRequests) this.faults.push('it comes to no end');
    const empty = /^(s3|.*\.s3)\./.test(request.hostname) ? '' : '{}';
    const { statusCode, body, headers } = this.answers[this.requests++] ?? { statusCode: 200, body: empty };
    return { statusCode, headers: headers ?? {}, body: Readable.from([Buffer.from(body)]) };
  }
}

const others = [reports, assets];

/** Why a request should never be made; `undefined`: it is in order. */
function faultOf({ hostname, headers, path, body }: Request): string | undefined {
  const [, bucket, service, region = ''] =
    /^(?:(.+)\.)?(s3|sqs|dynamodb|states|cloudformation|lambda)\.([^.]+)\.amazonaws\.com$/.exec(hostname) ??
    [];
  if (service === undefined || !isRegion(region)) return 'to a host of nobody';
  if (service === 'dynamodb') {
    const tables = [...new TextDecoder().decode(body).matchAll(/"TableName":"([^"]*)"/g)].map(
      ([, name = '']) => name,
    );
    return tables.every((name) => name.startsWith('MARS-')) ? undefined : 'to a table of others';
  }
  if (service !== 's3' || (bucket === undefined && /^\/(\?|$)/.test(path))) return undefined;
  const owner = headers['x-amz-expected-bucket-owner'];
  if (bucket === undefined) return 'to no bucket';
  if (bucket.startsWith(codeBuckets) || others.includes(bucket)) return undefined;
  const set = bucket.slice('mars-'.length, -`-${region}`.length);
  if (bucket !== `mars-${set}-${region}` || !isBaseName(set)) return 'to a bucket of others';
  if (owner !== accountId) return 'to a bucket whoever owns it';
  const source = headers['x-amz-copy-source']?.split('/')[0];
  if (source === undefined) return undefined;
  if (!isRegion(source.slice(`mars-${set}-`.length)) || !source.startsWith(`mars-${set}-`))
    return `from a bucket of others, ${source}`;
  return headers['x-amz-source-expected-bucket-owner'] === accountId ? undefined : 'from whoever owns it';
}
