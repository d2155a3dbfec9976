// Partitions that are looked after one after the other: one that fails, is gone, or has no time
// left keeps no other waiting.

import { expect, test } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { alterConfigs } from '../../../shared/engine/topics.ts';
import {
  type DuePartition,
  partitionsOfAll,
  upkeepPartitions,
} from '../../../shared/engine/upkeep/upkeep-partitions.ts';
import type { EpochMillis, PartitionId } from '../../../shared/ids.ts';
import { refsPerChunk } from '../../../shared/limits.ts';
import { readChunk } from '../../../shared/log/chunk.ts';
import { readHead } from '../../../shared/log/head.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import { chunkKey, headKey } from '../../../shared/store/items.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';
import { day, patientCall } from './household.ts';

const partitions = 3;
/** Records of each. */
const rolled = 2 * refsPerChunk;

/** Two chunks in each partition, of which a day later all is too old. */
async function agedTopic(world: World, name = 'orders'): Promise<readonly PartitionId[]> {
  const configs = new Map([['retention.ms', '1000']]);
  const { id: topicId } = await world.createTopic({ name, partitions, configs });
  const engine = world.newEngine();
  for (let round = 0; round < partitions * rolled; round++) {
    await produce(world, engine, ['v'], { topic: name, partition: round % partitions });
    await engine.background.idle();
  }
  await world.time.sleep(day);
  return Array.from({ length: partitions }, (_, partition) => ({ topicId, partition }));
}

function logStartOf({ account }: World, id: PartitionId): number {
  return readHead(account.stored.peek(headKey(id)) as Item).logStart;
}

/** Whose first chunk names an object that is not stored, and is to be merged. */
async function damage({ account }: World, id: PartitionId): Promise<void> {
  const { segment } = readChunk(account.stored.peek(chunkKey(id, 0)) as Item).at(0);
  await account.objects.delete([segmentKey(segment)]);
}

function byClock(ids: readonly PartitionId[]): readonly DuePartition[] {
  return ids.map((id) => ({ id, byClock: true }));
}

test('all partitions of all live topics are looked after', async () => {
  await inWorld(1, async (world) => {
    await agedTopic(world, 'gone');
    const ids = await agedTopic(world);
    const engine = world.newEngine();
    await deleteTopic(engine, world.call(engine), 'gone');
    const all = await partitionsOfAll(engine, world.call(engine));
    expect(all).toEqual(ids);
    await upkeepPartitions(engine, patientCall(engine), byClock(all));
    for (const id of ids) expect(logStartOf(world, id)).toBe(rolled);
  });
});

test('one that fails keeps no other waiting, and is told of at the end', async () => {
  for (let seed = 0; seed < 6; seed++) {
    await inWorld(seed, async (world) => {
      const aged = await agedTopic(world);
      const [damaged, ...others] = await agedTopic(world, 'kept');
      if (damaged === undefined) throw new Error('no partition');
      const engine = world.newEngine();
      const changes = new Map([['retention.ms', '-1']]);
      await alterConfigs(engine, world.call(engine), { name: 'kept', changes });
      await damage(world, damaged);
      const looked = upkeepPartitions(
        engine,
        patientCall(engine),
        byClock([damaged, ...others, ...aged]),
      );
      await expect(looked).rejects.toMatchObject({ code: 'DAMAGED' });
      for (const id of aged) expect(logStartOf(world, id)).toBe(rolled);
      // With the settings that it has when its turn comes.
      for (const id of others) expect(logStartOf(world, id)).toBe(0);
    });
  }
});

test('what is gone, or not there yet, is passed over', async () => {
  await inWorld(2, async (world) => {
    const gone = await agedTopic(world, 'gone');
    const [id] = await agedTopic(world);
    if (id === undefined) throw new Error('no partition');
    const engine = world.newEngine();
    await deleteTopic(engine, world.call(engine), 'gone');
    const unknown = { ...id, partition: partitions };
    await upkeepPartitions(engine, patientCall(engine), byClock([...gone, unknown, id]));
    expect(logStartOf(world, id)).toBe(rolled);
  });
});

test('of those for which there is no time, others come first the next time', async () => {
  await inWorld(3, async (world) => {
    const ids = await agedTopic(world);
    const doneIn = () => ids.filter((id) => logStartOf(world, id) > 0).length;
    const firsts = new Set<string>();
    for (let run = 0; run < 60 && doneIn() < partitions; run++) {
      const engine = world.newEngine();
      const before = ids.map((id) => logStartOf(world, id));
      // Enough for a step or two.
      const deadline = (world.time.now() + 40) as EpochMillis;
      await upkeepPartitions(engine, openCall(engine, { deadline }), byClock(ids));
      const changed = ids.findIndex((id, at) => logStartOf(world, id) !== before[at]);
      if (changed >= 0) firsts.add(`${changed}`);
    }
    expect(doneIn()).toBe(partitions);
    expect(firsts.size).toBeGreaterThan(1);
  });
});

test('of what was only rolled nothing goes by time: that is the clock’s', async () => {
  await inWorld(4, async (world) => {
    const ids = await agedTopic(world);
    const engine = world.newEngine();
    const rolledNow = ids.map((id) => ({ id, byClock: false }));
    await upkeepPartitions(engine, patientCall(engine), rolledNow);
    for (const id of ids) expect(logStartOf(world, id)).toBe(0);
  });
});
