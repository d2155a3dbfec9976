// Which objects the index names, so that they are struck out of those that a sweep is to delete: in
// a first look everything, weakly, which leaves few; and in the second, behind a fence, those
// partitions that the few are of.
//
// The fence stands before the second look begins: whatever comes into the index after that is of a
// later time, and what came before is seen. A ref that leaves the tail meanwhile was in the tail
// that came back, and one that had left it before is in a chunk that was put before that.
//
// An index that has lost something names less than it did. Where a chunk is missing, or a head
// though its topic was never deleted, nothing says what may go.

import type { EpochMillis, PartitionId } from '../../ids.ts';
import { offsetMax } from '../../limits.ts';
import { fenceAppends, type Head, readHead } from '../../log/head.ts';
import { decodeRef } from '../../log/ref.ts';
import { fenceRewrites } from '../../log/rewrite.ts';
import type { Item, Key } from '../../store/algebra.ts';
import { doomedKey, headKey, topicsPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { queryAll } from '../query-all.ts';
import { repeatable, repeatableWrite } from '../retry.ts';
import { readTopic } from '../topic-cache.ts';
import type { OldObjects } from './old-objects.ts';
import { chunksBetween } from './read-chunks.ts';

/** Each has a page of chunks in memory. */
export const partitionsAtOnce = 16;

/** What is named by any partition. What weak reads do not show stays among the objects.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function strikeOutNamed(
  engine: Engine,
  call: Call,
  objects: OldObjects,
): Promise<void> {
  const topics = (await queryAll(engine, call, { pk: topicsPk })).map(readTopic);
  const partitions = topics.flatMap(({ id: topicId, heads }) =>
    Array.from({ length: heads }, (_, partition) => ({ topicId, partition })),
  );
  await inRuns(partitions, partitionsAtOnce, async (id) => {
    if (objects.size === 0) return;
    const item = await repeatable(engine, call, () => {
      return call.table.get(headKey(id), { strong: false });
    });
    if (item === undefined) return;
    const head = readHead(item);
    await strikeOut(engine, call, objects, { id, head, strong: false });
  });
}

export type LookedAt =
  /** All that its index names is struck out. */
  | 'whole'
  /** It is deleted, and what its chunks name nobody reads. */
  | 'deleted'
  /** Something of its index is lost: no object that holds anything of it may be deleted. */
  | 'damaged';

/** From now on no object of that time or before comes into the index of the partition; what is
 * there is struck out.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: nothing is known of the objects, and
 *   none may be deleted */
export async function fenceAndStrikeOut(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  { id, time }: { readonly id: PartitionId; readonly time: EpochMillis },
): Promise<LookedAt> {
  const fenced = await currentAfter(engine, call, fenceAppends(id, time));
  if (fenced === undefined) return withoutHead(engine, call, id);
  await currentAfter(engine, call, fenceRewrites(id, time));
  const head = readHead(fenced);
  const missing = await strikeOut(engine, call, objects, { id, head, strong: true });
  if (missing <= head.logStart) return 'whole';
  // Retention may have deleted chunks meanwhile, below a log start that it had raised before.
  const now = await findItem(engine, call, headKey(id));
  if (now === undefined) return withoutHead(engine, call, id);
  return missing <= readHead(now).logStart ? 'whole' : 'damaged';
}

async function withoutHead(
  engine: Engine,
  call: Call,
  { topicId }: PartitionId,
): Promise<LookedAt> {
  const doomed = await findItem(engine, call, doomedKey(topicId));
  return doomed === undefined ? 'damaged' : 'deleted';
}

function findItem(engine: Engine, call: Call, key: Key): Promise<Item | undefined> {
  return repeatable(engine, call, () => call.table.get(key, { strong: true }));
}

/** Refused, the fence was as high already. @returns the item as it is behind the fence. */
async function currentAfter(
  engine: Engine,
  call: Call,
  fence: ReturnType<typeof fenceAppends>,
): Promise<Item | undefined> {
  const { result } = await repeatableWrite(engine, call, fence);
  return result.kind === 'done' ? result.item : result.current;
}

type Look = { readonly id: PartitionId; readonly head: Head; readonly strong: boolean };

/** All chunks, also those at or above tailBase, of a roll that has not cut yet, and those below the
 * log start: what reads them yet may go on.
 * @returns up to where chunks are missing of those from the log start on; 0: none is. */
async function strikeOut(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  { id, head, strong }: Look,
): Promise<number> {
  let there = head.logStart;
  let missing = 0;
  for (const packed of head.tail) objects.delete(decodeRef(packed).segment);
  for await (const chunk of chunksBetween(engine, call, id, { from: 0, to: offsetMax, strong })) {
    const next = Math.min(chunk.baseOffset, head.tailBase);
    if (next > there) missing = next;
    there = Math.max(there, chunk.endOffset);
    for (let index = 0; index < chunk.length; index++) objects.delete(chunk.at(index).segment);
  }
  return there < head.tailBase ? head.tailBase : missing;
}
