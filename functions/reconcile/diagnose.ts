import type { DifferenceKind } from '../contracts/reconcile';
import type { ReplicaRow } from '../contracts/replication';
import type { Knowledge } from '../replication/decide';
import { decideTags } from '../replication/decide-tags';
import { agree, agreeChecksums } from '../replication/knowledge';
import type { Place, Ports } from '../replication/ports';
import { decided, know } from '../replication/resolve';
import { greatest } from '../replication/stamp';
import { tagsHere } from '../replication/tags';

export interface Diagnosis {
  kind: DifferenceKind;
  /** Milliseconds since 1970: the time of the write that is not where it should be; absent: unknown. */
  since?: number | undefined;
  /** The version or the tags that no event has told of. */
  awaited?: string | undefined;
  /** Why it is unreadable. */
  reason?: string;
}

const mostSteps = 10;

/**
 * What resolve would do in a region, without doing it: the same decisions on what is known, where each step that only
 * writes down what is found is taken for done. `undefined`: nothing that changes what the bucket shows.
 * @throws Error when the decisions come to no end.
 */
export async function diagnose(
  place: Place,
  { deep }: { deep: boolean },
  ports: Ports,
): Promise<Diagnosis | undefined> {
  let known = await know(place, ports);
  for (let steps = 0; steps < mostSteps; steps++) {
    const { action, knowledge } = await decided(place, known, { verify: true }, ports);
    const winner = greatest(knowledge.items);
    switch (action.do) {
      case 'settle': {
        const { applied } = action;
        const row: ReplicaRow = knowledge.row ?? { key: place.key, history: [], intents: [], revision: 0 };
        const history = row.applied ? [row.applied, ...row.history] : row.history;
        known = { ...knowledge, row: { ...row, applied, history } };
        break;
      }
      case 'apply':
        return { kind: 'NotApplied', since: action.item.time };
      case 'wait':
        if (action.awaited !== undefined) return unexplained(action.awaited, knowledge);
        // It may land over it, or the journal is behind the row: in step, as far as anybody can tell by now.
        return deep ? alteredOrTags(place, knowledge, ports) : undefined;
      case 'journal':
        return { kind: 'Unheard', since: action.time };
      case 'rename':
      case 'done':
        return winner && deep ? alteredOrTags(place, knowledge, ports) : undefined;
    }
  }
  throw new Error(`no end to what ${ports.region} would do with ${place.key}`);
}

/** Of a version that is gone nobody knows since when. */
function unexplained(awaited: string, { look }: Knowledge): Diagnosis {
  const version = look?.versions?.find(({ versionId }) => versionId === awaited);
  return version ? { kind: 'Unheard', since: version.lastModified, awaited } : { kind: 'Missing', awaited };
}

/** What a listing does not show. Of a change of tags nobody knows since when. */
async function alteredOrTags(place: Place, known: Knowledge, ports: Ports): Promise<Diagnosis | undefined> {
  const winner = greatest(known.items);
  const current = known.look?.current;
  if (winner?.kind !== 'put' || !current) return undefined;
  const isSameBytes = current.size === winner.size && agreeChecksums(winner.checksum, current.checksum);
  if (!isSameBytes || !agree(current.headers, winner.headers)) return { kind: 'Altered', since: winner.time };
  const shown = await tagsHere(place, current.versionId, ports);
  const action = decideTags({ ...known, shown }, { tags: true });
  if (action.do === 'wait') return action.awaited ? { kind: 'Tags', awaited: action.awaited } : undefined;
  return action.do === 'tag' ? { kind: 'Tags', since: action.item.time } : undefined;
}
