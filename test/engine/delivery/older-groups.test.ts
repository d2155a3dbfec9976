// A group that others have used is taken over with what is committed in it; and one that was to be
// taken, and was not, is as it was.

import { expect, test } from 'vitest';
import { partitionsPerTopicMax } from '../../../shared/limits.ts';
import { progressOf, subscription, type Wanted } from '../../world/delivery-story.ts';
import { consumer, leave, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const wanted: Wanted = { name: 'billing', group: 'shop', from: 'latest' };

/** Somebody has read another topic, and has left. */
async function usedGroup(world: World): Promise<void> {
  await world.createTopic({ name: 'other', partitions: 1 });
  await produce(world, world.newEngine(), ['x'], { topic: 'other' });
  const old = await consumer(world, { instance: 'old' }, { topics: ['other'] });
  await polled(world, old);
  await polled(world, old);
  await leave(world, old);
}

test('a creation that freezes before any of its steps has moved nothing in it', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(300 + step, async (world) => {
      await usedGroup(world);
      await world.createTopic({ name: 'orders', partitions: 1 });
      await produce(world, world.newEngine(), ['a', 'b']);
      const creation = await freezing(world, step, (own) => subscription(world, own, wanted));
      if (!creation.isFrozen) return false;
      const one = await consumer(world, { instance: 'one' });
      const given = [...(await polled(world, one)), ...(await polled(world, one))];
      expect(values(given), `frozen before step ${step}`).toEqual(['a', 'b']);
      return true;
    });
    if (isFrozen) continue;
    expect(step).toBeGreaterThan(7);
    return;
  }
});

test('of a topic of many partitions it takes their beginnings alone', () =>
  inWorld(1, async (world) => {
    await usedGroup(world);
    const partitions = partitionsPerTopicMax / 10;
    await world.createTopic({ name: 'orders', partitions });
    const engine = world.newEngine();
    await produce(world, engine, ['a']);
    const refused = await subscription(world, engine, wanted).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'INVALID_FIELD' });
    expect((refused as Error).message).toMatch(/^starting_position: 100 partitions/);
    await subscription(world, engine, { ...wanted, from: 'earliest' });
    const [first] = await progressOf(world, 'billing');
    expect(first).toMatchObject({ committed: 0, lag: 1 });
  }));

test('a new group begins anywhere in as many', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: partitionsPerTopicMax / 4 });
    const engine = world.newEngine();
    await produce(world, engine, ['a', 'b']);
    await subscription(world, engine, wanted);
    const all = await progressOf(world, 'billing');
    expect(all).toHaveLength(250);
    expect(all.map(({ committed }) => committed)).toEqual([2, ...Array(249).fill(0)]);
  }));
