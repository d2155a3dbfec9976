// Chunks that were read, found by any offset inside them. A merge may replace the refs in a chunk
// while it is kept here; then the segment it names goes missing one day, and the reader drops what
// is kept of the partition and reads again.
//
// What is kept is used for chunkCacheMillis at most: of a topic that was compacted meanwhile, it
// would show records for ever whose deletion has left the log.

import { LRUCache } from 'lru-cache';
import { assert } from '../assert.ts';
import type { EpochMillis } from '../ids.ts';
import { chunkCacheEntriesMax, chunkCacheMillis } from '../limits.ts';
import type { Chunk } from '../log/chunk.ts';
import { lastAtOrBefore } from '../log/refs.ts';
import type { Clock } from './environment.ts';

/** Ascending, the two lists side by side. */
type Kept = {
  readonly bases: number[];
  readonly chunks: Chunk[];
  /** When the first of them was. */
  readonly since: EpochMillis;
};

/** A reader of one partition that passes over more than this begins again with nothing kept. */
const chunksPerPartitionMax = chunkCacheEntriesMax / 10;

export class ChunkCache {
  readonly #partitions = new LRUCache<string, Kept>({
    maxSize: chunkCacheEntriesMax,
    sizeCalculation: ({ bases }) => bases.length,
  });
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The chunk that holds the offset, when it is kept. */
  find(partitionPk: string, offset: number): Chunk | undefined {
    const kept = this.#keptOf(partitionPk);
    const chunk = kept?.chunks[lastAtOrBefore(kept.bases, offset)];
    // Else a search by halving would never end.
    assert(chunk === undefined || chunk.baseOffset <= offset, 'what is kept is in order');
    return chunk !== undefined && offset < chunk.endOffset ? chunk : undefined;
  }

  keep(partitionPk: string, chunk: Chunk): void {
    const before = this.#keptOf(partitionPk);
    const full = before === undefined || before.bases.length >= chunksPerPartitionMax;
    const nothing = { bases: [], chunks: [], since: this.#clock.now() };
    const { bases, chunks, since }: Kept = full ? nothing : before;
    const at = lastAtOrBefore(bases, chunk.baseOffset);
    if (bases[at] === chunk.baseOffset) return;
    bases.splice(at + 1, 0, chunk.baseOffset);
    chunks.splice(at + 1, 0, chunk);
    // Another object, so that the cache counts anew what it holds.
    this.#partitions.set(partitionPk, { bases, chunks, since });
  }

  drop(partitionPk: string): void {
    this.#partitions.delete(partitionPk);
  }

  #keptOf(partitionPk: string): Kept | undefined {
    const kept = this.#partitions.get(partitionPk);
    const isOld = kept !== undefined && this.#clock.now() - kept.since >= chunkCacheMillis;
    return isOld ? undefined : kept;
  }
}
