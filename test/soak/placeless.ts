// Appends that are stored, and whose writers were not told where: of a transaction, by the time its
// writer asks, the refs may be in no head and no chunk any more, since a merge has rewritten them.
// Where they are is known by what was read there; and of what nobody could read any more, since
// compaction has left it out, by where there is room.

import type { LogRecord } from '../../shared/record/record.ts';
import type { Written } from './model.ts';

export type Placeless = {
  readonly written: readonly Written[];
  /** Where the log ended before it was sent. */
  readonly from: number;
};

export type Room = {
  /** Where the log ends. */
  readonly end: number;
  readonly isFree: (offset: number) => boolean;
  /** What was read there, and is nobody's yet. */
  readonly readAt: (offset: number) => readonly LogRecord[];
  readonly isSame: (record: LogRecord, written: Written) => boolean;
};

/** @returns its base; undefined: it is nowhere.
 * @param onlyIfRead by somebody, in part at least. */
export function placeOf(
  { written, from }: Placeless,
  { end, isFree, readAt, isSame }: Room,
  { onlyIfRead }: { readonly onlyIfRead: boolean },
): number | undefined {
  for (let base = from; base + written.length <= end; base++) {
    const read = written.flatMap((one, at) => {
      return readAt(base + at).map((record) => isSame(record, one));
    });
    const fits = written.every((_, at) => isFree(base + at)) && read.every(Boolean);
    if (fits && (read.length > 0 || !onlyIfRead)) return base;
  }
  return undefined;
}
