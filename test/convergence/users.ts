import { CopyObjectCommand, DeleteObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Installation } from '../../cli/installation';
import { bucketName } from '../../functions/contracts/names';
import type { BucketSet } from '../end-to-end/mars';
import { Chance } from '../simulation/engine';

/** One round of writes. The seed decides who does what; when it happens is the machine's. */
export interface Round {
  seed: number;
  /** Keys that all regions write. */
  keys: number;
  /** Writes of each region. */
  writes: number;
}

export type Done = Record<'puts' | 'deletes' | 'renames', number>;

/** Users of a region who write at the same time. */
const usersPerRegion = 4;

export const keyOf = ({ seed }: Round, number: number) => `round-${seed}/${number}`;

/** Writers, deleters and renamers in all regions at once. */
export async function write(mars: Installation, set: BucketSet, round: Round): Promise<Done> {
  const done: Done = { puts: 0, deletes: 0, renames: 0 };
  const { seed, writes } = round;
  const users = set.regions.flatMap((region, index) =>
    Array.from({ length: usersPerRegion }, async (_, user) => {
      const chance = new Chance(seed * 1000 + index * usersPerRegion + user);
      for (let i = 0; i < writes / usersPerRegion; i++) {
        const what = await act(mars, { region, Bucket: bucketName(set.baseName, region) }, chance, round);
        if (what) done[what]++;
      }
    }),
  );
  await Promise.all(users);
  return done;
}

async function act(
  mars: Installation,
  { region, Bucket }: { region: string; Bucket: string },
  chance: Chance,
  round: Round,
): Promise<keyof Done | undefined> {
  const s3 = mars.s3(region);
  const Key = keyOf(round, chance.between(1, round.keys));
  const kind = chance.between(1, 10);
  if (kind <= 6) {
    const Body = `${region} ${chance.between(0, 1e9)}`;
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { by: region } }));
    return 'puts';
  }
  if (kind > 8) {
    const to = keyOf(round, chance.between(1, round.keys));
    try {
      await s3.send(new CopyObjectCommand({ Bucket, Key: to, CopySource: `${Bucket}/${Key}` }));
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined; // there is nothing to rename
      throw error;
    }
  }
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  return kind > 8 ? 'renames' : 'deletes';
}
