import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { JournalItem, S3EventRecord } from '../contracts/replication';
import { type Answers, decideWrite, type Write } from './decide-write';
import { describe, readJournal, writeJournal } from './journal';
import { intentOf, ownItem, unknownOf, type Version } from './knowledge';
import { head, isMarkerThere, listVersions, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { isPatient } from './queue';
import { readRow } from './replicas';

/** A clock that runs ahead must not make a write unbeatable: S3's time counts up to a minute into our future. */
const futureAllowed = 60_000;
const tries = 5;

export const timeOf = (event: S3EventRecord, ports: Ports): number =>
  Math.min(Date.parse(event.eventTime), ports.now() + futureAllowed);

/**
 * Out: journals a write to this region's bucket (an object or a delete marker), unless a later one is journaled. `older`:
 * versions that this region wrote before, of which nothing else is said. What to do is decided in decide-write.ts. `nothing`: there was nothing to journal, so an older write may count; `wait`: ask again
 * later.
 * @throws Error when the journal kept changing; the message is then delivered again.
 */
export async function heard(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  ports: Ports,
  older: readonly string[] = [],
): Promise<'stands' | 'nothing' | { wait: string }> {
  const write = writeOf(event, deliveries, ports);
  for (let i = 0; i < tries; i++) {
    const { items } = await readJournal(place, ports);
    const own = ownItem({ items, region: ports.region });
    const { action, object } = await decided(place, write, items, ports);
    if (action.do === 'wait') return { wait: action.because };
    if (action.do === 'done') {
      const { because, stands } = action;
      if (!stands) ports.log('info', 'not-journaled', { ...place, versionId: write.versionId, because });
      return stands ? 'stands' : 'nothing';
    }
    const { versionId, sequencer } = write;
    if (action.do === 'remember') {
      if (!own || !(await writeJournal(place, own, own, ports, [versionId]))) continue;
      ports.log('info', 'not-journaled', { ...place, versionId, because: action.because });
      return 'nothing';
    }
    if (action.do === 'check') {
      if (own && (await writeJournal(place, { ...own, check: true }, own, ports))) return 'stands';
      continue;
    }
    const item =
      action.do === 'complete'
        ? { ...(own as JournalItem), time: action.time, adoptedAs: own?.time, sequencer }
        : {
            time: action.time,
            ...(action.time !== write.time && { eventTime: write.time }),
            sequencer,
            check: action.check,
            ...(await describe(place, object, versionId, ports)),
          };
    if (!(await writeJournal(place, item, own, ports, older))) continue;
    ports.log('info', 'journaled', { ...place, kind: item.kind, versionId, time: item.time, sequencer });
    if (item.check) return 'stands'; // else what has come meanwhile is looked for
  }
  throw new Error(`the journal's item changed ${tries} times while a write was to be journaled`);
}

function writeOf(event: S3EventRecord, deliveries: number, ports: Ports): Write {
  const { versionId, sequencer } = event.s3.object;
  if (versionId === undefined) throw new Error('the event names no version: versioning is not in force yet');
  const time = timeOf(event, ports);
  return { versionId, sequencer, time, by: event.eventName, isPatient: isPatient(deliveries) };
}

/** Asks what the decision asks for, until it is none. `object`: what is to be journaled; of a delete there is none. */
async function decided(place: Place, write: Write, items: readonly JournalItem[], ports: Ports) {
  const { region } = ports;
  const { versionId } = write;
  let answers: Answers = {};
  let object: HeadObjectCommandOutput | undefined;
  const look = async (exact: { versionId?: string } = {}) => {
    object = await head(place, ports, exact);
    return object ? versionOf(object) : null;
  };
  const ask: { [Asked in keyof Answers]-?: () => Promise<Required<Answers>[Asked]> } = {
    order: () => orderOf(place, versionId, ownItem({ region, items })?.versionId, ports),
    row: async () => (await readRow(place, ports)) ?? null,
    current: () => look(),
    written: () => look({ versionId }),
    marker: () => isMarkerThere(place, versionId, ports),
    above: async () => looked(place, await listAbove(place, versionId, ports), answers.row, ports),
    beneath: async () => {
      const versions = await listVersions(place, ports, versionId);
      const unknown = unknownOf(versions, { region, items, row: answers.row ?? undefined });
      const known = versions.slice(unknown.length);
      return [...(await looked(place, unknown, answers.row, ports)), ...known];
    },
  };
  for (;;) {
    const action = decideWrite({ region, items }, write, answers);
    if (action.do !== 'ask') return { action, object };
    answers = { ...answers, [action.for]: await ask[action.for]() };
  }
}

/** Which of two versions the bucket has above the other. */
async function orderOf(
  place: Place,
  versionId: string,
  other: string | undefined,
  ports: Ports,
): Promise<Required<Answers>['order']> {
  const all = await listVersions(place, ports);
  if (!isIn(all, versionId) || !isIn(all, other)) return 'unknown';
  return isIn(await listVersions(place, ports, versionId), other) ? 'later' : 'earlier';
}

/** What covers a version; if that is gone, all that is there. (A list of all gives no order between objects and markers.) */
async function listAbove(place: Place, versionId: string, ports: Ports): Promise<Version[]> {
  const all = await listVersions(place, ports);
  if (!isIn(all, versionId)) return all;
  const beneath = await listVersions(place, ports, versionId);
  return all.filter((each) => each.versionId !== versionId && !isIn(beneath, each.versionId));
}

const isIn = (versions: readonly Version[], versionId: string | undefined): boolean =>
  versions.some((version) => version.versionId === versionId);

/** A list tells too little of what may be the copy of an intent: that is asked for. */
async function looked(
  place: Place,
  versions: readonly Version[],
  row: Answers['row'],
  ports: Ports,
): Promise<Version[]> {
  const asked: Version[] = [];
  for (const version of versions) {
    const isAsked = !version.isMarker && intentOf(version, row ?? undefined);
    const object = isAsked && (await head(place, ports, { versionId: version.versionId }));
    asked.push(object ? { ...version, ...versionOf(object) } : version);
  }
  return asked;
}
