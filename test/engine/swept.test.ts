// A segment that may have been swept is never committed: its writer writes a newer one, whatever
// the clocks say.

import { expect, test } from 'vitest';
import { produceRecords } from '../../shared/engine/produce.ts';
import { segmentTime } from '../../shared/ids.ts';
import { readHead } from '../../shared/log/head.ts';
import { decodeRef } from '../../shared/log/ref.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headItem, headKey } from '../../shared/store/items.ts';
import { fetchFrom, produce, readAll, valuesOf } from '../world/story.ts';
import { inWorld } from '../world/world.ts';

test('a writer refused by a sweep stores its bytes anew, above the swept time', async () => {
  await inWorld(1, async (world) => {
    const topic = await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    await produce(world, engine, ['a']);
    const key = headKey({ topicId: topic.id, partition: 0 });
    const sweptBefore = world.time.now() + 600_000;
    await world.account.stored.write({
      update: key,
      actions: [{ set: headItem.sweptBefore, to: { value: sweptBefore } }],
    });
    const putsBefore = engine.operations.objectPuts;
    expect(await produce(world, engine, ['b'])).toEqual([1]);
    expect(engine.operations.objectPuts - putsBefore).toBe(2);
    expect(await produce(world, engine, ['c'])).toEqual([2]);
    expect(engine.operations.objectPuts - putsBefore).toBe(3);
    const { tail } = readHead(world.account.stored.peek(key) as Item);
    const times = tail.map((ref) => segmentTime(decodeRef(ref).segment));
    expect(times.slice(1).every((time) => time > sweptBefore)).toBe(true);
    expect(await readAll(world)).toEqual(['a', 'b', 'c']);
  });
});

test('of the partitions of a request those refused by a sweep go again, they alone', async () => {
  await inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 4 });
    const engine = world.newEngine();
    const produceAll = async (value: string) => {
      const records = [0, 1, 2, 3].map((partition) => {
        return { key: null, value: Buffer.from(value), headers: [], partition };
      });
      return produceRecords(engine, world.call(engine), { topic: 'orders', records });
    };
    await produceAll('a');
    for (const [partition, ahead] of [0, 600_000, 0, 900_000].entries()) {
      if (ahead === 0) continue;
      const actions = [{ set: headItem.sweptBefore, to: { value: world.time.now() + ahead } }];
      await world.account.stored.write({ update: headKey({ topicId, partition }), actions });
    }
    const before = { ...engine.operations };
    const entries = await produceAll('b');
    expect(entries).toMatchObject([{ offset: 1 }, { offset: 1 }, { offset: 1 }, { offset: 1 }]);
    expect(engine.operations.objectPuts - before.objectPuts).toBe(2);
    expect(engine.operations.tableWrites - before.tableWrites).toBe(6);
    for (const partition of [0, 1, 2, 3]) {
      expect(valuesOf(await fetchFrom(world, engine, 0, { partition }))).toEqual(['a', 'b']);
    }
  });
});
