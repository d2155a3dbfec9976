// The last records below an offset, of an engine that reads forwards alone, and tells of no sizes:
// offsets are read window by window, each below the one before it. A window that one answer does
// not hold is of large records, and is made smaller; one with little in it is of a log that was
// compacted, and the next one is larger. What was found has no gap up to the end at any time.

import type { RecordReply } from '../engine/replies.ts';
import { pageRecords, searchRequestsMax } from './search.ts';

export type Back = {
  /** All that there are from `start` up to where it began. */
  readonly records: readonly RecordReply[];
  readonly start: number;
  /** The log start. */
  readonly first: number;
  /** Offsets of the window, which ends at `start`. */
  readonly span: number;
  /** Where the window is read from, or read on from. */
  readonly at: number;
  readonly requests: number;
};

type Bounds = { readonly first: number; readonly end: number };

/** @param bounds.end below which they are read. */
export function beginBack({ first, end }: Bounds): Back {
  return withWindow({ records: [], start: end, first, at: end, requests: 0 }, pageRecords);
}

function withWindow(back: Omit<Back, 'span'>, span: number): Back {
  return { ...back, span, at: Math.max(back.first, back.start - span) };
}

/** What one more answer adds.
 * @param answer.next where the engine says to go on. */
export function readBack(
  before: Back,
  answer: { readonly records: readonly RecordReply[]; readonly next: number },
): Back {
  const { start, first, span, at } = before;
  const back = { ...before, requests: before.requests + 1 };
  const found = answer.records.filter(({ offset }) => offset < start);
  if (answer.next < start) {
    if (found.length === 0) return { ...back, at: answer.next };
    const held = Math.min(answer.next - at, Math.floor(span / 2));
    return withWindow(back, Math.max(held, 1));
  }
  const records = [...found, ...before.records];
  const isSparse = found.length * 2 <= span;
  const next = { ...back, records, start: Math.max(first, start - span) };
  if (records.length <= pageRecords) return withWindow(next, isSparse ? span * 2 : span);
  const last = records.slice(-pageRecords);
  return withWindow({ ...next, records: last, start: last[0]?.offset ?? next.start }, span);
}

/** @param bytesMax what is enough for a page. */
export function isBackOver({ records, start, first, requests }: Back, bytesMax: number): boolean {
  if (start <= first || records.length >= pageRecords) return true;
  return requests >= searchRequestsMax || bytesOf(records) >= bytesMax;
}

/** About as many as they are stored in. */
function bytesOf(records: readonly RecordReply[]): number {
  let letters = 0;
  for (const { key, value } of records) letters += (key?.length ?? 0) + (value?.length ?? 0);
  return (letters * 3) / 4;
}
