// Where an append of unknown outcome lies, if it does. The tail first, then the chunks from the
// newest down: a ref only moves from the tail to a chunk, so what left the tail after it was read
// is still ahead. All reads are strong. Not found proves nothing: the write may yet land.

import type { PartitionId } from '../ids.ts';
import { refsOfTail } from '../log/refs.ts';
import { chunkSk } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { readChunks } from './find-refs.ts';
import { headOf } from './heads.ts';

const chunksPerQuery = 16;
/** What lies further down is not looked for. */
const queriesMax = 64;

/** @param fromOffset a log end offset known before the append was first sent: it lies at or above.
 * @returns its base offset; undefined: it is not there, so far, or lies too far down.
 * @throws EngineError THROTTLED, UNAVAILABLE: the index could not be read;
 *   UNKNOWN_PARTITION: it is gone with its topic. */
export async function lookUp(
  engine: Engine,
  call: Call,
  { id, ref }: { readonly id: PartitionId; readonly ref: Uint8Array },
  fromOffset: number,
): Promise<number | undefined> {
  const { tail, tailBase } = await headOf(engine, call, id);
  const inTail = refsOfTail(tailBase, tail).baseOffsetOf(ref);
  if (inTail !== undefined) return inTail;
  let below = tailBase;
  for (let queries = 0; below > fromOffset && queries < queriesMax; queries++) {
    const range = { from: chunkSk(0), to: chunkSk(below - 1), descending: true, strong: true };
    const chunks = await readChunks(engine, call, id, { ...range, limit: chunksPerQuery });
    if (chunks.length === 0) return undefined;
    for (const chunk of chunks) {
      const inChunk = chunk.baseOffsetOf(ref);
      if (inChunk !== undefined) return inChunk;
      below = chunk.baseOffset;
    }
  }
  return undefined;
}
