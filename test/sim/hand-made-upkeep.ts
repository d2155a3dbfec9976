// What housekeeping did to a log that was made by hand.

import type { EpochMillis } from '../../shared/ids.ts';
import type { HandMade } from './hand-made.ts';
import type { Answer, DeletionRequest, ReadRecord } from './history.ts';
import type { Log } from './logs.ts';
import type { WatchedLeaving, WatchedStart } from './upkeep/watched-partition.ts';

/** The log start came to be there, at that event and time. */
export function raised(
  { starts, records }: Log,
  to: number,
  event: number,
  also: Partial<WatchedStart> = {},
): void {
  starts.push({
    from: starts.at(-1)?.to ?? 0,
    to,
    event,
    at: event as EpochMillis,
    endOffset: records.length,
    latest: -1,
    bytesLeft: 0,
    isWhole: true,
    ...also,
  });
}

/** Compaction has left out the record there. */
export function leftOut(
  { leavings }: Log,
  offset: number,
  event: number,
  why: WatchedLeaving['why'] = 'superseded',
): void {
  leavings.set(offset, { event, at: event as EpochMillis, why });
}

/** A tombstone came to say when it may go. */
export function dated({ horizons }: Log, offset: number, at: number): void {
  horizons.set(offset, { madeAt: at as EpochMillis, at: at as EpochMillis });
}

export function asked(
  { history }: HandMade,
  {
    from,
    to,
    ...request
  }: Pick<DeletionRequest, 'before' | 'answer'> & { from: number; to: number },
): void {
  const place = { client: 'c2', process: 'p0', topic: 'orders', partition: 0 };
  history.deletions.push({ ...place, ...request, invoked: from, returned: to });
}

export function upkept({ history }: HandMade, from: number, to: number, answer: string): void {
  const request = { client: 'c3', process: 'p0', what: 'merge orders-0' };
  history.upkeep.push({ ...request, invoked: from, returned: to, answer });
}

/** What stands at those offsets, and where to go on. */
export function some(log: Log, offsets: readonly number[], nextOffset: number): Answer {
  const found = offsets.map((offset) => log.records[offset] as ReadRecord);
  const bounds = { logStart: 0, highWatermark: log.records.length };
  return { kind: 'records', records: found, nextOffset, ...bounds };
}
