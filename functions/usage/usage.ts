import * as z from 'zod';

export const usageEnvironment = z.object({
  /** Where to. */
  USAGE_ENDPOINT: z.url(),
  /** Random, and the same as long as this stack stands. */
  USAGE_UUID: z.string(),
});
export type UsageEnvironment = z.infer<typeof usageEnvironment>;

/** All that is told, and no more: the fields that the 2020 release sent. */
export interface Usage {
  Solution: 'MARS';
  UUID: string;
  TimeStamp: string;
}

/** Milliseconds that the other side may take. */
const patience = 10_000;

/**
 * Tells that this installation is in use, once a day, if whoever deployed it wants that.
 * @throws Error when the other side does not take it; Lambda then calls again, twice.
 */
export const handlerOf =
  ({ USAGE_ENDPOINT, USAGE_UUID }: UsageEnvironment, now: () => number) =>
  async (): Promise<void> => {
    const usage: Usage = { Solution: 'MARS', UUID: USAGE_UUID, TimeStamp: new Date(now()).toISOString() };
    const answer = await fetch(USAGE_ENDPOINT, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(usage),
      signal: AbortSignal.timeout(patience),
    });
    if (!answer.ok) throw new Error(`${USAGE_ENDPOINT} answered with ${answer.status}`);
  };
