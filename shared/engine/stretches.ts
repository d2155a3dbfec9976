// The stretches of a segment that an update names when not all of the batches that lie there go:
// one ref each, and one where all go.

import type { SegmentId } from '../ids.ts';
import type { Ref } from '../log/ref.ts';
import type { PlacedEntry } from '../segment/segment.ts';
import { greatest, type StampedPending } from './shares.ts';

/** The bytes of one share in the segment that was stored. */
export type StoredEntry = PlacedEntry & { readonly segment: SegmentId };

/** A batch, and where its bytes are in the segment. */
export type PlacedPending = StampedPending & { readonly position: number; readonly length: number };

export type Stretch = Ref & {
  readonly batches: readonly PlacedPending[];
  readonly bytes: Uint8Array;
};

/** The batches of a share in their order, back to back from where its entry begins. */
export function placed(
  { position }: PlacedEntry,
  pending: readonly StampedPending[],
): readonly PlacedPending[] {
  let next = position;
  return pending.map((one) => {
    const length = one.batches.reduce((sum, batch) => sum + batch.length, 0);
    next += length;
    return { ...one, position: next - length, length };
  });
}

export function stretchesOf(
  entry: StoredEntry,
  batches: readonly PlacedPending[],
): readonly Stretch[] {
  const runs: PlacedPending[][] = [];
  for (const batch of batches) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last !== undefined && last.position + last.length === batch.position) run?.push(batch);
    else runs.push([batch]);
  }
  return runs.map((run) => stretchOf(entry, run));
}

function stretchOf(entry: StoredEntry, batches: readonly PlacedPending[]): Stretch {
  const [{ position }] = batches as readonly [PlacedPending];
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  const start = position - entry.position;
  return {
    segment: entry.segment,
    position,
    length,
    count: batches.reduce((sum, { count }) => sum + count, 0),
    timestampMax: greatest(batches.map(({ timestampMax }) => timestampMax)),
    batches,
    bytes: entry.bytes.subarray(start, start + length),
  };
}
