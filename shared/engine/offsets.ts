// Where a partition begins and ends, and where a time is in it.

import { EngineError } from '../errors.ts';
import type { PartitionId, PartitionName, SegmentId } from '../ids.ts';
import { fetchRereadsMax } from '../limits.ts';
import type { Chunk } from '../log/chunk.ts';
import { isEmptied } from '../log/emptied-ref.ts';
import type { Head } from '../log/head.ts';
import type { PlacedRef } from '../log/ref.ts';
import { partitionPk } from '../store/items.ts';
import { type Bounds, boundsOf } from './bounds.ts';
import type { Call, Engine } from './engine.ts';
import { chunkThatHolds, refRuns } from './find-refs.ts';
import { headOf } from './heads.ts';
import { onPartition } from './on-topic.ts';
import { readRanges, recordsIn } from './ranges.ts';

/** Chunks that are looked at for a time, from the first on that says it was reached by then. Where
 * clocks are right that one has it. */
export const timeChunksMax = 1_024;

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
export async function partitionOffsets(
  engine: Engine,
  call: Call,
  partition: PartitionName,
): Promise<Bounds> {
  return onPartition(engine, call, partition, async (id) => {
    return boundsOf(await headOf(engine, call, id));
  });
}

/** The first offset whose record has that timestamp or a later one; the log end offset when there
 * is none. Where that is not found after many chunks, since a record of the future has made those
 * after it seem as late, it is an offset before it: none such is passed over.
 * Source: Kafka's ListOffsets (KIP-79).
 * @param request.timestamp milliseconds since 1970
 * @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION, DAMAGED, THROTTLED, UNAVAILABLE */
export async function offsetForTime(
  engine: Engine,
  call: Call,
  request: PartitionName & { readonly timestamp: number },
): Promise<number> {
  return onPartition(engine, call, request, (id) =>
    offsetInPartition(engine, call, id, request.timestamp),
  );
}

async function offsetInPartition(
  engine: Engine,
  call: Call,
  id: PartitionId,
  timestamp: number,
): Promise<number> {
  let missing: SegmentId | undefined;
  for (let rereads = 0; rereads <= fetchRereadsMax; rereads++) {
    const head = await headOf(engine, call, id);
    // A weak read might name again what was not stored any more.
    const found = await search(engine, call, { id, head, timestamp, strong: rereads > 0 });
    if (typeof found === 'number') return found;
    if (found.missing !== undefined && found.missing === missing) {
      throw new EngineError('DAMAGED', 'the index names a segment that is not stored');
    }
    missing = found.missing;
    engine.chunks.drop(partitionPk(id));
  }
  throw new EngineError('UNAVAILABLE', 'the index changed while it was read; try again');
}

type Search = {
  readonly id: PartitionId;
  readonly head: Head;
  readonly timestamp: number;
  readonly strong: boolean;
};

/** What was read of it is too old. */
type IndexChanged = {
  /** That chunks name, and that is not stored. */
  readonly missing?: SegmentId;
};

/** What chunks say of time they say of all that there was before. Of that, retention has taken the
 * front, and compaction here and there a record: so the first chunk that says so may have no such
 * record any more, and those after it are looked at, too. */
async function search(
  engine: Engine,
  call: Call,
  { id, head, timestamp, strong }: Search,
): Promise<number | IndexChanged> {
  const from =
    head.timeBefore >= timestamp
      ? await chunkReaching(engine, call, { id, head, timestamp, strong })
      : Math.max(head.tailBase, head.logStart);
  let seen = from;
  let chunks = 0;
  for await (const run of refRuns(engine, call, { id, head, offset: from, strong })) {
    for (let index = run.indexOf(Math.max(from, run.baseOffset)); index < run.length; index++) {
      const ref = run.at(index);
      if (ref.timestampMax < timestamp || isEmptied(ref)) continue;
      const found = await firstInRef(engine, call, ref, { from: head.logStart, timestamp });
      if (found !== undefined) return found;
    }
    seen = run.endOffset;
    chunks++;
    if (chunks === timeChunksMax && seen < head.tailBase) return seen;
  }
  return seen < head.nextOffset ? {} : head.nextOffset;
}

/** An offset in the first chunk by whose end the time was reached: halving, since what chunks say
 * of it never falls. Of one that is not there any more, retention has taken all before it, too. */
async function chunkReaching(
  engine: Engine,
  call: Call,
  { id, head, timestamp, strong }: Search,
): Promise<number> {
  let low = head.logStart;
  let high = head.tailBase;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const chunk: Chunk | undefined = await chunkThatHolds(engine, call, id, middle, { strong });
    if (chunk === undefined || chunk.timeThrough < timestamp) {
      low = chunk?.endOffset ?? middle + 1;
    } else {
      high = chunk.baseOffset;
    }
  }
  return low;
}

async function firstInRef(
  engine: Engine,
  call: Call,
  ref: PlacedRef,
  { from, timestamp }: { readonly from: number; readonly timestamp: number },
): Promise<number | IndexChanged | undefined> {
  const read = await readRanges(engine, call, [ref]);
  if (read.kind === 'missing') return { missing: read.segment };
  for (const batch of read.ranges.flatMap(({ batches }) => batches)) {
    const reached = recordsIn(batch).find(
      (record) => record.offset >= from && record.timestamp >= timestamp,
    );
    if (reached !== undefined) return reached.offset;
  }
  return undefined;
}
