// Bytes first: a segment is stored whole before any head names it. A put of unknown outcome is put
// again, same key and bytes.

import { EngineError } from '../errors.ts';
import {
  type EpochMillis,
  type PartitionId,
  type SegmentId,
  segmentIdOf,
  segmentRandomBytes,
  segmentTime,
} from '../ids.ts';
import { segmentKey } from '../segment/keys.ts';
import type { Segment } from '../segment/segment.ts';
import { partitionPk } from '../store/items.ts';
import { StoreError } from '../store/store-error.ts';
import type { Call, Engine } from './engine.ts';
import { repeatable } from './retry.ts';
import { greatest } from './shares.ts';

/** Its time is above every `sweptBefore` its writer knows of, whatever this clock says. */
export function newSegmentId(
  engine: Engine,
  into: Iterable<{ readonly id: PartitionId }>,
): SegmentId {
  const swept = Array.from(into, ({ id }) => engine.heads.get(partitionPk(id))?.sweptBefore ?? -1);
  const time = Math.max(engine.clock.now(), greatest(swept) + 1);
  return segmentIdOf(time as EpochMillis, engine.chance.bytes(segmentRandomBytes));
}

/** @returns the id it was stored under: another one, should the first be taken. */
export async function putSegment(
  engine: Engine,
  call: Call,
  first: SegmentId,
  { parts, crc32c }: Segment,
): Promise<SegmentId> {
  let id = first;
  let mayBeMine = false;
  const put = async () => {
    try {
      const answer = await call.objects.put({ key: segmentKey(id), parts, crc32c });
      if (answer === 'stored' || mayBeMine) return;
      id = segmentIdOf(segmentTime(id), engine.chance.bytes(segmentRandomBytes));
      throw new StoreError('not-done', 'conflict');
    } catch (error) {
      mayBeMine ||= error instanceof StoreError && error.outcome === 'unknown';
      throw error;
    }
  };
  try {
    await repeatable(engine, call, put);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // Whatever became of the object, no head will name it: a definite failure.
    throw new EngineError('UNAVAILABLE', 'the segment could not be stored; try again', {
      cause: error,
    });
  }
  return id;
}
