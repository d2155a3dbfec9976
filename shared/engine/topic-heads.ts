// The heads of a topic's partitions, made and deleted many at a time. Both may be done again. A
// head is put only if it is absent, so that a put that comes late resets nothing, and only while
// its topic is not doomed, so that none comes back after it was deleted: whoever has an old cache
// would be acknowledged on it.

import { EngineError } from '../errors.ts';
import type { PartitionId, TopicId } from '../ids.ts';
import { headWritesInFlightMax, transactItemsMax } from '../limits.ts';
import { newHead } from '../log/head.ts';
import type { Write } from '../store/algebra.ts';
import { doomedKey, headKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { repeatableTransaction, repeatableWrite } from './retry.ts';

/** From inclusive, to exclusive. */
type Partitions = { readonly from: number; readonly to: number };

/** Changes nothing, and refuses what it is sent with once the topic is deleted. */
export function unlessDoomed(topicId: TopicId): Write {
  return { delete: doomedKey(topicId), if: { item: 'absent' } };
}

/** @throws EngineError UNKNOWN_TOPIC: it was deleted meanwhile. */
export async function putHeads(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  partitions: Partitions,
): Promise<void> {
  for (const some of runs(topicId, partitions, transactItemsMax - 1)) {
    let absent = some;
    while (absent.length > 0) {
      const puts = absent.map((id): Write => ({ put: newHead(id), if: { item: 'absent' } }));
      const writes = [unlessDoomed(topicId), ...puts];
      const { result } = await repeatableTransaction(engine, call, writes);
      if (result.kind === 'done') break;
      const [doomed, ...there] = result.refusals;
      if (doomed !== undefined) throw deletedMeanwhile();
      absent = absent.filter((_, index) => there[index] === undefined);
    }
  }
}

export async function deleteHeads(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  partitions: Partitions,
): Promise<void> {
  for (const some of runs(topicId, partitions, headWritesInFlightMax)) {
    await Promise.all(some.map((id) => repeatableWrite(engine, call, { delete: headKey(id) })));
  }
}

function* runs(
  topicId: TopicId,
  { from, to }: Partitions,
  most: number,
): Generator<readonly PartitionId[]> {
  for (let first = from; first < to; first += most) {
    const length = Math.min(most, to - first);
    yield Array.from({ length }, (_, index) => ({ topicId, partition: first + index }));
  }
}

function deletedMeanwhile(): EngineError {
  return new EngineError('UNKNOWN_TOPIC', 'the topic was deleted meanwhile', { field: 'topic' });
}
