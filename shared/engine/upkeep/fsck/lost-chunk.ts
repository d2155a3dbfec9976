// A chunk that was lost, as it is found again, and what stands where its bytes are.

import { type BatchHeader, crcHolds } from '../../../record/batch-header.ts';
import { splitBatches } from '../../../record/batches.ts';
import type { Stored } from './spare-entries.ts';
import type { StoredObjects } from './stored-objects.ts';

/** `stored`: where the bytes of its batches are, in their order. */
export type LostChunk = {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly stored: readonly Stored[];
  /** Whether the batches must carry their offsets. */
  readonly isPlaced: boolean;
};

/** undefined: there is no such object, or these are no whole batches. */
export async function headersOf(
  objects: StoredObjects,
  stored: Stored,
): Promise<readonly BatchHeader[] | undefined> {
  const bytes = await objects.read(stored.segment, stored);
  const split = bytes?.length === stored.length ? splitBatches(bytes) : undefined;
  if (bytes === undefined || split?.kind !== 'batches') return undefined;
  return split.headers.every((header) => crcHolds(bytes, header)) ? split.headers : undefined;
}
