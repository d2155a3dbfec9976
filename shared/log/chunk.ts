// A chunk: refsPerChunk refs that a roll took from the head, under the base offset of the first.
// A roll puts its key once, with bytes that only depend on the log, so any roller's copy is the
// same. A rewrite (rewrite.ts) puts one ref in the place of all of them, under the same key and
// over the same offsets: so the key goes on refusing a roller that comes late.

import type { PartitionId } from '../ids.ts';
import { bytesIn, type Item, numberIn } from '../store/algebra.ts';
import { chunkBaseOffset, chunkItem, chunkKey } from '../store/items.ts';
import { type Refs, refsOfChunk } from './refs.ts';

export type Chunk = Refs & {
  /** As they are stored, back to back. */
  readonly packed: Uint8Array;
  /** The greatest timestamp from the partition's first record to this chunk's last: it never falls
   * from chunk to chunk, so a time is found by halving. */
  readonly timeThrough: number;
};

export function chunkOf(
  id: PartitionId,
  chunk: { baseOffset: number; refs: readonly Uint8Array[]; timeThrough: number },
): Item {
  return {
    ...chunkKey(id, chunk.baseOffset),
    [chunkItem.refs]: Buffer.concat(chunk.refs),
    [chunkItem.timeThrough]: chunk.timeThrough,
  };
}

export function readChunk(item: Item): Chunk {
  const packed = bytesIn(item, chunkItem.refs);
  return {
    ...refsOfChunk(chunkBaseOffset(item.sk), packed),
    packed,
    timeThrough: numberIn(item, chunkItem.timeThrough),
  };
}
