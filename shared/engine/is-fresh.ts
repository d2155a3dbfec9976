// Whether what a process knows may still be acted on. A clock that was set back makes nothing young
// again: what seems to be of the future is old.

import type { EpochMillis } from '../ids.ts';

export function isFresh(readAt: EpochMillis, now: EpochMillis, millisMax: number): boolean {
  return now >= readAt && now - readAt < millisMax;
}
