import type { Intent, ReplicaRow } from '../contracts/replication';
import { UploadUsedUp } from '../large/commit';
import { isRefused, type Refusal } from './objects';
import type { Place, Ports } from './ports';
import { declare, withdraw } from './replicas';

/** What a call made; the row it was declared in, and its intent, for what comes of it to be written next. */
export interface Landed<Made> {
  made: Made;
  row: ReplicaRow | undefined;
  by?: Intent | undefined;
}

/**
 * A call that changes the bucket: its intent goes into the row before, and out again only if S3 refused it; of any other
 * error nobody knows what came of the call. `again`: the row has changed.
 */
export async function writeAhead<Made extends object>(
  place: Place,
  intent: Omit<Intent, 'at' | 'revision'>,
  before: ReplicaRow | undefined,
  { seen }: { seen: boolean },
  call: () => Promise<Made | Refusal>,
  ports: Ports,
): Promise<(Landed<Made> & { row: ReplicaRow }) | Refusal | 'again'> {
  const row = await declare(place, intent, before, { seen }, ports);
  if (!row) return 'again';
  const by = row.intents.find(({ revision }) => revision === row.revision);
  let made: Made | Refusal;
  try {
    made = await call();
  } catch (error) {
    if (error instanceof UploadUsedUp ? error.isRefused : isRefused(error))
      await withdraw(place, row, by, ports);
    throw error;
  }
  if (typeof made === 'object') return { made, row, by };
  await withdraw(place, row, by, ports);
  return made;
}
