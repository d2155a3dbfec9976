// The refs from an offset on: chunks as far as they go, then the tail of the head. A chunk at or
// above tailBase is a roll that did not finish, and is not looked at: the tail wins.

import type { PartitionId } from '../ids.ts';
import { fetchRefsMax } from '../limits.ts';
import { type Chunk, readChunk } from '../log/chunk.ts';
import type { Head } from '../log/head.ts';
import type { PlacedRef } from '../log/ref.ts';
import { type Refs, refsOfTail } from '../log/refs.ts';
import { chunkSk, partitionPk } from '../store/items.ts';
import type { Range } from '../store/table.ts';
import type { Call, Engine } from './engine.ts';
import { repeatable } from './retry.ts';

/** A reader that goes on and on asks for more chunks at once, up to this. */
const chunksPerQueryMax = 64;

export type LogPosition = {
  readonly id: PartitionId;
  readonly head: Head;
  readonly offset: number;
};

/** Refs from the one that holds the offset on, until they hold that many bytes; at least one.
 * Empty: the head that was given is old, and the chunk is gone. */
export async function findRefs(
  engine: Engine,
  call: Call,
  place: LogPosition,
  bytesMax: number,
): Promise<readonly PlacedRef[]> {
  const refs: PlacedRef[] = [];
  let bytes = 0;
  for await (const run of refRuns(engine, call, place)) {
    const first = run.indexOf(Math.max(place.offset, run.baseOffset));
    for (let index = first; index < run.length; index++) {
      const ref = run.at(index);
      refs.push(ref);
      bytes += bytesFrom(ref, place.offset);
      if (bytes >= bytesMax || refs.length >= fetchRefsMax) return refs;
    }
  }
  return refs;
}

/** Of a ref whose first offsets are not asked for, about the bytes of the others. */
function bytesFrom({ baseOffset, count, length }: PlacedRef, offset: number): number {
  const skipped = Math.max(offset - baseOffset, 0);
  return (length * (count - skipped)) / count;
}

/** Runs of refs without a gap between them, from the one that holds the offset to the end. */
export async function* refRuns(
  engine: Engine,
  call: Call,
  { id, head, offset }: LogPosition,
): AsyncGenerator<Refs> {
  let at = offset;
  let limit = 1;
  while (at < head.tailBase) {
    const chunk =
      at === offset
        ? await chunkThatHolds(engine, call, id, at)
        : await chunkFrom(engine, call, { id, head, offset: at }, limit);
    if (chunk === undefined) return;
    yield chunk;
    at = chunk.endOffset;
    limit = Math.min(limit * 4, chunksPerQueryMax);
  }
  if (head.tail.length > 0) yield refsOfTail(head.tailBase, head.tail);
}

/** One query, weak; a second one, strong, when what came back is too old to hold the offset. */
export async function chunkThatHolds(
  engine: Engine,
  call: Call,
  id: PartitionId,
  offset: number,
): Promise<Chunk | undefined> {
  const kept = engine.chunks.find(partitionPk(id), offset);
  if (kept !== undefined) return kept;
  const range = { from: chunkSk(0), to: chunkSk(offset), descending: true, limit: 1 };
  for (const strong of [false, true]) {
    const [chunk] = await readChunks(engine, call, id, { ...range, strong });
    if (chunk !== undefined && offset < chunk.endOffset) return chunk;
  }
  return undefined;
}

/** The chunk that begins at the offset; those read after it are kept for the next question. */
async function chunkFrom(
  engine: Engine,
  call: Call,
  { id, head, offset }: LogPosition,
  limit: number,
): Promise<Chunk | undefined> {
  const kept = engine.chunks.find(partitionPk(id), offset);
  if (kept !== undefined) return kept;
  const range = { from: chunkSk(offset), to: chunkSk(head.tailBase - 1), limit };
  for (const strong of [false, true]) {
    const [chunk] = await readChunks(engine, call, id, { ...range, strong });
    if (chunk?.baseOffset === offset) return chunk;
  }
  return undefined;
}

/** Those that a query finds, kept for the next who asks. */
export async function readChunks(
  engine: Engine,
  call: Call,
  id: PartitionId,
  range: Omit<Range, 'pk'>,
): Promise<readonly Chunk[]> {
  const pk = partitionPk(id);
  const items = await repeatable(engine, call, () => call.table.query({ pk, ...range }));
  const chunks = items.map(readChunk);
  for (const chunk of chunks) engine.chunks.keep(pk, chunk);
  return chunks;
}
