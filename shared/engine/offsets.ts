// Where a partition begins and ends, and where a time is in it.

import { EngineError } from '../errors.ts';
import type { PartitionId, PartitionName } from '../ids.ts';
import type { Chunk } from '../log/chunk.ts';
import type { Head } from '../log/head.ts';
import type { PlacedRef } from '../log/ref.ts';
import { partitionPk } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import type { Bounds } from './fetch.ts';
import { chunkThatHolds, refRuns } from './find-refs.ts';
import { headOf } from './heads.ts';
import { onPartition } from './on-topic.ts';
import { readRanges, recordsIn } from './ranges.ts';

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
export async function partitionOffsets(
  engine: Engine,
  call: Call,
  partition: PartitionName,
): Promise<Bounds> {
  return onPartition(engine, call, partition, async (id) => {
    const { logStart, nextOffset } = await headOf(engine, call, id);
    return { logStart, highWatermark: nextOffset };
  });
}

/** The first offset whose record has that timestamp or a later one; the log end offset when there
 * is none. Source: Kafka's ListOffsets (KIP-79).
 * @param request.timestamp milliseconds since 1970 */
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
  const head = await headOf(engine, call, id);
  const from =
    head.timeBefore >= timestamp
      ? await chunkReaching(engine, call, { id, head, timestamp })
      : Math.max(head.tailBase, head.logStart);
  for await (const run of refRuns(engine, call, { id, head, offset: from })) {
    for (let index = run.indexOf(Math.max(from, run.baseOffset)); index < run.length; index++) {
      const ref = run.at(index);
      if (ref.timestampMax < timestamp) continue;
      const found = await firstInRef(engine, call, ref, { id, from: head.logStart, timestamp });
      if (found !== undefined) return found;
    }
  }
  return head.nextOffset;
}

/** An offset in the first chunk by whose end the time was reached: halving, since what chunks say
 * of it never falls. */
async function chunkReaching(
  engine: Engine,
  call: Call,
  { id, head, timestamp }: { id: PartitionId; head: Head; timestamp: number },
): Promise<number> {
  let low = head.logStart;
  let high = head.tailBase;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const chunk: Chunk | undefined = await chunkThatHolds(engine, call, id, middle);
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
  { id, from, timestamp }: { id: PartitionId; from: number; timestamp: number },
): Promise<number | undefined> {
  const read = await readRanges(engine, call, [ref]);
  if (read.kind === 'missing') {
    engine.chunks.drop(partitionPk(id));
    throw new EngineError('UNAVAILABLE', 'the index changed while it was read; try again');
  }
  for (const batch of read.ranges.flatMap(({ batches }) => batches)) {
    const reached = recordsIn(batch).find(
      (record) => record.offset >= from && record.timestamp >= timestamp,
    );
    if (reached !== undefined) return reached.offset;
  }
  return undefined;
}
