// The sentences of stories about what a log keeps: one whose records have the times that the story
// wants, what retention does to it, and what is left in its index.

import type { Call, Engine } from '../../shared/engine/engine.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { type Retained, retainPartition } from '../../shared/engine/upkeep/retain-partition.ts';
import type { PartitionId } from '../../shared/ids.ts';
import { type Chunk, readChunk } from '../../shared/log/chunk.ts';
import { type Head, readHead } from '../../shared/log/head.ts';
import { refsOfTail } from '../../shared/log/refs.ts';
import type { Retention } from '../../shared/log/retention.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { chunkSk, headKey, partitionPk } from '../../shared/store/items.ts';
import type { World } from './world.ts';

/** When an order was made: a second after the one before it, the first a day before any story. */
export function timeOfOrder(at: number): number {
  return Date.UTC(2025, 11, 31) + at * 1_000;
}

/** Half a second before the one before it is too old. */
export function keptFrom(world: World, at: number): Pick<Retention, 'millis'> {
  return { millis: world.time.now() - timeOfOrder(at) + 500 };
}

/** Appends of one record each, `0`, `1` and so on.
 * @param more.engine that appends; its rolls are awaited.
 * @param more.firstMadeAt of the first, if it was not made when it should have been. */
export async function logOfOrders(
  world: World,
  orders: number,
  more: {
    readonly engine?: Engine;
    readonly configs?: Readonly<Record<string, string>>;
    readonly firstMadeAt?: number;
  } = {},
): Promise<PartitionId> {
  const { engine = world.newEngine(), configs = {}, firstMadeAt = timeOfOrder(0) } = more;
  const topic = { name: 'orders', partitions: 1, configs: new Map(Object.entries(configs)) };
  const { id: topicId } = await world.createTopic(topic);
  for (let at = 0; at < orders; at++) {
    await append(world, engine, String(at), at === 0 ? firstMadeAt : timeOfOrder(at));
  }
  return { topicId, partition: 0 };
}

/** In a request of its own. @param timestamp milliseconds since 1970 */
export async function append(
  world: World,
  engine: Engine,
  value: string,
  timestamp: number,
): Promise<void> {
  const record = { key: Buffer.from('k'), value: Buffer.from(value), headers: [], timestamp };
  const wanted = { topic: 'orders', records: [{ ...record, partition: 0 }] };
  await produceRecords(engine, world.call(engine), wanted);
  await engine.background.idle();
}

export const keepsAll: Retention = { millis: undefined, bytes: undefined };

/** In a process of its own unless another is named. */
export function retain(
  world: World,
  id: PartitionId,
  retention: Partial<Retention>,
  { engine = world.newEngine(), call = world.call(engine) }: { engine?: Engine; call?: Call } = {},
): Promise<Retained> {
  return retainPartition(engine, call, id, { ...keepsAll, ...retention });
}

export function headNow(world: World, id: PartitionId): Head {
  return readHead(world.account.stored.peek(headKey(id)) as Item);
}

/** All that are stored, in their order. */
export function chunksNow(world: World, id: PartitionId): readonly Chunk[] {
  const range = { pk: partitionPk(id), from: chunkSk(0), to: chunkSk(10 ** 15), limit: 100_000 };
  return world.account.stored.peekRange(range).map(readChunk);
}

/** Stored bytes of what is not wholly below the log start. */
export function bytesNow(world: World, id: PartitionId): number {
  const { logStart, tail, tailBase } = headNow(world, id);
  const chunks = chunksNow(world, id).filter(({ baseOffset }) => baseOffset < tailBase);
  const refs = [...chunks, refsOfTail(tailBase, tail)].flatMap((run) => {
    return Array.from({ length: run.length }, (_, at) => run.at(at));
  });
  const kept = refs.filter(({ baseOffset, count }) => baseOffset + count > logStart);
  return kept.reduce((sum, { length }) => sum + length, 0);
}
