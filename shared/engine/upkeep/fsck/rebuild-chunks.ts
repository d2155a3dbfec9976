// Lost chunks, put again. Their bytes are copied into an object of their own, as those of a rewrite
// are: so no sweep can be about to delete what they name, whatever it has seen before. Each is put
// if it is absent, while its topic is not deleted, the object was not swept, and nobody else has
// rewritten since the gap was read: a compaction leaves out what would come back.
//
// What is copied is checked: every CRC, the count, and offsets where the batches carry them.

import { type PartitionId, segmentTime } from '../../../ids.ts';
import { chunkOf } from '../../../log/chunk.ts';
import { encodeRef } from '../../../log/ref.ts';
import { type Rewrites, swapWrites } from '../../../log/rewrite.ts';
import { type BatchHeader, crcHolds, setBaseOffset } from '../../../record/batch-header.ts';
import { splitBatches } from '../../../record/batches.ts';
import { buildSegment } from '../../../segment/segment.ts';
import type { Write } from '../../../store/algebra.ts';
import { partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { putSegment } from '../../put-segment.ts';
import { repeatableTransaction } from '../../retry.ts';
import { unlessDoomed } from '../../topic-heads.ts';
import { newObjectId, rewritesOf } from '../rewrites.ts';
import { findLost } from './find-lost.ts';
import { type Gap, readGap } from './gap.ts';
import type { Offsets } from './judge-chunks.ts';
import type { LostChunk } from './lost-chunk.ts';
import type { StoredObjects } from './stored-objects.ts';
import { unnamedEntries } from './unnamed-entries.ts';

export type Rebuilt =
  | { readonly kind: 'rebuilt'; readonly chunks: number }
  /** Nothing was changed, or chunks from the left on. */
  | { readonly kind: 'left'; readonly why: string };

/** @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: look again what is missing */
export async function rebuildChunks(
  engine: Engine,
  call: Call,
  objects: StoredObjects,
  place: Offsets & { readonly id: PartitionId },
): Promise<Rebuilt> {
  const { id } = place;
  const gap = await readGap(engine, call, place);
  if (gap === undefined) return { kind: 'left', why: 'what is beside it cannot be read' };
  const unnamed = () => unnamedEntries(engine, call, objects, id);
  const found = await findLost(objects, gap, unnamed);
  if (found.kind === 'uncertain') return { kind: 'left', why: found.why };
  // Made if there is none; what was read is what counts.
  if ((await rewritesOf(engine, call, id)) === undefined) return changed;
  let { rewrites } = gap;
  let timeThrough = gap.before?.timeThrough ?? -1;
  for (const chunk of found.chunks) {
    const batches = await batchesOf(objects, chunk);
    if (typeof batches === 'string') return { kind: 'left', why: batches };
    timeThrough = Math.max(timeThrough, batches.timestampMax);
    const after = await putChunk(
      engine,
      call,
      { id, rewrites },
      { ...batches, ...chunk, timeThrough },
    );
    if (after === undefined) return changed;
    rewrites = after;
  }
  return { kind: 'rebuilt', chunks: found.chunks.length };
}

const changed: Rebuilt = { kind: 'left', why: 'others changed it at the same time' };

type Batches = { readonly batches: readonly Uint8Array[]; readonly timestampMax: number };

/** With their offsets in place. @returns why they are not what the chunk had, in words. */
async function batchesOf(objects: StoredObjects, chunk: LostChunk): Promise<Batches | string> {
  const batches: Uint8Array[] = [];
  let timestampMax = -1;
  let offset = chunk.baseOffset;
  for (const stored of chunk.stored) {
    const bytes = await objects.read(stored.segment, stored);
    if (bytes?.length !== stored.length) return 'an object that holds it is gone';
    const split = splitBatches(bytes);
    if (split.kind === 'malformed') return split.reason;
    for (const header of split.headers) {
      const fault = faultOf(bytes, header, chunk.isPlaced ? offset : undefined);
      if (fault !== undefined) return fault;
      setBaseOffset(bytes, header.position, offset);
      batches.push(bytes.subarray(header.position, header.position + header.length));
      timestampMax = Math.max(timestampMax, header.maxTimestamp);
      offset += header.lastOffsetDelta + 1;
    }
  }
  return offset === chunk.endOffset ? { batches, timestampMax } : 'it has another count of offsets';
}

function faultOf(
  bytes: Uint8Array,
  header: BatchHeader,
  offset: number | undefined,
): string | undefined {
  if (!crcHolds(bytes, header)) return 'a CRC of what it had does not hold';
  const isThere = offset === undefined || header.baseOffset === offset;
  return isThere ? undefined : 'the object that is beside it holds other offsets';
}

type ChunkToPut = Batches & Omit<LostChunk, 'stored'> & { readonly timeThrough: number };

/** @returns the rewrites after that; undefined: something is there, others have rewritten, the
 * topic is deleted, or the object was swept. */
async function putChunk(
  engine: Engine,
  call: Call,
  { id, rewrites }: Pick<Gap, 'id' | 'rewrites'>,
  { batches, timestampMax, baseOffset, endOffset, timeThrough }: ChunkToPut,
): Promise<Rewrites | undefined> {
  const count = endOffset - baseOffset;
  const segment = buildSegment([{ ...id, batches, count, timestampMax }]);
  const stored = await putSegment(engine, call, newObjectId(engine, rewrites), segment);
  const { position, length } = segment.placed[0] as { position: number; length: number };
  const ref = encodeRef({ segment: stored, position, length, count, timestampMax });
  const chunk = chunkOf(id, { baseOffset, refs: [ref], timeThrough });
  const writes: readonly Write[] = [
    unlessDoomed(id.topicId),
    ...unchangedCursors(id, rewrites, segmentTime(stored)),
    { put: chunk, if: { item: 'absent' } },
  ];
  const { result } = await repeatableTransaction(engine, call, writes);
  engine.chunks.drop(partitionPk(id));
  return result.kind === 'done' ? { ...rewrites, version: rewrites.version + 1 } : undefined;
}

/** Of a swap of nothing: it is refused once the object may have been swept, or others have
 * swapped. */
function unchangedCursors(
  id: PartitionId,
  rewrites: Rewrites,
  objectTime: ReturnType<typeof segmentTime>,
): readonly Write[] {
  const { mergedTo, small } = rewrites;
  return swapWrites(id, rewrites, { cursors: { mergedTo, small }, swaps: [], objectTime });
}
