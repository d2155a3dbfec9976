// Which objects the index names, so that they are struck out of those that a sweep is to delete: in
// a first look everything, weakly, which leaves few; and in the second, behind a fence, those
// partitions that the few are of.
//
// The fence stands before the second look begins: whatever comes into the index after that is of a
// later time, and what came before is seen. A ref that leaves the tail meanwhile was in the tail
// that came back, and one that had left it before is in a chunk that was put before that.
//
// An index that is damaged names less than it did, and nothing says what may go. So it is where a
// head is lost though its topic was never deleted, where a head or a chunk cannot be read, where a
// tail does not reach the next offset, and where chunks leave out what they should cover, cover
// something twice, or are no copies of the tail that has it too. The first look judges nothing:
// what it cannot read it leaves for the second.

import { rolledChunk } from '../../contract.ts';
import type { EpochMillis, PartitionId } from '../../ids.ts';
import { refBytes } from '../../limits.ts';
import { type Chunk, readChunk } from '../../log/chunk.ts';
import { fenceAppends, type Head, readHead } from '../../log/head.ts';
import { decodeRef, refCount } from '../../log/ref.ts';
import { baseOffsetInTail } from '../../log/refs.ts';
import { fenceRewrites } from '../../log/rewrite.ts';
import type { Item, Key } from '../../store/algebra.ts';
import { doomedKey, headKey, partitionPk, topicsPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { queryAll } from '../query-all.ts';
import { repeatable, repeatableWrite } from '../retry.ts';
import { readTopic } from '../topic-cache.ts';
import { inLanes } from './in-lanes.ts';
import type { OldObjects } from './old-objects.ts';
import { chunkFault, headFault, topicFault } from './well-formed.ts';

/** Each has a page of chunks in memory. */
export const partitionsAtOnce = 16;
/** A megabyte of those that rolls put, which is what DynamoDB reads at once, and a third of that of
 * those that are rewritten. */
const chunksPerPage = 2_000;

/** What is named by any partition. What weak reads do not show stays among the objects.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function strikeOutNamed(
  engine: Engine,
  call: Call,
  objects: OldObjects,
): Promise<void> {
  const items = await queryAll(engine, call, { pk: topicsPk });
  const topics = items.filter((item) => topicFault(item) === undefined).map(readTopic);
  const partitions = topics.flatMap(({ id: topicId, heads }) =>
    Array.from({ length: heads }, (_, partition) => ({ topicId, partition })),
  );
  await inLanes(partitions, partitionsAtOnce, async (id) => {
    if (objects.size === 0) return;
    const item = await findItem(engine, call, headKey(id), { strong: false });
    if (item !== undefined && headFault(item) === undefined) strikeOut(objects, readHead(item));
    for await (const chunk of chunksOf(engine, call, id, { strong: false })) {
      if (chunk !== 'damaged') strikeOut(objects, chunk);
    }
  });
}

export type LookedAt =
  /** All that its index names is struck out. */
  | 'whole'
  /** It is deleted, and what its chunks name nobody reads. */
  | 'deleted'
  /** Something of its index is lost, or wrong: no object that holds anything of it may be
   * deleted. */
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
  const head = wholeHead(fenced);
  const missing = head && (await lookThrough(engine, call, objects, { id, head }));
  if (head === undefined || missing === undefined) return 'damaged';
  if (missing <= head.logStart) return 'whole';
  // Retention may have deleted chunks meanwhile, below a log start that it had raised before.
  const now = await findItem(engine, call, headKey(id), { strong: true });
  if (now === undefined) return withoutHead(engine, call, id);
  return missing <= (wholeHead(now)?.logStart ?? 0) ? 'whole' : 'damaged';
}

async function withoutHead(
  engine: Engine,
  call: Call,
  { topicId }: PartitionId,
): Promise<LookedAt> {
  const doomed = await findItem(engine, call, doomedKey(topicId), { strong: true });
  return doomed === undefined ? 'damaged' : 'deleted';
}

