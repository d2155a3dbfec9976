// No more than so many messages a second: how many may go now, and when the next one may. What was
// not sent while there was nothing to send may be made up for, but not more than one second of it:
// an engine that takes so many a second is not to be given an hour's at once.

export type Pace = {
  /** undefined: as fast as it goes. */
  readonly perSecond: number | undefined;
  /** Thousandths of messages that may go, so that what a millisecond adds is whole; and when. */
  readonly credit: number;
  readonly at: number;
};

type Due = {
  /** How many may go now. */
  readonly count: number;
  /** If none, how long to wait, in milliseconds. */
  readonly waitMillis: number;
  /** Once they have gone. */
  readonly pace: Pace;
};

const message = 1_000;
/** Shorter waits are not worth it: what is due then goes together. */
const pauseMillisMin = 10;

/** The first message may go at once. */
export function paceFrom(perSecond: number | undefined, now: number): Pace {
  return { perSecond, credit: message, at: now };
}

/** @param waiting how many there are. */
export function dueOf(pace: Pace, waiting: number, now: number): Due {
  const { perSecond, credit: before, at } = pace;
  if (perSecond === undefined) return { count: waiting, waitMillis: 0, pace };
  const credit = Math.min(message * perSecond, before + Math.max(0, now - at) * perSecond);
  const count = Math.min(waiting, Math.floor(credit / message));
  const next = { perSecond, credit: credit - message * count, at: now };
  if (count > 0) return { count, waitMillis: 0, pace: next };
  const waitMillis = Math.max(pauseMillisMin, Math.ceil((message - credit) / perSecond));
  return { count, waitMillis, pace: next };
}
