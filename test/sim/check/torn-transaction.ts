// One-shot transactions: all batches of an atomic request are stored, or none is; and what readers
// saw of its partitions leaves one moment at which it became visible in all of them ("precommitted
// read" is to see one batch of it while another cannot be there yet).

import type { ProduceRequest } from '../history.ts';
import { type Checker, type Index, type Place, told } from './check.ts';
import { type Timeline, timelinesOf } from './timeline.ts';

type Window = { readonly after: number; readonly before: number };

export const tornTransaction: Checker = ({ history }, index) => {
  const atomic = history.produces.filter(({ isAtomic }) => isAtomic);
  if (atomic.length === 0) return [];
  const windows = new Map<string, Window[]>();
  for (const timeline of timelinesOf(history, index)) addWindows(timeline, windows);
  return atomic.flatMap((request) => judge(request, index, windows));
};

function judge(
  request: ProduceRequest,
  { places }: Index,
  windows: ReadonlyMap<string, readonly Window[]>,
): string[] {
  const ids = request.batches.map(({ records }) => records[0]?.id ?? '');
  const found = ids.map((id): Place | undefined => places.get(id)?.[0]);
  const [batch] = request.batches;
  if (batch === undefined || found.every((place) => place === undefined)) return [];
  const what = told({ request, batch, outcomes: [] });
  if (found.some((place) => place === undefined)) return [`${what}: only parts of it are stored`];
  const own = ids.flatMap((id) => windows.get(id) ?? []);
  const after = Math.max(...own.map((window) => window.after));
  const before = Math.min(...own.map((window) => window.before));
  return after > before ? [`${what}: parts of it were visible before others`] : [];
}

/** When each batch became visible, as far as its log tells: after all that stands before it began,
 * and before anything after it was over. */
function addWindows({ steps }: Timeline, windows: Map<string, Window[]>): void {
  const ends: number[] = [];
  let before = Number.POSITIVE_INFINITY;
  for (let at = steps.length - 1; at >= 0; at--) {
    for (const moment of steps[at] ?? []) before = Math.min(before, moment.before);
    ends[at] = before;
  }
  let after = 0;
  for (const [at, step] of steps.entries()) {
    for (const moment of step) after = Math.max(after, moment.after);
    for (const { sent } of step) {
      const id = sent?.batch.records[0]?.id;
      if (id === undefined) continue;
      const own = windows.get(id) ?? [];
      windows.set(id, [...own, { after, before: ends[at] ?? Number.POSITIVE_INFINITY }]);
    }
  }
}
