// The bytes of a ref, and what its object's footer says of them, against the ref.

import type { PartitionId } from '../../../ids.ts';
import type { PlacedRef } from '../../../log/ref.ts';
import { lastAtOrBefore } from '../../../log/refs.ts';
import { crcHolds } from '../../../record/batch-header.ts';
import { splitBatches } from '../../../record/batches.ts';
import type { FooterEntry } from '../../../segment/footer.ts';
import type { FindingKind } from './findings.ts';

export type Fault = { readonly kind: FindingKind; readonly detail: string };

/** @param bytes all that the ref names. */
export function faultOfBytes(ref: PlacedRef, bytes: Uint8Array): Fault | undefined {
  const split = splitBatches(bytes);
  const corrupt = (detail: string, position: number): Fault => {
    return { kind: 'corrupt-batch', detail: `${detail} at byte ${ref.position + position}` };
  };
  if (split.kind === 'malformed') return corrupt(split.reason, split.position);
  const broken = split.headers.find((header) => !crcHolds(bytes, header));
  if (broken !== undefined) return corrupt('the CRC does not hold', broken.position);
  const count = split.headers.reduce((sum, header) => sum + header.lastOffsetDelta + 1, 0);
  if (count !== ref.count) {
    return { kind: 'wrong-count', detail: `${ref.count} offsets, and its batches have ${count}` };
  }
  const time = split.headers.reduce((most, { maxTimestamp }) => Math.max(most, maxTimestamp), -1);
  if (time === ref.timestampMax) return undefined;
  const detail = `its greatest time is ${ref.timestampMax}, and that of its batches ${time}`;
  return { kind: 'wrong-time', detail };
}

/** The entries of a footer, and where each begins, ascending. */
export type Entries = {
  readonly entries: readonly FooterEntry[];
  readonly positions: readonly number[];
};

/** A ref may name a part of an entry: an append of which other batches went another way. */
export function faultByFooter(
  { topicId, partition }: PartitionId,
  ref: PlacedRef,
  { entries, positions }: Entries,
): Fault | undefined {
  const other = (detail: string): Fault => ({ kind: 'footer-mismatch', detail });
  const entry = entries[lastAtOrBefore(positions, ref.position)];
  const isOwn = entry?.topicId === topicId && entry.partition === partition;
  if (!isOwn || !holds(entry, ref)) return other('its footer has no such bytes of the partition');
  const isWhole = entry.position === ref.position && entry.length === ref.length;
  const { count, timestampMax } = entry;
  if (isWhole ? count !== ref.count : count <= ref.count) {
    return other(`its footer says ${count} offsets, and the ref ${ref.count}`);
  }
  if (isWhole ? timestampMax !== ref.timestampMax : timestampMax < ref.timestampMax) {
    return other(`its footer’s greatest time is ${timestampMax}, the ref’s ${ref.timestampMax}`);
  }
  return undefined;
}

function holds(entry: FooterEntry, { position, length }: PlacedRef): boolean {
  return entry.position <= position && position + length <= entry.position + entry.length;
}
