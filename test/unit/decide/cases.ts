import type {
  Applied,
  Intent,
  JournalItem,
  OtherSource,
  ReplicaRow,
} from '../../../functions/contracts/replication';
import { type Action, decide, type Knowledge } from '../../../functions/replication/decide';
import type { Version } from '../../../functions/replication/knowledge';

export const here = 'eu-west-1';
export const there = 'us-west-2';
export const now = 1_000_000;

export const item = (time: number, origin = there, more: Partial<JournalItem> = {}): JournalItem => ({
  key: 'k',
  time,
  origin,
  kind: 'put',
  versionId: `${origin}-${time}`,
  size: 10,
  eTag: `"${origin}-${time}"`,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  revision: 1,
  check: false,
  ...more,
});
export const removal = (time: number, origin = there) => item(time, origin, { kind: 'delete' });

export const applied = (time: number, more: Partial<Applied> = {}): Applied => ({
  time,
  origin: there,
  kind: 'put',
  versionId: `v${time}`,
  eTag: `"v${time}"`,
  own: false,
  ...more,
});
export const intent = (time: number, more: Partial<Intent> = {}): Intent => ({
  time,
  origin: there,
  kind: 'put',
  size: 10,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  at: now - 1000,
  revision: time,
  ...more,
});
export const row = (more: Partial<ReplicaRow>): ReplicaRow => ({
  key: 'k',
  history: [],
  intents: [],
  revision: 1,
  ...more,
});
export const version = (versionId: string, more: Partial<Version> = {}): Version => ({
  versionId,
  isMarker: false,
  lastModified: 500,
  eTag: `"${versionId}"`,
  size: 10,
  checksum: 'CRC64NVME:a',
  headers: 'h',
  ...more,
});
export const marker = (versionId: string) => version(versionId, { isMarker: true });
export const shows = (...versions: Version[]) => ({
  current: versions[0]?.isMarker ? undefined : versions[0],
  versions,
});

/** What is known, and what must be done next. */
export interface Case {
  know: Partial<Knowledge>;
  verify?: boolean;
  /** What it waits for was waited for long enough; or something else was. */
  adopt?: true | 'another';
  source?: OtherSource;
  next: Partial<Action>;
}

export const foreign = item(5);
export const own = item(5, here);

export function awaitedOf(action: { do: string; awaited?: string }): string {
  expect(action).toEqual(expect.objectContaining({ do: 'wait', awaited: expect.any(String) }));
  return String(action.awaited);
}

export function tryAll(cases: Record<string, Case>): void {
  test.each(Object.entries(cases))('%s', (_, { know, verify = false, adopt, source, next }) => {
    const knowledge: Knowledge = { region: here, now, items: [], tagged: [], row: undefined, ...know };
    const awaited = adopt === true ? awaitedOf(decide(knowledge, { verify, source })) : adopt;
    expect(decide(knowledge, { verify, adopt: awaited, source })).toMatchObject(next);
  });
}
