// Chunks that were read, found by any offset inside them. A merge may replace the refs in a chunk
// while it is kept here; then the segment it names goes missing one day, and the reader drops what
// is kept of the partition and reads again.

import { LRUCache } from 'lru-cache';
import { chunkCacheEntriesMax } from '../limits.ts';
import type { Chunk } from '../log/chunk.ts';
import { lastAtOrBefore } from '../log/refs.ts';

/** Ascending, the two lists side by side. */
type Kept = { readonly bases: number[]; readonly chunks: Chunk[] };

/** A partition's share: a reader that passes over more than this begins again with an empty share.
 * */
const chunksPerPartitionMax = chunkCacheEntriesMax / 10;

export class ChunkCache {
  readonly #partitions = new LRUCache<string, Kept>({
    max: chunkCacheEntriesMax / chunksPerPartitionMax,
  });

  /** The chunk that holds the offset, when it is kept. */
  find(partitionPk: string, offset: number): Chunk | undefined {
    const kept = this.#partitions.get(partitionPk);
    const chunk = kept?.chunks[lastAtOrBefore(kept.bases, offset)];
    return chunk !== undefined && offset < chunk.endOffset ? chunk : undefined;
  }

  keep(partitionPk: string, chunk: Chunk): void {
    let kept = this.#partitions.get(partitionPk);
    if (kept === undefined || kept.bases.length >= chunksPerPartitionMax) {
      kept = { bases: [], chunks: [] };
      this.#partitions.set(partitionPk, kept);
    }
    const at = lastAtOrBefore(kept.bases, chunk.baseOffset);
    if (kept.bases[at] === chunk.baseOffset) return;
    kept.bases.splice(at + 1, 0, chunk.baseOffset);
    kept.chunks.splice(at + 1, 0, chunk);
  }

  drop(partitionPk: string): void {
    this.#partitions.delete(partitionPk);
  }
}
