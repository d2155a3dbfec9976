// Requests that a reading makes one after the other, such as a search: with the gap between them
// that what is new to the page has.

import { newGapMillis } from './poller.ts';

type Time = {
  readonly now: () => number;
  readonly after: (millis: number, run: () => void) => () => void;
};

/** @returns what resolves when the next one may be made. It rejects with what the signal aborts
 * with. */
export function takeTurns({ now, after }: Time, signal: AbortSignal): () => Promise<void> {
  let mayAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const millis = mayAt - now();
    if (millis > 0) await new Promise<void>((resolve) => after(millis, resolve));
    signal.throwIfAborted();
    mayAt = now() + newGapMillis;
  };
}
