// Chunks as they are stored, for whoever changes them or deletes what they name: page by page, past
// what this process remembers.

import type { PartitionId } from '../../ids.ts';
import { type Chunk, readChunk } from '../../log/chunk.ts';
import { chunkSk, partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';

/** A page of a few hundred kilobytes. */
const chunksPerPage = 512;

const pageGrowth = 8;

type ChunkRange = {
  readonly from: number;
  readonly to: number;
  readonly strong?: boolean;
  readonly first?: number;
};

/** Those that begin at or after `from` and below `to`, in their order.
 * @param range.strong @default true
 * @param range.first how many are read at first, and then more and more: for whoever mostly needs
 *   no other. @default a whole page
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function* chunksBetween(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { from, to, strong = true, first = chunksPerPage }: ChunkRange,
): AsyncGenerator<Chunk> {
  const pk = partitionPk(id);
  let limit = first;
  for (let next = from; next < to; limit = Math.min(limit * pageGrowth, chunksPerPage)) {
    const range = { pk, from: chunkSk(next), to: chunkSk(to - 1) };
    const query = { ...range, limit, strong };
    const page = await repeatable(engine, call, () => call.table.query(query));
    for (const item of page) {
      const chunk = readChunk(item);
      yield chunk;
      next = chunk.baseOffset + 1;
    }
    if (page.length < query.limit) return;
  }
}

/** The newest first, of those that begin below an offset, strongly.
 * @param range.first as above. @throws EngineError THROTTLED, UNAVAILABLE */
export async function* chunksDownFrom(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { from, first = chunksPerPage }: Pick<ChunkRange, 'from' | 'first'>,
): AsyncGenerator<Chunk> {
  const pk = partitionPk(id);
  let limit = first;
  for (let next = from; next > 0; limit = Math.min(limit * pageGrowth, chunksPerPage)) {
    const range = { pk, from: chunkSk(0), to: chunkSk(next - 1), descending: true };
    const query = { ...range, limit, strong: true };
    const page = await repeatable(engine, call, () => call.table.query(query));
    for (const item of page) {
      const chunk = readChunk(item);
      yield chunk;
      next = chunk.baseOffset;
    }
    if (page.length < query.limit) return;
  }
}
