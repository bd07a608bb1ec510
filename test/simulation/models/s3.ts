import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  ListPartsCommand,
  NoSuchUpload,
  S3ServiceException,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';

/** All that makes an object the same object. */
export interface Content {
  body: string;
  size: number;
  metadata: string;
  tags: string;
  /** S3 knows a checksum of the whole; of composite ones it knows only that of the parts. */
  checksum: boolean;
}

export interface Version {
  versionId: string;
  /** S3's order of the versions of a key: of uploads in parts that of their starts. */
  order: number;
  /** Absent: a delete marker. */
  content?: Content;
  eTag: string;
  /** Whole seconds of the region's clock; of uploads in parts their start. */
  lastModified: number;
  by: 'user' | 'mars';
  /** It was current when it came. */
  shown?: boolean;
  /** The user's write whose content this is, for the oracles: copies carry it on. Unknown of MARS's delete markers. */
  write?: number;
}

interface Upload {
  key: string;
  order: number;
  lastModified: number;
  by: 'user' | 'mars';
  metadata: string;
  tags: string;
  parts: Map<number, { source: Version; range: string }>;
}

/** Who calls, as an event says it. */
export interface Caller {
  by: 'user' | 'mars';
  principal: string;
}

export interface Landed {
  region: string;
  key: string;
  version: Version;
  /** What was current before. */
  before: Version | undefined;
  eventName: string;
  caller: Caller;
}

const refused = (name: string, httpStatusCode: number): S3ServiceException =>
  new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

interface Setting {
  region: string;
  /** Milliseconds, by the region's clock. */
  clock: () => number;
  /** A number that rises by one with each call, for all buckets. */
  count: () => number;
  bucketOf: (name: string) => Bucket;
  landed: (landed: Landed) => void;
  removed: (key: string, version: Version, caller: Caller) => void;
  /** A race that S3 answers with 409 instead of waiting. */
  conflicts: () => boolean;
}

/**
 * A versioned bucket. Sources: S3 User Guide, "How to prevent object overwrites with conditional writes" (412; 404 for
 * If-Match on nothing or a marker; 409 in races), "Performing conditional deletes", "Uploading and copying objects using
 * multipart upload" (the upload that started last is current), "Deleting object versions"; API Reference, HeadObject (405
 * for a marker by id), CopyObject (exact version of the source; storage class and so on are not the model's).
 * The test s3-model holds it against the embedded AWS.
 */
export class Bucket {
  readonly keys = new Map<string, Version[]>();
  readonly uploads = new Map<string, Upload>();

  constructor(private readonly setting: Setting) {}

  versions(key: string): Version[] {
    const versions = this.keys.get(key) ?? [];
    this.keys.set(key, versions);
    return versions;
  }

  current = (key: string): Version | undefined => this.versions(key).at(-1);

  /** A plain upload. */
  put(key: string, content: Content, write: number, caller: Caller): Version {
    return this.add(key, this.version({ content, write, by: caller.by }), 'ObjectCreated:Put', caller);
  }

  /** A delete without a version: always a marker, whatever is there. */
  mark(key: string, write: number | undefined, caller: Caller): Version {
    const version = this.version({ by: caller.by, ...(write !== undefined && { write }) });
    return this.add(key, version, 'ObjectRemoved:DeleteMarkerCreated', caller);
  }

  /** Removes a version for good. */
  remove(key: string, version: Version, caller: Caller): void {
    const versions = this.versions(key);
    versions.splice(versions.indexOf(version), 1);
    this.setting.removed(key, version, caller);
  }

  /** Begins an upload in parts. */
  begin(key: string, caller: Caller, { metadata = '', tags = '' } = {}): string {
    const id = `upload-${this.setting.count()}`;
    const { order, lastModified } = this.version({ by: caller.by });
    const common = { key, order, lastModified, metadata, tags, by: caller.by };
    this.uploads.set(id, { ...common, parts: new Map() });
    return id;
  }

  /** Completes an upload of a user, whose parts are not the model's matter. */
  finish(id: string, content: Content, write: number, caller: Caller): Version {
    const upload = this.upload(id);
    this.uploads.delete(id);
    const version = { ...this.version({ content, write, by: caller.by }), ...timeOf(upload) };
    return this.add(upload.key, version, 'ObjectCreated:CompleteMultipartUpload', caller);
  }