function findItem(
  engine: Engine,
  call: Call,
  key: Key,
  read: { readonly strong: boolean },
): Promise<Item | undefined> {
  return repeatable(engine, call, () => call.table.get(key, read));
}

/** Refused, the fence was as high already, or the item is malformed, and takes nothing any more.
 * @returns the item as it is behind the fence. */
async function currentAfter(
  engine: Engine,
  call: Call,
  fence: ReturnType<typeof fenceAppends>,
): Promise<Item | undefined> {
  const { result } = await repeatableWrite(engine, call, fence);
  return result.kind === 'done' ? result.item : result.current;
}

/** undefined: it cannot be read, or contradicts itself. */
function wholeHead(item: Item): Head | undefined {
  if (headFault(item) !== undefined) return undefined;
  const head = readHead(item);
  const end = head.tail.reduce((sum, ref) => sum + refCount(ref), head.tailBase);
  return end === head.nextOffset ? head : undefined;
}

/** All chunks, also those at or above tailBase, and those below the log start: what reads them yet
 * may go on. A chunk is judged if anything of it is alive.
 * @param look.head as it came back with the fence.
 * @returns up to where chunks are missing of those from the log start on; 0: none is; undefined:
 *   what is there is damaged. */
async function lookThrough(
  engine: Engine,
  call: Call,
  objects: OldObjects,
  { id, head }: { readonly id: PartitionId; readonly head: Head },
): Promise<number | undefined> {
  const { logStart, tailBase } = head;
  let there = logStart;
  let missing = 0;
  let latest: Head | undefined = head;
  strikeOut(objects, head);
  for await (const chunk of chunksOf(engine, call, id, { strong: true })) {
    if (chunk === 'damaged') return undefined;
    strikeOut(objects, chunk);
    const { baseOffset, endOffset } = chunk;
    if (baseOffset >= tailBase) {
      if (mayStand(chunk, latest)) continue;
      // Others append, and roll, while this looks.
      const now = await findItem(engine, call, headKey(id), { strong: true });
      latest = now && wholeHead(now);
      if (latest === undefined || !mayStand(chunk, latest)) return undefined;
    } else if (endOffset > logStart) {
      // The first may begin below the log start.
      const isTwice = baseOffset < there && there > logStart;
      if (isTwice || endOffset > tailBase) return undefined;
      if (baseOffset > there) missing = baseOffset;
      there = endOffset;
    }
  }
  return there < tailBase ? tailBase : missing;
}

/** Beside the tail: it was cut off since, or is of a roll that has not cut yet, and a copy. */
function mayStand({ baseOffset, length, packed }: Chunk, head: Head): boolean {
  if (baseOffset < head.tailBase) return true;
  const refs = Array.from({ length }, (_, at) =>
    packed.subarray(at * refBytes, (at + 1) * refBytes),
  );
  return baseOffsetInTail(head, refs) === baseOffset;
}

function strikeOut(objects: OldObjects, named: Pick<Head, 'tail'> | Chunk): void {
  if ('tail' in named) {
    for (const packed of named.tail) objects.delete(decodeRef(packed).segment);
  } else {
    for (let index = 0; index < named.length; index++) objects.delete(named.at(index).segment);
  }
}

/** In the order of their offsets, page by page. */
async function* chunksOf(
  engine: Engine,
  call: Call,
  id: PartitionId,
  { strong }: { readonly strong: boolean },
): AsyncGenerator<Chunk | 'damaged'> {
  const pk = partitionPk(id);
  // No character comes later in UTF-8.
  const to = `${rolledChunk.sortKeyPrefix}\u{10ffff}`;
  for (let from: string = rolledChunk.sortKeyPrefix; ; ) {
    const query = { pk, from, to, limit: chunksPerPage, strong };
    const page = await repeatable(engine, call, () => call.table.query(query));
    for (const item of page) yield chunkFault(item) === undefined ? readChunk(item) : 'damaged';
    if (page.length < chunksPerPage) return;
    from = `${page.at(-1)?.sk}\0`;
  }
}
