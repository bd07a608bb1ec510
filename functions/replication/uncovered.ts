import type { Applied, S3EventRecord } from '../contracts/replication';
import { decideRemoval, type Uncovered } from './decide-removal';
import { timeOf } from './heard';
import { describe, readJournal, writeJournal } from './journal';
import { type Known, ownItem } from './knowledge';
import { head, listVersions, versionOf } from './objects';
import type { Place, Ports } from './ports';
import { isPatient } from './queue';
import { readRow, settle, unsettle } from './replicas';

/**
 * Out: a version was removed for good. When it was the current one, an older one shows again, and that is a write like
 * any other. What to do is decided in decide-removal.ts. `wait`: ask again later; `resolve`: the key must be looked at.
 */
export async function removed(
  place: Place,
  event: S3EventRecord,
  deliveries: number,
  ports: Ports,
): Promise<'done' | 'wait' | 'resolve'> {
  const { versionId = '', sequencer } = event.s3.object;
  const { items } = await readJournal(place, ports);
  const knowledge: Known = { region: ports.region, items, row: await readRow(place, ports) };
  const removal = { versionId, sequencer, time: timeOf(event, ports), isPatient: isPatient(deliveries) };
  let action = decideRemoval(knowledge, removal);
  let object: Awaited<ReturnType<typeof head>>;
  let seen: Uncovered = { latest: undefined };
  if (action.do === 'look') {
    object = await head(place, ports);
    seen = { latest: object ? versionOf(object) : (await listVersions(place, ports))[0] };
    if (!object && seen.latest && !seen.latest.isMarker) return 'wait'; // it came between the two calls
    action = decideRemoval(knowledge, removal, seen);
  }
  switch (action.do) {
    case 'remark':
      return (await remark(place, versionId, action.versionId, knowledge, ports)) ? 'done' : 'wait';
    case 'unsettle':
      return knowledge.row && (await unsettle(place, knowledge.row, ports)) ? 'done' : 'wait';
    case 'journal': {
      const what = await describe(place, object, seen.latest?.versionId, ports);
      const item = { time: action.time, sequencer: action.sequencer, check: true, ...what };
      return (await writeJournal(place, item, ownItem(knowledge), ports)) ? 'done' : 'wait';
    }
    case 'look':
      throw new Error('a decision asked for the same look twice');
    default:
      return action.do;
  }
}

/** The delete's marker is gone: `versionId` stands for it now. `false`: another call was faster. */
async function remark(
  place: Place,
  before: string,
  versionId: string | undefined,
  knowledge: Known,
  ports: Ports,
): Promise<boolean> {
  const own = ownItem(knowledge);
  const { row } = knowledge;
  const isOfOurs = own?.kind === 'delete' && own.versionId === before;
  const journaled = !isOfOurs || (await writeJournal(place, { ...own, versionId }, own, ports));
  if (!row?.applied || row.applied.versionId !== before) return journaled;
  const applied: Applied = { ...row.applied, versionId, guessed: true };
  return (await settle(place, applied, row, { seen: false }, ports)) !== false && journaled;
}