  /** What the SDK's call answers. @throws S3ServiceException as S3 documents it */
  execute(command: { input: object }, caller: Caller): unknown {
    for (const [kind, run] of this.operations) if (command instanceof kind) return run(command.input, caller);
    throw new Error(`the model knows no ${command.constructor.name}`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: one table for commands of many inputs
  private readonly operations: [new (input: any) => object, (input: any, caller: Caller) => unknown][] = [
    [HeadObjectCommand, (input) => this.head(input)],
    [ListObjectVersionsCommand, (input) => this.list(input)],
    [
      GetObjectTaggingCommand,
      ({ Key, VersionId }) => ({
        TagSet: [{ Key: 'tags', Value: this.exact(Key, VersionId).content?.tags }],
      }),
    ],
    [
      CopyObjectCommand,
      (input, caller) => {
        const source = this.source(input.CopySource);
        this.test(input.Key, input);
        const content = { ...(source.content as Content), checksum: true };
        const version = this.version({ content, by: caller.by, ...writeOf(source) });
        const { versionId, eTag } = this.add(input.Key, version, 'ObjectCreated:Copy', caller);
        return { VersionId: versionId, CopyObjectResult: { ETag: eTag } };
      },
    ],
    [
      DeleteObjectCommand,
      (input, caller) => {
        this.test(input.Key, input);
        return { VersionId: this.mark(input.Key, undefined, caller).versionId, DeleteMarker: true };
      },
    ],
    [
      CreateMultipartUploadCommand,
      ({ Key, Metadata, Tagging }, caller) => {
        const tags = new URLSearchParams(Tagging ?? '').get('tags') ?? '';
        return { UploadId: this.begin(Key, caller, { metadata: Metadata?.text ?? '', tags }) };
      },
    ],
    [UploadPartCopyCommand, (input) => this.copyPart(input)],
    [
      ListPartsCommand,
      ({ UploadId, PartNumberMarker }) => {
        const numbers = [...this.upload(UploadId).parts.keys()].sort((a, b) => a - b);
        const rest = numbers.filter((number) => number > Number(PartNumberMarker ?? 0));
        return { Parts: rest.map((PartNumber) => ({ PartNumber, ETag: `"part-${PartNumber}"` })) };
      },
    ],
    [
      CompleteMultipartUploadCommand,
      (input, caller) => {
        const upload = this.upload(input.UploadId);
        this.test(input.Key, input);
        this.uploads.delete(input.UploadId);
        const made = this.version({
          content: assembled(upload),
          by: caller.by,
          ...writeOf(sourceOf(upload)),
        });
        const version = {
          ...made,
          ...timeOf(upload),
          eTag: `${made.eTag.slice(0, -1)}-${upload.parts.size}"`,
        };
        this.add(input.Key, version, 'ObjectCreated:CompleteMultipartUpload', caller);
        return { VersionId: version.versionId, ETag: version.eTag };
      },
    ],
    [
      AbortMultipartUploadCommand,
      ({ UploadId }) => {
        this.upload(UploadId);
        this.uploads.delete(UploadId);
        return {};
      },
    ],
  ];

  private version(of: Pick<Version, 'content' | 'by' | 'write'> | { by: Version['by'] }): Version {
    const order = this.setting.count();
    const eTag = `"${order.toString(16).padStart(32, '0')}"`; // under SSE-KMS no digest of the content
    return {
      ...of,
      order,
      versionId: `v${order}`,
      eTag,
      lastModified: Math.floor(this.setting.clock() / 1000) * 1000,
    };
  }

  private add(key: string, version: Version, eventName: string, caller: Caller): Version {
    const versions = this.versions(key);
    const before = versions.at(-1);
    versions.splice(versions.findLastIndex(({ order }) => order < version.order) + 1, 0, version);
    version.shown = versions.at(-1) === version;
    this.setting.landed({ region: this.setting.region, key, version, before, eventName, caller });
    return version;
  }

  private exact(key: string, versionId: string): Version {
    const version = this.versions(key).find((each) => each.versionId === versionId);
    if (!version) throw refused('NoSuchVersion', 404);
    return version;
  }

  private source(copySource: string): Version {
    const [, bucket = '', key = '', versionId = ''] =
      /^([^/]+)\/(.+)\?versionId=(.+)$/.exec(copySource) ?? [];
    const version = this.setting.bucketOf(bucket).exact(decodeURIComponent(key), versionId);
    if (!version.content) throw refused('InvalidRequest', 400);
    return version;
  }

  private upload(id: string): Upload {
    const upload = this.uploads.get(id);
    if (upload) return upload;
    throw new NoSuchUpload({ message: id, $metadata: { httpStatusCode: 404 } });
  }

  private test(key: string, { IfMatch, IfNoneMatch }: { IfMatch?: string; IfNoneMatch?: string }): void {
    if (this.setting.conflicts()) throw refused('ConditionalRequestConflict', 409);
    const current = this.current(key);
    if (IfNoneMatch && current?.content) throw refused('PreconditionFailed', 412);
    if (IfMatch && !current?.content) throw refused('NoSuchKey', 404);
    if (IfMatch && current?.eTag !== IfMatch) throw refused('PreconditionFailed', 412);
  }

  private head({ Key = '', VersionId }: Partial<HeadObjectCommandInput>): object {
    const version = VersionId === undefined ? this.current(Key) : this.exact(Key, VersionId);
    if (!version?.content) throw refused('NotFound', version && VersionId !== undefined ? 405 : 404);
    const { size, body, metadata, checksum } = version.content;
    return {
      VersionId: version.versionId,
      ETag: version.eTag,
      ContentLength: size,
      LastModified: new Date(version.lastModified),
      Metadata: { text: metadata },
      ...(checksum && { ChecksumCRC64NVME: body, ChecksumType: 'FULL_OBJECT' }),
    };
  }

  private list({ Prefix = '', VersionIdMarker }: Partial<ListObjectVersionsCommandInput>): object {
    const all = this.versions(Prefix).toReversed();
    const marker = all.findIndex(({ versionId }) => versionId === VersionIdMarker);
    // No document tells what S3 makes of a version that is gone: nothing may depend on it.
    if (VersionIdMarker !== undefined && marker < 0) throw refused('InvalidArgument', 400);
    const rest = all.slice(marker + 1);
    const described = rest.map((version) => ({
      Key: Prefix,
      VersionId: version.versionId,
      IsLatest: version === all[0],
      ETag: version.eTag,
      LastModified: new Date(version.lastModified),
      ...(version.content && { Size: version.content.size }),
      isMarker: version.content === undefined,
    }));
    return {
      Versions: described.filter(({ isMarker }) => !isMarker),
      DeleteMarkers: described.filter(({ isMarker }) => isMarker),
    };
  }

  private copyPart(input: UploadPartCopyCommandInput): object {
    const upload = this.upload(input.UploadId ?? '');
    const source = this.source(input.CopySource ?? '');
    upload.parts.set(input.PartNumber ?? 0, { source, range: input.CopySourceRange ?? '' });
    return { CopyPartResult: { ETag: `"part-${input.PartNumber}"` } };
  }
}

const writeOf = ({ write }: Version) => (write === undefined ? {} : { write });
const timeOf = ({ order, lastModified }: Upload) => ({ order, lastModified });
const sourceOf = ({ parts }: Upload): Version => parts.get(1)?.source as Version;

/** Parts that are not those of one version, or don't cover it, make a body that no user wrote. */
function assembled({ parts, metadata, tags }: Upload): Content {
  const numbers = [...parts.keys()].sort((a, b) => a - b);
  let next = 0;
  const { content } = parts.get(1)?.source ?? {};
  for (const number of numbers) {
    const { source, range } = parts.get(number) as { source: Version; range: string };
    const [first = 0, last = 0] = range.replace('bytes=', '').split('-').map(Number);
    if (source.content?.body !== content?.body || first !== next) return broken(metadata, tags);
    next = last + 1;
  }
  if (!content || next !== content.size) return broken(metadata, tags);
  return { body: content.body, size: content.size, metadata, tags, checksum: true };
}

const broken = (metadata: string, tags: string): Content => ({
  body: 'broken',
  size: 0,
  metadata,
  tags,
  checksum: true,
});
