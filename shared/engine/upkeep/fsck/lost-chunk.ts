// A chunk that was lost, as it is found again.

import type { Stored } from './unnamed-entries.ts';

/** `stored`: where the bytes of its batches are, in their order. */
export type LostChunk = {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly stored: readonly Stored[];
  /** Whether the batches must carry their offsets. */
  readonly isPlaced: boolean;
};
