import { NoSuchUpload, S3ServiceException } from '@aws-sdk/client-s3';

/** What S3 takes where nobody chooses, and one that can't be computed of parts. */
export type ChecksumAlgorithm = 'CRC64NVME' | 'SHA256';

/** All that makes an object the same object. */
export interface Content {
  body: string;
  size: number;
  metadata: string;
  tags: string;
  /** Of the checksum of the whole; absent: S3 knows only a composite one, of the parts. */
  checksum?: ChecksumAlgorithm | undefined;
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

export interface Upload {
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
  /** When the call was sent, in milliseconds; absent: just now. */
  sent?: number;
  /** Versions whose tags it was told, and when. */
  looked?: { versionId: string; at: number }[];
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

/** A version was given other tags. */
export interface Tagged {
  region: string;
  key: string;
  version: Version;
  /** What they were. */
  before: string;
  caller: Caller;
}

/** S3's refusal of a call. */
export const refused = (name: string, httpStatusCode: number): S3ServiceException =>
  new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

interface Setting {
  region: string;
  /** Milliseconds, by the region's clock. */
  clock: () => number;
  /** A number that rises by one with each call, for all buckets. */
  count: () => number;
  /** Milliseconds, in truth. */
  now: () => number;
  /** Whether a part comes though its upload was aborted while it was under way. */
  comesLate: () => boolean;
  landed: (landed: Landed) => void;
  removed: (key: string, version: Version, caller: Caller) => void;
  tagged: (tagged: Tagged) => void;
}

/**
 * A versioned bucket: what users and calls leave in it. Sources: S3 User Guide, "Uploading and copying objects using
 * multipart upload" (the upload that started last is current), "Deleting object versions", "How S3 Versioning works".
 */
export class Bucket {
  readonly keys = new Map<string, Version[]>();
  readonly uploads = new Map<string, Upload>();
  private readonly aborted = new Map<string, { upload: Upload; at: number }>();

  constructor(private readonly setting: Setting) {}

  versions(key: string): Version[] {
    const versions = this.keys.get(key) ?? [];
    this.keys.set(key, versions);
    return versions;
  }

  /** The keys that have a current object, with it, in S3's order. */
  currents(): [string, Version][] {
    const shown = [...this.keys.keys()].map((key): [string, Version | undefined] => [key, this.current(key)]);
    return shown.filter((each): each is [string, Version] => each[1]?.content !== undefined).sort();
  }

  current = (key: string): Version | undefined => this.versions(key).at(-1);

  /** A plain upload. `isDigest`: under SSE-S3 the eTag is a digest of the bytes (API Reference, "Object"). */
  put(key: string, content: Content, write: number, caller: Caller, { isDigest = false } = {}): Version {
    const version = this.version({ content, write, by: caller.by });
    if (isDigest) version.eTag = digestOf(content);
    return this.add(key, version, 'ObjectCreated:Put', caller);
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

  tagsOf(key: string, versionId: string, { looked }: Caller): string {
    const { content } = this.exact(key, versionId);
    if (!content) throw refused('MethodNotAllowed', 405);
    looked?.push({ versionId, at: this.setting.now() });
    return content.tags;
  }

  /** Gives a version other tags: no new version, no precondition (API Reference, PutObjectTagging). */
  tag(key: string, version: Version, tags: string, caller: Caller): void {
    if (!version.content) throw refused('MethodNotAllowed', 405);
    const before = version.content.tags;
    version.content = { ...version.content, tags };
    this.setting.tagged({ region: this.setting.region, key, version, before, caller });
  }

  /** Begins an upload in parts. */
  begin(key: string, caller: Caller, { metadata = '', tags = '' } = {}): string {
    const id = `upload-${this.setting.count()}`;
    const { order, lastModified } = this.version({ by: caller.by });
    const common = { key, order, lastModified, metadata, tags, by: caller.by };
    this.uploads.set(id, { ...common, parts: new Map() });
    return id;
  }

  /** Completes an upload of a user, whose parts are not the model's matter: those of the same bytes are the same. */
  finish(id: string, content: Content, write: number, caller: Caller, { isDigest = false } = {}): Version {
    const upload = this.upload(id);
    this.uploads.delete(id);
    const version = { ...this.version({ content, write, by: caller.by }), ...timeOf(upload) };
    if (isDigest) version.eTag = digestOf(content, '-2');
    return this.add(upload.key, version, 'ObjectCreated:CompleteMultipartUpload', caller);
  }

  /** @throws NoSuchUpload */
  abort(id: string): void {
    const upload = this.upload(id);
    this.uploads.delete(id);
    this.aborted.set(id, { upload, at: this.setting.now() });
  }

  /**
   * The upload that a part comes to. Parts under way while it is aborted "might or might not succeed", so it may have to be
   * aborted again (API Reference, AbortMultipartUpload).
   * @throws NoSuchUpload
   */
  uploadOfPart(id: string, { sent = this.setting.now() }: Caller): Upload {
    const aborted = this.aborted.get(id);
    if (!this.uploads.has(id) && aborted && sent < aborted.at && this.setting.comesLate()) {
      this.uploads.set(id, { ...aborted.upload, parts: new Map() });
    }
    return this.upload(id);
  }

  /** A version that comes now. */
  version(of: Pick<Version, 'content' | 'by' | 'write'> | { by: Version['by'] }): Version {
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

  /** It comes to lie where its order puts it. */
  add(key: string, version: Version, eventName: string, caller: Caller): Version {
    const versions = this.versions(key);
    const before = versions.at(-1);
    versions.splice(versions.findLastIndex(({ order }) => order < version.order) + 1, 0, version);
    version.shown = versions.at(-1) === version;
    this.setting.landed({ region: this.setting.region, key, version, before, eventName, caller });
    return version;
  }

  /** @throws NoSuchVersion */
  exact(key: string, versionId: string): Version {
    const version = this.versions(key).find((each) => each.versionId === versionId);
    if (!version) throw refused('NoSuchVersion', 404);
    return version;
  }

  /** @throws NoSuchUpload */
  upload(id: string): Upload {
    const upload = this.uploads.get(id);
    if (upload) return upload;
    throw new NoSuchUpload({ message: id, $metadata: { httpStatusCode: 404 } });
  }
}

const digestOf = ({ body }: Content, parts = '') => `"${body.padStart(32, 'f')}${parts}"`;

export const timeOf = ({ order, lastModified }: Upload) => ({ order, lastModified });
