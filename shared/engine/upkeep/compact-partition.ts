// Compacting a partition: of every key the last record stays (log/compaction.ts says how). What is
// done is written with each object that is swapped in; a run that ends anywhere is gone on with.
//
// Others may merge, retain and compact the same partition at the same time: a swap is refused where
// somebody else was first, and then this run is over.

import { mergeChunksDue } from '../../housekeeping-limits.ts';
import type { EpochMillis, PartitionId } from '../../ids.ts';
import {
  afterChunks,
  afterPass,
  type Compaction,
  type Dirty,
  deleteHorizonFrom,
  dirtyBefore,
  isCleanable,
  newPass,
  type Pass,
  planPass,
} from '../../log/compaction.ts';
import { afterCompaction } from '../../log/merge-plan.ts';
import { chunksPerRewriteMax, type Rewrites } from '../../log/rewrite.ts';
import type { CompactionSettings } from '../../log/topic-configs.ts';
import type { Compression } from '../../record/codec.ts';
import type { Call, Engine } from '../engine.ts';
import { headIfThere } from '../heads.ts';
import { compactChunks } from './compact-chunks.ts';
import { type NotedKeys, noteKeys } from './note-keys.ts';
import { chunksBetween } from './read-chunks.ts';
import { keepCursors, newObjectId, rewritesOf, swapObject } from './rewrites.ts';
import { takeChunks } from './take-chunks.ts';

export type CompactionOptions = CompactionSettings & {
  readonly compression: Compression;
  /** @default compactionKeysMax */
  readonly keysMax?: number;
  /** That are swapped in together. @default chunksPerRewriteMax */
  readonly chunksMax?: number;
};

export type Compacted = {
  /** That were gone through to their end. */
  readonly passes: number;
  readonly objects: number;
  /** Records that were left out. */
  readonly records: number;
};

/** Until nothing is due, or the call's time is over.
 * @throws EngineError DAMAGED: what is stored cannot be read, and stays as it is; THROTTLED,
 *   UNAVAILABLE, OUTCOME_UNKNOWN: the next run goes on */
export async function compactPartition(
  engine: Engine,
  call: Call,
  id: PartitionId,
  options: CompactionOptions,
): Promise<Compacted> {
  const work: Work = { engine, call, id, options, passes: 0, objects: 0, records: 0 };
  for (let goesOn = true; goesOn && engine.clock.now() < call.deadline; ) {
    goesOn = await goThrough(work);
  }
  const { passes, objects, records } = work;
  return { passes, objects, records };
}

type Work = {
  readonly engine: Engine;
  readonly call: Call;
  readonly id: PartitionId;
  readonly options: CompactionOptions;
  passes: number;
  objects: number;
  records: number;
};

/** A pass, from where it is.
 * @returns true: it is over, and the next may be due; false: nothing is, others are at it, or there
 *   is no time left. */
async function goThrough(work: Work): Promise<boolean> {
  const { engine, call, id, options } = work;
  let rewrites = await rewritesOf(engine, call, id);
  const head = await headIfThere(engine, call, id);
  if (rewrites === undefined || head === undefined) return false;
  const { logStart } = head;
  const dirty = await countDirty(work, rewrites.compaction, { logStart, to: head.tailBase });
  const situation = { logStart, dirty, now: engine.clock.now() };
  const planned = planPass(rewrites.compaction, situation, options);
  if (planned === undefined) {
    await keepCount(work, rewrites, dirty);
    return false;
  }
  const keys = await noteKeysOf(work, rewrites.compaction, { to: planned.to, logStart });
  if (keys === undefined) return false;
  let pass = keys.to === planned.to ? planned : newPass(keys.to, logStart);
  while (engine.clock.now() < call.deadline) {
    const swapped = await compactNext(work, rewrites, pass, { keys, logStart });
    if (swapped === undefined) return false;
    rewrites = swapped;
    if (swapped.compaction.pass === undefined) {
      work.passes++;
      return true;
    }
    pass = swapped.compaction.pass;
  }
  return false;
}

