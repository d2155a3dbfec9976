// The refs from an offset on: chunks as far as they go, then the tail of the head. A chunk at or
// above tailBase is a roll that did not finish, and is not looked at: the tail wins.

import type { PartitionId } from '../ids.ts';
import { fetchRefsMax } from '../limits.ts';
import { type Chunk, readChunk } from '../log/chunk.ts';
import { isEmptied } from '../log/emptied-ref.ts';
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
  /** Chunks as they are stored now, not as they were read before: what was read may have been
   * rewritten since. @default false */
  readonly strong?: boolean;
};

export type FoundRefs = {
  readonly refs: readonly PlacedRef[];
  /** Up to where it was looked; at the offset: the head that was given is old, and the chunk is
   * gone. */
  readonly end: number;
};

/** Refs from the one that holds the offset on, until they hold that many bytes.
 * @param wanted.passesEmpty leaves out those of which compaction has left nothing. */
export async function findRefs(
  engine: Engine,
  call: Call,
  place: LogPosition,
  { bytesMax, passesEmpty }: { readonly bytesMax: number; readonly passesEmpty: boolean },
): Promise<FoundRefs> {
  const refs: PlacedRef[] = [];
  let end = place.offset;
  let bytes = 0;
  let seen = 0;
  for await (const run of refRuns(engine, call, place)) {
    const first = run.indexOf(Math.max(place.offset, run.baseOffset));
    for (let index = first; index < run.length; index++) {
      const ref = run.at(index);
      end = ref.baseOffset + ref.count;
      seen++;
      if (!passesEmpty || !isEmptied(ref)) {
        refs.push(ref);
        bytes += bytesFrom(ref, place.offset);
      }
      if (bytes >= bytesMax || seen >= fetchRefsMax) return { refs, end };
    }
  }
  return { refs, end };
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
  { id, head, offset, strong = false }: LogPosition,
): AsyncGenerator<Refs> {
  let at = offset;
  let limit = 1;
  while (at < head.tailBase) {
    const chunk =
      at === offset
        ? await chunkThatHolds(engine, call, id, at, { strong })
        : await chunkFrom(engine, call, { id, head, offset: at, strong }, limit);
    if (chunk === undefined) return;
    yield chunk;
    at = chunk.endOffset;
    if (!strong) limit = Math.min(limit * 4, chunksPerQueryMax);
  }
  if (head.tail.length > 0) yield refsOfTail(head.tailBase, head.tail);
}

/** What is kept, or one query, weak; a second one, strong, when what came back is too old to hold
 * the offset. @param asked.strong that one alone. */
export async function chunkThatHolds(
  engine: Engine,
  call: Call,
  id: PartitionId,
  offset: number,
  asked: Pick<LogPosition, 'strong'> = {},
): Promise<Chunk | undefined> {
  const kept = asked.strong ? undefined : engine.chunks.find(partitionPk(id), offset);
  if (kept !== undefined) return kept;
  const range = { from: chunkSk(0), to: chunkSk(offset), descending: true, limit: 1 };
  for (const strong of asked.strong ? [true] : [false, true]) {
    const [chunk] = await readChunks(engine, call, id, { ...range, strong });
    if (chunk !== undefined && offset < chunk.endOffset) return chunk;
  }
  return undefined;
}

/** The chunk that begins at the offset; those read after it are kept for the next question. */
async function chunkFrom(
  engine: Engine,
  call: Call,
  { id, head, offset, ...asked }: LogPosition,
  limit: number,
): Promise<Chunk | undefined> {
  const kept = asked.strong ? undefined : engine.chunks.find(partitionPk(id), offset);
  if (kept !== undefined) return kept;
  const range = { from: chunkSk(offset), to: chunkSk(head.tailBase - 1), limit };
  for (const strong of asked.strong ? [true] : [false, true]) {
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
