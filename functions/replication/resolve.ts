import type { Applied, CopySource } from '../contracts/replication';
import { commitUpload } from '../large/commit';
import { largeFrom } from '../large/parts';
import { startLargeCopy } from '../large/start';
import {
  type Action,
  decide,
  type Knowledge,
  type Look,
  type Precondition,
  type ToCopy,
  type Waits,
  type Wish,
} from './decide';
import { changesOf } from './decide-tags';
import { describe, readJournal, writeJournal } from './journal';
import { believed, ownItem } from './knowledge';
import { copyVersion, deleteCurrent, head, listVersions, type Refusal, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { askOrigin } from './queue';
import { clearFailure, readRow, settle } from './replicas';
import { greatest, isGreater, isSame } from './stamp';
import { retag } from './tagging';
import { type Landed, writeAhead } from './write-ahead';

/** `now`: this call made the change. `wait`: something is on its way (an event, a newer version); ask again later. */
export type Outcome = { done: string; now?: true } | Waits;

/** A finished upload of one write's parts, which CopyLargeObject brings along. */
export interface UploadInHand {
  item: CopySource;
  uploadId: string;
}

const mostSteps = 40;

/**
 * In: makes this region's current object of a key the winner among all known writes of it. Idempotent, and the only
 * operation that changes a bucket: stream records, messages, finished uploads and repairs all come here, and say no more
 * than "look". What to do is decided in decide.ts, by what is known; here it is done, and what is known grows.
 */
export async function resolve(
  place: Place,
  { upload, ...wish }: Wish & { upload?: UploadInHand },
  ports: Ports,
): Promise<Outcome> {
  let { verify } = wish;
  let knowledge = await know(place, ports);
  for (let steps = 0; steps < mostSteps; steps++) {
    const winner = greatest(knowledge.items);
    const isInHand = upload !== undefined && winner !== undefined && isSame(upload.item, winner);
    const source = upload?.item.source ?? wish.source;
    const found = await decided(place, knowledge, { ...wish, verify, isInHand, source }, ports);
    const { action } = found;
    knowledge = found.knowledge;
    if (action.do === 'wait') return { wait: action.because, awaited: action.awaited };
    if (action.do === 'done') {
      const tags = await retag(place, knowledge, wish, ports);
      if (tags === 'again') {
        knowledge = await know(place, ports);
        verify = true;
        continue;
      }
      if (tags !== 'done') return tags;
      await clearFailure(place, knowledge.row, ports);
      return { done: action.because };
    }
    if (action.do === 'apply') {
      const made = await apply(
        place,
        action.item,
        action.precondition,
        knowledge,
        { adopt: wish.adopt, upload: isInHand ? upload : undefined },
        ports,
      );
      if (made !== 'again' && made !== 'mismatch') return made;
      knowledge = await know(place, ports);
      if (made === 'mismatch') knowledge.look = await lookInto(place, undefined, true, ports);
    } else {
      const seen = knowledge.look !== undefined;
      if (action.do === 'settle') {
        await settle(place, action.applied, knowledge.row, { seen }, ports);
      }
      if (action.do === 'journal' && (await isUnchanged(place, knowledge, ports))) {
        await journal(place, action.current, action.time, knowledge, ports);
      }
      if (action.do === 'rename') {
        const { own, versionId, eTag } = action;
        await writeJournal(place, { ...own, versionId, eTag }, own, ports);
      }
      knowledge = await know(place, ports);
    }
    verify = true; // whatever made us come again, the bucket has the last word
  }
  return { wait: `the key changed in each of ${mostSteps} steps` };
}

export async function know(place: Place, ports: Ports): Promise<Knowledge> {
  const journal = await readJournal(place, ports);
  return { region: ports.region, now: ports.now(), ...journal, row: await readRow(place, ports) };
}

/** The next step, after all the looks that the decision asks for. */
export async function decided(
  place: Place,
  known: Knowledge,
  wish: Wish,
  ports: Ports,
): Promise<{ action: Exclude<Action, { do: 'look' }>; knowledge: Knowledge }> {
  let knowledge = known;
  for (;;) {
    const action = decide(knowledge, wish);
    if (action.do !== 'look') return { action, knowledge };
    knowledge = { ...knowledge, look: await lookInto(place, knowledge.look, action.versions, ports) };
  }
}

/** No copy can have come since the row was read: its intent would stand there. */
const isUnchanged = async (place: Place, { row }: Knowledge, ports: Ports): Promise<boolean> =>
  (await readRow(place, ports))?.revision === row?.revision;

async function lookInto(
  place: Place,
  before: Look | undefined,
  withVersions: boolean,
  ports: Ports,
): Promise<Look> {
  const found = before ? undefined : await head(place, ports);
  const current = before ? before.current : found && versionOf(found);
  return { current, ...(withVersions && { versions: await listVersions(place, ports) }) };
}

async function journal(
  place: Place,
  current: Look['current'],
  time: number,
  knowledge: Knowledge,
  ports: Ports,
): Promise<void> {
  const object =
    current && !current.isMarker ? await head(place, ports, { versionId: current.versionId }) : undefined;
  const item = { time, check: true, ...(await describe(place, object, current?.versionId, ports)) };
  await writeJournal(place, item, ownItem(knowledge), ports);
  ports.log('warn', 'adopted', { ...place, versionId: current?.versionId, time });
}

/** Write-ahead, one conditional call on the bucket, then what came of it. */
async function apply(
  place: Place,
  item: ToCopy,
  precondition: Precondition,
  knowledge: Knowledge,
  { adopt, upload }: Pick<Wish, 'adopt'> & { upload: UploadInHand | undefined },
  ports: Ports,
): Promise<Outcome | 'again' | 'mismatch'> {
  const { row, look } = knowledge;
  const { time, origin, kind } = item;
  if (kind === 'put' && (item.size ?? 0) >= largeFrom && !upload) {
    await startLargeCopy(place, item, ports);
    return { done: 'large copy started' };
  }
  const isNothingToDelete = kind === 'delete' && precondition === 'absent';
  const own = isNothingToDelete && origin === ports.region; // what is put back is a copy, too
  const applied: Applied = { time, origin, kind, own };
  const sent = () => call(place, item, precondition, upload, ports);
  const landed = isNothingToDelete
    ? await leave(place, knowledge, ports)
    : await writeAhead(place, item, row, { seen: look !== undefined }, sent, ports);
  if (landed === 'again' || landed === 'mismatch') return landed;
  if (landed === 'source-gone') {
    await askOrigin(place, item, adopt === item.versionId, ports);
    return {
      wait: `version ${item.versionId} is gone from ${origin}; that region looks at its key again`,
      awaited: item.versionId,
    };
  }
  const { made, by } = landed;
  const settled = await settle(place, { ...applied, ...made }, landed.row, { seen: true, by }, ports);
  if (!settled) return 'again';
  const isFirst = !row?.applied || isGreater(item, row.applied);
  const latency = isFirst ? measureLatency(item, ports) : undefined;
  ports.log('info', 'applied', { ...place, kind, origin, time, ...made, latency });
  // An earlier call may still land over this; a copy may lack tags that were changed since, or while it was made: who heard
  // of that has left it to the copy.
  const { tagged } = upload ? await readJournal(place, ports) : knowledge;
  const isOpen = settled.intents.length > 0 || changesOf(item, tagged).length > 0;
  return isOpen ? 'again' : { done: 'applied', now: true };
}

/** Milliseconds from S3's time of a write to now. Clocks may differ: less than nothing is nothing. */
function measureLatency({ origin, time, eventTime = time }: ToCopy, { region, now, measure }: Ports): number {
  const milliseconds = Math.max(0, now() - eventTime);
  measure('ReplicationLatency', milliseconds, { Destination: region }, { Origin: origin });
  return milliseconds;
}

/** There is nothing to delete: what makes it so, perhaps an earlier marker, stays. */
async function leave(place: Place, knowledge: Knowledge, ports: Ports): Promise<Landed<Made> | 'mismatch'> {
  if (await head(place, ports)) return 'mismatch';
  return { made: { versionId: believed(knowledge)?.versionId, guessed: true }, row: knowledge.row };
}

type Made = Pick<Applied, 'versionId' | 'eTag' | 'guessed'>;

async function call(
  place: Place,
  item: ToCopy,
  precondition: Precondition,
  upload: UploadInHand | undefined,
  ports: Ports,
): Promise<Made | Refusal> {
  if (upload) return commitUpload(place, item, upload.uploadId, precondition, ports);
  if (item.kind === 'put') return copyVersion(place, item, precondition, ports);
  return precondition === 'absent' ? 'mismatch' : deleteCurrent(place, precondition.eTag, ports);
}
