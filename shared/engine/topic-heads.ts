// The heads of a topic's partitions, made and deleted many at a time. Both may be done again: a
// head is put only if it is absent, so that a put that comes late resets nothing.

import type { PartitionId, TopicId } from '../ids.ts';
import { headWritesInFlightMax } from '../limits.ts';
import { newHead } from '../log/head.ts';
import { headKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableWrite } from './retry.ts';

/** From inclusive, to exclusive. */
type Partitions = { readonly from: number; readonly to: number };

export function putHeads(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  partitions: Partitions,
): Promise<void> {
  return forEach(topicId, partitions, (id) =>
    repeatableWrite(engine, call, { put: newHead(id), if: { item: 'absent' } }),
  );
}

export function deleteHeads(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  partitions: Partitions,
): Promise<void> {
  return forEach(topicId, partitions, (id) =>
    repeatableWrite(engine, call, { delete: headKey(id) }),
  );
}

async function forEach(
  topicId: TopicId,
  { from, to }: Partitions,
  work: (id: PartitionId) => Promise<unknown>,
): Promise<void> {
  for (let first = from; first < to; first += headWritesInFlightMax) {
    const length = Math.min(headWritesInFlightMax, to - first);
    const ids = Array.from({ length }, (_, index) => ({ topicId, partition: first + index }));
    await Promise.all(ids.map(work));
  }
}
