// No more than so many messages a second: how many may go now, and when the next one may.

export type Pace = {
  readonly startedAt: number;
  /** undefined: as fast as it goes. */
  readonly perSecond: number | undefined;
  readonly sent: number;
};

/** Shorter waits are not worth it: what is due then goes together. */
const pauseMillisMin = 10;

/** @returns how many of so many may go now; if none, how long to wait, in milliseconds. */
export function dueOf(
  { startedAt, perSecond, sent }: Pace,
  waiting: number,
  now: number,
): { readonly count: number; readonly waitMillis: number } {
  if (perSecond === undefined) return { count: waiting, waitMillis: 0 };
  const allowed = 1 + Math.floor(((now - startedAt) / 1_000) * perSecond);
  const count = Math.min(waiting, Math.max(0, allowed - sent));
  if (count > 0) return { count, waitMillis: 0 };
  const next = startedAt + Math.ceil((sent / perSecond) * 1_000);
  return { count, waitMillis: Math.max(pauseMillisMin, next - now) };
}
