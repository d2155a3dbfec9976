// Chunks that were read, found by any offset inside them. A merge may replace the refs in a chunk
// while it is kept here; then the segment it names goes missing one day, and the reader drops what
// is kept of the partition and reads again.

import { LRUCache } from 'lru-cache';
import { assert } from '../assert.ts';
import { chunkCacheEntriesMax } from '../limits.ts';
import type { Chunk } from '../log/chunk.ts';
import { lastAtOrBefore } from '../log/refs.ts';

/** Ascending, the two lists side by side. */
type Kept = { readonly bases: number[]; readonly chunks: Chunk[] };

/** A reader of one partition that passes over more than this begins again with nothing kept. */
const chunksPerPartitionMax = chunkCacheEntriesMax / 10;

export class ChunkCache {
  readonly #partitions = new LRUCache<string, Kept>({
    maxSize: chunkCacheEntriesMax,
    sizeCalculation: ({ bases }) => bases.length,
  });

  /** The chunk that holds the offset, when it is kept. */
  find(partitionPk: string, offset: number): Chunk | undefined {
    const kept = this.#partitions.get(partitionPk);
    const chunk = kept?.chunks[lastAtOrBefore(kept.bases, offset)];
    // Else a search by halving would never end.
    assert(chunk === undefined || chunk.baseOffset <= offset, 'what is kept is in order');
    return chunk !== undefined && offset < chunk.endOffset ? chunk : undefined;
  }

  keep(partitionPk: string, chunk: Chunk): void {
    const before = this.#partitions.get(partitionPk);
    const full = before === undefined || before.bases.length >= chunksPerPartitionMax;
    const { bases, chunks }: Kept = full ? { bases: [], chunks: [] } : before;
    const at = lastAtOrBefore(bases, chunk.baseOffset);
    if (bases[at] === chunk.baseOffset) return;
    bases.splice(at + 1, 0, chunk.baseOffset);
    chunks.splice(at + 1, 0, chunk);
    // Another object, so that the cache counts anew what it holds.
    this.#partitions.set(partitionPk, { bases, chunks });
  }

  drop(partitionPk: string): void {
    this.#partitions.delete(partitionPk);
  }
}
