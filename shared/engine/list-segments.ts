// What a partition is stored in, from an offset on: each ref of its index as a segment, which is
// what one append has put, or a merge has made of many. Nothing of the objects themselves is read.

import { EngineError } from '../errors.ts';
import type { PartitionId, PartitionName } from '../ids.ts';
import { fetchRereadsMax } from '../limits.ts';
import type { Head } from '../log/head.ts';
import type { PlacedRef } from '../log/ref.ts';
import { partitionPk } from '../store/items.ts';
import { type Bounds, boundsOf, offsetOutOfRange } from './bounds.ts';
import type { Call, Engine } from './engine.ts';
import { refRuns } from './find-refs.ts';
import { headOf } from './heads.ts';
import { onPartition } from './on-topic.ts';

export type ListedSegments = Bounds & {
  readonly segments: readonly PlacedRef[];
  /** Where to go on: the log end offset when these were the last. */
  readonly nextOffset: number;
};

/** Segments from the one that holds the offset on.
 * @param request.offset undefined: the log start
 * @param request.limit how many at most
 * @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION, OFFSET_OUT_OF_RANGE, THROTTLED,
 *   UNAVAILABLE */
export function listSegments(
  engine: Engine,
  call: Call,
  request: PartitionName & { readonly offset: number | undefined; readonly limit: number },
): Promise<ListedSegments> {
  return onPartition(engine, call, request, async (id) => {
    for (let rereads = 0; rereads <= fetchRereadsMax; rereads++) {
      const head = await headOf(engine, call, id);
      const { offset = head.logStart, limit } = request;
      const isWithin = offset >= head.logStart && offset <= head.nextOffset;
      if (!isWithin) throw offsetOutOfRange(head, offset);
      if (offset === head.nextOffset) {
        return { ...boundsOf(head), segments: [], nextOffset: offset };
      }
      const place = { id, head, offset, strong: rereads > 0 };
      const { segments, nextOffset } = await segmentsFrom(engine, call, place, limit);
      if (segments.length > 0) return { ...boundsOf(head), segments, nextOffset };
      // What was kept of the index is old.
      engine.chunks.drop(partitionPk(id));
    }
    throw new EngineError('UNAVAILABLE', 'the index changed while it was read; try again');
  });
}

type Place = {
  readonly id: PartitionId;
  readonly head: Head;
  readonly offset: number;
  readonly strong: boolean;
};

async function segmentsFrom(engine: Engine, call: Call, place: Place, limit: number) {
  const segments: PlacedRef[] = [];
  let nextOffset = place.offset;
  for await (const run of refRuns(engine, call, place)) {
    const first = run.indexOf(Math.max(place.offset, run.baseOffset));
    for (let index = first; index < run.length; index++) {
      if (segments.length >= limit) return { segments, nextOffset };
      const ref = run.at(index);
      segments.push(ref);
      nextOffset = ref.baseOffset + ref.count;
    }
  }
  return { segments, nextOffset };
}
