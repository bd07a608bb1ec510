import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  ListPartsCommand,
  PutObjectTaggingCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { prepareCopyName } from '../../../functions/contracts/names';
import { type Bucket, type Caller, type Content, refused, timeOf, type Upload, type Version } from './s3';

interface Setting {
  name: string;
  bucketOf: (name: string) => Bucket;
  /** A race that S3 answers with 409 instead of waiting. */
  conflicts: () => boolean;
}

/**
 * The calls of the SDK on a bucket. Sources: S3 User Guide, "How to prevent object overwrites with conditional writes"
 * (412; 404 for If-Match on nothing or a marker; 409 in races), "Performing conditional deletes"; API Reference,
 * HeadObject (405 for a marker by id), CopyObject (exact version of the source, its checksum's algorithm),
 * ListObjectVersions. Storage classes and encryption are not the model's. The test models.test.ts holds it against the embedded AWS.
 */
export class S3 {
  constructor(
    private readonly bucket: Bucket,
    private readonly setting: Setting,
  ) {}

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
      ListObjectsV2Command,
      () => ({
        Contents: this.bucket.currents().map(([Key, { eTag, lastModified }]) => ({
          Key: encodeURIComponent(Key),
          ETag: eTag,
          LastModified: new Date(lastModified),
        })),
      }),
    ],
    [
      GetObjectTaggingCommand,
      ({ Key, VersionId }, caller) => {
        const Value = this.bucket.tagsOf(Key, VersionId, caller);
        return { TagSet: Value ? [{ Key: 'tags', Value }] : [] };
      },
    ],
    [
      PutObjectTaggingCommand,
      ({ Key, VersionId, Tagging }, caller) => {
        this.bucket.tag(Key, this.bucket.exact(Key, VersionId), Tagging.TagSet[0].Value, caller);
        return { VersionId };
      },
    ],
    [
      DeleteObjectTaggingCommand,
      ({ Key, VersionId }, caller) => {
        this.bucket.tag(Key, this.bucket.exact(Key, VersionId), '', caller);
        return { VersionId };
      },
    ],
    [
      CopyObjectCommand,
      (input, caller) => {
        const source = this.source(input.CopySource);
        this.test(input.Key, input);
        const of = source.content as Content;
        const isReplaced = input.TaggingDirective === 'REPLACE';
        const tags = isReplaced ? tagsIn(input.Tagging) : of.tags;
        const content = { ...of, tags, checksum: of.checksum ?? 'CRC64NVME' };
        const version = this.bucket.version({ content, by: caller.by, ...writeOf(source) });
        const { versionId, eTag } = this.bucket.add(input.Key, version, 'ObjectCreated:Copy', caller);
        return { VersionId: versionId, CopyObjectResult: { ETag: eTag } };
      },
    ],
    [
      DeleteObjectCommand,
      (input, caller) => {
        this.test(input.Key, input);
        return { VersionId: this.bucket.mark(input.Key, undefined, caller).versionId, DeleteMarker: true };
      },
    ],
    [
      CreateMultipartUploadCommand,
      ({ Key, Metadata, Tagging }, caller) => {
        const tags = tagsIn(Tagging);
        return { UploadId: this.bucket.begin(Key, caller, { metadata: Metadata?.text ?? '', tags }) };
      },
    ],
    [ListBucketsCommand, () => ({ Buckets: [{ Name: this.setting.name }] })],
    [
      ListMultipartUploadsCommand,
      () => ({
        Uploads: [...this.bucket.uploads].map(([UploadId, { key, lastModified, by }]) => ({
          UploadId,
          Key: encodeURIComponent(key),
          Initiated: new Date(lastModified),
          Initiator: { ID: initiators[by] },
        })),
      }),
    ],
    [UploadPartCopyCommand, (input, caller) => this.copyPart(input, caller)],
    [
      ListPartsCommand,
      ({ UploadId, PartNumberMarker }) => {
        const numbers = [...this.bucket.upload(UploadId).parts.keys()].sort((a, b) => a - b);
        const rest = numbers.filter((number) => number > Number(PartNumberMarker ?? 0));
        const page = rest.slice(0, 1000);
        return {
          Parts: page.map((PartNumber) => ({ PartNumber, ETag: `"part-${PartNumber}"` })),
          IsTruncated: rest.length > page.length,
          NextPartNumberMarker: page.at(-1),
        };
      },
    ],
    [
      CompleteMultipartUploadCommand,
      (input, caller) => {
        const upload = this.bucket.upload(input.UploadId);
        this.test(input.Key, input);
        const { body, size } = assembled(upload);
        if ((input.ChecksumCRC64NVME ?? body) !== body) throw refused('BadDigest', 400);
        if ((input.MpuObjectSize ?? size) !== size) throw refused('InvalidRequest', 400);
        this.bucket.uploads.delete(input.UploadId);
        const made = this.bucket.version({
          content: assembled(upload),
          by: caller.by,
          ...writeOf(sourceOf(upload)),
        });
        const version = {
          ...made,
          ...timeOf(upload),
          eTag: `${made.eTag.slice(0, -1)}-${upload.parts.size}"`,
        };
        this.bucket.add(input.Key, version, 'ObjectCreated:CompleteMultipartUpload', caller);
        return { VersionId: version.versionId, ETag: version.eTag };
      },
    ],
    [
      AbortMultipartUploadCommand,
      ({ UploadId }) => {
        this.bucket.abort(UploadId);
        return {};
      },
    ],
  ];

  private source(copySource: string): Version {
    const [, name = '', key = '', versionId] =
      /^([^/]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(copySource) ?? [];
    const bucket = this.setting.bucketOf(name);
    const of = decodeURIComponent(key);
    const version = versionId === undefined ? bucket.current(of) : bucket.exact(of, versionId);
    if (!version?.content) throw refused('InvalidRequest', 400);
    return version;
  }

  private test(key: string, { IfMatch, IfNoneMatch }: { IfMatch?: string; IfNoneMatch?: string }): void {
    if (this.setting.conflicts()) throw refused('ConditionalRequestConflict', 409);
    const current = this.bucket.current(key);
    if (IfNoneMatch && current?.content) throw refused('PreconditionFailed', 412);
    if (IfMatch && !current?.content) throw refused('NoSuchKey', 404);
    if (IfMatch && current?.eTag !== IfMatch) throw refused('PreconditionFailed', 412);
  }

  private head({ Key = '', VersionId }: Partial<HeadObjectCommandInput>): object {
    const version = VersionId === undefined ? this.bucket.current(Key) : this.bucket.exact(Key, VersionId);
    if (!version?.content) throw refused('NotFound', version && VersionId !== undefined ? 405 : 404);
    const { size, body, metadata, tags, checksum } = version.content;
    return {
      VersionId: version.versionId,
      ETag: version.eTag,
      ContentLength: size,
      LastModified: new Date(version.lastModified),
      Metadata: { text: metadata },
      ...(tags && { TagCount: 1 }),
      ...(checksum && { [`Checksum${checksum}`]: body, ChecksumType: 'FULL_OBJECT' }),
    };
  }

  private list({ Prefix = '', VersionIdMarker }: Partial<ListObjectVersionsCommandInput>): object {
    const all = this.bucket.versions(Prefix).toReversed();
    const marker = all.findIndex(({ versionId }) => versionId === VersionIdMarker);
    // No document tells what S3 makes of a version that is gone: nothing may depend on it.
    if (VersionIdMarker !== undefined && marker < 0) throw refused('InvalidArgument', 400);
    const rest = all.slice(marker + 1);
    const described = rest.map((version) => ({
      Key: encodeURIComponent(Prefix),
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

  private copyPart(input: UploadPartCopyCommandInput, caller: Caller): object {
    const upload = this.bucket.uploadOfPart(input.UploadId ?? '', caller);
    const source = this.source(input.CopySource ?? '');
    upload.parts.set(input.PartNumber ?? 0, { source, range: input.CopySourceRange ?? '' });
    return { CopyPartResult: { ETag: `"part-${input.PartNumber}"` } };
  }
}

const initiators = {
  user: 'arn:aws:iam::1:user/someone',
  mars: `arn:aws:sts::1:assumed-role/${prepareCopyName}-Role/${prepareCopyName}`,
};

const tagsIn = (tagging: string | undefined) => new URLSearchParams(tagging ?? '').get('tags') ?? '';

const writeOf = ({ write }: Version) => (write === undefined ? {} : { write });
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
  return { body: content.body, size: content.size, metadata, tags, checksum: 'CRC64NVME' };
}

const broken = (metadata: string, tags: string): Content => ({
  body: 'broken',
  size: 0,
  metadata,
  tags,
  checksum: 'CRC64NVME',
});