async function countDirty(
  { engine, call, id, options }: Work,
  compaction: Compaction,
  { logStart, to }: { readonly logStart: number; readonly to: number },
): Promise<Dirty> {
  let { chunks, bytes, end } = dirtyBefore(compaction, options);
  const now = engine.clock.now();
  const range = { from: end, to, first: mergeChunksDue };
  for await (const chunk of chunksBetween(engine, call, id, range)) {
    if (chunk.endOffset <= logStart) continue;
    if (!isCleanable(chunk, options, now)) break;
    chunks++;
    bytes += chunk.bytes;
    end = chunk.endOffset;
  }
  return { chunks, bytes, end };
}

/** Chunks that are counted anew with each run, at most: of a large log the dirty part is large for
 * long before a pass is due. */
const recountedMax = 512;

async function keepCount(work: Work, rewrites: Rewrites, dirty: Dirty): Promise<void> {
  const { engine, call, id, options } = work;
  const { compaction } = rewrites;
  if (dirty.chunks - dirtyBefore(compaction, options).chunks < recountedMax) return;
  const counted = { ...dirty, lagMillisMin: options.lagMillisMin };
  const after = { ...rewrites, compaction: { ...compaction, counted } };
  await keepCursors(engine, call, id, rewrites, after);
}

/** In half of the time there is: the other half is for what is done with them. */
function noteKeysOf(
  { engine, call, id, options }: Work,
  { cleanedTo, dirtyFrom }: Compaction,
  below: { readonly to: number; readonly logStart: number },
): Promise<NotedKeys | undefined> {
  const now = engine.clock.now();
  const until = (now + (call.deadline - now) / 2) as EpochMillis;
  const { keysMax } = options;
  const stretch = { ...below, chunk: dirtyFrom, from: cleanedTo, until };
  return noteKeys(engine, call, id, keysMax === undefined ? stretch : { ...stretch, keysMax });
}

/** @returns what is stored now; undefined: others have been here. */
async function compactNext(
  work: Work,
  rewrites: Rewrites,
  pass: Pass,
  { keys, logStart }: { readonly keys: NotedKeys; readonly logStart: number },
): Promise<Rewrites | undefined> {
  const { engine, call, id, options } = work;
  const { compression, chunksMax = chunksPerRewriteMax } = options;
  const chunks = await takeChunks(engine, call, id, { ...pass, logStart, chunksMax });
  const now = engine.clock.now();
  const [first, last] = [chunks[0], chunks.at(-1)];
  if (first === undefined || last === undefined) {
    const compaction = afterPass(pass, { dirtyFrom: pass.to, now });
    return keepCursors(engine, call, id, rewrites, { ...rewrites, compaction });
  }
  const deleteHorizon = deleteHorizonFrom(now, options);
  const cleaning = { lastOffsets: keys.lastOffsets, to: pass.to, now, deleteHorizon };
  const object = newObjectId(engine, rewrites);
  const from = Math.max(pass.at, logStart);
  const chosen = { id, from, object, chunks, cleaning, compression };
  const done = await compactChunks(engine, call, chosen);
  if (done === undefined) return undefined;
  const cursorsAt = (end: number, bytes: number) => ({
    ...afterCompaction(rewrites, { base: first.baseOffset, end, bytes }),
    compaction: afterChunks(rewrites.compaction, pass, done.cleanedAt(end), now),
  });
  const { rewritten, records } = done;
  if (rewritten === undefined) {
    return keepCursors(engine, call, id, rewrites, cursorsAt(last.endOffset, 0));
  }
  const swapped = await swapObject(engine, call, id, rewrites, { ...rewritten, cursorsAt });
  if (swapped !== undefined) {
    work.objects++;
    work.records += records;
  }
  return swapped;
}
