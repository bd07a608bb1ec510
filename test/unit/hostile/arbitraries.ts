import fc from 'fast-check';
import type { Answer } from './wire';

/** As many inputs as usual: `FUZZ=20 npm test -- test/unit/hostile` takes minutes. */
export const times = Number(process.env.FUZZ ?? 1);

const texts = [
  '',
  '../../etc/passwd',
  'a\u0000b',
  'line\nfeed',
  '%',
  '%zz',
  '+',
  '\u{1f4a5}',
  '\ud800',
  '__proto__',
  'constructor',
  '/',
  '//',
  'x'.repeat(5000),
  'archive-us-west-2',
  'us-west-2/',
  'evil.example/',
  'pictures',
  'PICTURES',
  'eu-west-1',
  'eu-west-1#tags',
  '{"kind":"look"}',
  '<xml>&amp;</xml>',
  '9'.repeat(40),
];
const text = fc.oneof(fc.constantFrom(...texts), fc.string({ unit: 'binary', maxLength: 30 }));
const value = fc.oneof(
  text,
  fc.constantFrom<unknown>(null, true, [], {}, 0, -1, 1e30, 2 ** 53, 0.5, [null], { S: 'x' }),
  fc.jsonValue({ maxDepth: 2 }),
);

const pathsOf = (sample: unknown, path: string[] = []): string[][] =>
  typeof sample !== 'object' || sample === null
    ? [path]
    : [path, ...Object.entries(sample).flatMap(([name, each]) => pathsOf(each, [...path, name]))];

function put(sample: unknown, [name, ...rest]: string[], what: unknown): unknown {
  if (name === undefined) return what;
  if (Array.isArray(sample))
    return sample.map((each, index) => (String(index) === name ? put(each, rest, what) : each));
  const object = (typeof sample === 'object' && sample !== null ? sample : {}) as Record<string, unknown>;
  return { ...object, [name]: put(object[name], rest, what) };
}

/** A sample with up to three of its parts, large or small, replaced by what nobody expects there. */
export const spoiled = (...samples: unknown[]): fc.Arbitrary<unknown> =>
  fc
    .constantFrom(...samples)
    .chain((sample) =>
      fc
        .array(fc.tuple(fc.constantFrom(...pathsOf(sample)), value), { maxLength: 3 })
        .map((changes) => changes.reduce<unknown>((before, [path, what]) => put(before, path, what), sample)),
    );

export const item = {
  key: 'a',
  origin: 'eu-west-1',
  time: 1_767_225_600_000,
  kind: 'put',
  versionId: 'v1',
  size: 10,
  eTag: '"e"',
  checksum: 'CRC64NVME:a',
  headers: 'h',
  tags: 'a=b',
  storageClass: 'STANDARD',
  sequencer: '0055AED6DCD90281E5',
  revision: 1,
  check: false,
};
export const tagItem = {
  key: 'a',
  origin: 'eu-west-1#tags',
  time: item.time,
  of: { time: item.time, origin: 'eu-west-1' },
  tags: 'a=b',
  revision: 1,
};
export const row = {
  key: 'a',
  applied: { time: 1, origin: 'us-west-2', kind: 'put', versionId: 'v1', eTag: '"e"', own: true },
  history: [],
  intents: [{ time: 1, origin: 'eu-west-1', kind: 'put', size: 10, at: 1, revision: 1 }],
  revision: 1,
};

const json = (body: unknown): Answer => ({ statusCode: 200, body: JSON.stringify(body) });
const error = (statusCode: number, code: string): Answer => ({
  statusCode,
  body: JSON.stringify({ __type: code, message: code }),
});
/** To S3's HEAD, and to whatever has no body. */
const head: Answer = {
  statusCode: 200,
  body: '',
  headers: {
    etag: '"e"',
    'content-length': '10',
    'x-amz-version-id': 'v1',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  },
};
const listed: Answer = {
  statusCode: 200,
  body: '<ListVersionsResult><Version><Key>a</Key><VersionId>v2</VersionId><IsLatest>true</IsLatest><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"x"</ETag><Size>10</Size></Version></ListVersionsResult>',
};
/** As DynamoDB holds it, which holds numbers that JavaScript can't. */
function attribute(what: unknown): Record<string, unknown> {
  if (what === null || what === undefined) return { NULL: true };
  if (typeof what === 'boolean') return { BOOL: what };
  if (typeof what === 'number') return { N: String(what) };
  if (typeof what === 'string') return /^9+$/.test(what) ? { N: what } : { S: what };
  return Array.isArray(what) ? { L: what.map(attribute) } : { M: stored(what) };
}
export const stored = (what: unknown): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(typeof what === 'object' && what !== null ? what : {}).map(([name, each]) => [
      name,
      attribute(each),
    ]),
  );

/** What services may answer; whatever they do, a handler's promise holds. */
export const answers: fc.Arbitrary<Answer[]> = fc.array(
  fc.oneof(
    fc.constantFrom(
      head,
      head,
      listed,
      json({}),
      json({ executions: [] }),
      json({ Table: { ItemCount: 5 } }),
    ),
    fc.constantFrom(
      error(400, 'ValidationException'),
      error(400, 'ConditionalCheckFailedException'),
      error(400, 'ResourceNotFoundException'),
      error(403, 'AccessDenied'),
      error(404, 'NoSuchKey'),
      error(412, 'PreconditionFailed'),
      error(503, 'SlowDown'),
      { statusCode: 200, body: '<Error><Code>InternalError</Code></Error>' },
      { statusCode: 200, body: 'neither XML nor JSON' },
    ),
    spoiled(item, tagItem).map((each) => json({ Items: [stored(each)] })),
    spoiled(row).map((each) => json({ Item: stored(each) })),
    text.map((Body) => json({ Messages: [{ Body }], Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] })),
  ),
  { maxLength: 40 },
);
