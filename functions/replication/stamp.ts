import type { Stamp } from '../contracts/replication';

/** The winner rule: the greater time wins, and of equal times the greater region name, everywhere. */
export const isGreater = (a: Stamp, b: Stamp): boolean =>
  a.time > b.time || (a.time === b.time && a.origin > b.origin);

export const isSame = (a: Stamp, b: Stamp): boolean => a.time === b.time && a.origin === b.origin;

export const greatest = <Stamped extends Stamp>(items: readonly Stamped[]): Stamped | undefined =>
  items.reduce<Stamped | undefined>(
    (best, item) => (best && !isGreater(item, best) ? best : item),
    undefined,
  );

/**
 * Whether sequencer `a` comes after `b`. Both are hexadecimal numbers; AWS's texts disagree on which side a shorter one
 * is padded (S3 User Guide, "Event message structure", in its versions of 2023 and 2025), so lengths that differ leave it
 * open, as what is no such number does: `undefined`, and S3 itself must be asked.
 */
export function isLater(a: string, b: string): boolean | undefined {
  if (a.length !== b.length || ![a, b].every((text) => /^[0-9a-f]+$/i.test(text))) return undefined;
  return BigInt(`0x${a}`) > BigInt(`0x${b}`);
}
