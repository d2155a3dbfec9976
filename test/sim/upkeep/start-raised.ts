// What a raise of the log start passed: what is needed to say whether it was allowed to.

import { segmentTime } from '../../../shared/ids.ts';
import { decodeRef } from '../../../shared/log/ref.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { chunkBaseOffset } from '../../../shared/store/items.ts';
import type { LogWatchParts } from '../log-watch.ts';
import { endOf, refsIn } from './chunk-watch.ts';
import type { WatchedAppend, WatchedPartition, WatchedStart } from './watched-partition.ts';

type Raise = { readonly from: number; readonly to: number };

export function startRaised(
  { appends, endOffset, leavings }: WatchedPartition,
  { from, to }: Raise,
  { next, now }: Pick<LogWatchParts, 'next' | 'now'>,
  chunks: readonly Item[],
): WatchedStart {
  const passed = appends.filter((append) => endOfAppend(append) > from && append.baseOffset < to);
  // Of one that compaction has left a part of, the latest may be gone.
  const whole = passed.filter(({ baseOffset, ref }) => {
    const offsets = Array.from({ length: ref.count }, (_, at) => baseOffset + at);
    return !offsets.some((offset) => leavings.has(offset));
  });
  return {
    from,
    to,
    event: next(),
    at: now(),
    endOffset,
    latest: whole.reduce((latest, append) => Math.max(latest, timeOf(append)), -1),
    bytesLeft: bytesFrom(to, appends, chunks),
    isWhole: appends.some((append) => endOfAppend(append) === to),
  };
}

/** Of refs that begin there or above, as they were appended, or as they are now where that is more:
 * whoever adds them up may find either. */
function bytesFrom(
  offset: number,
  appends: readonly WatchedAppend[],
  chunks: readonly Item[],
): number {
  const above = appends.filter(({ baseOffset }) => baseOffset >= offset);
  const grown = chunks.map((chunk) => {
    const base = chunkBaseOffset(chunk.sk);
    if (base < offset) return 0;
    const own = above.filter((one) => one.baseOffset >= base && one.baseOffset < endOf(chunk));
    const now = refsIn(chunk).reduce((sum, packed) => sum + decodeRef(packed).length, 0);
    return Math.max(0, now - own.reduce((sum, { ref }) => sum + ref.length, 0));
  });
  const asAppended = above.reduce((sum, { ref }) => sum + ref.length, 0);
  return grown.reduce((sum, bytes) => sum + bytes, asAppended);
}

function timeOf({ ref: { timestampMax, segment } }: WatchedAppend): number {
  return timestampMax < 0 ? segmentTime(segment) : timestampMax;
}

function endOfAppend({ baseOffset, ref }: WatchedAppend): number {
  return baseOffset + ref.count;
}
