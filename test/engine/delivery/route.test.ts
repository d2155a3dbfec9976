// Appends that were told of become wake-ups: one for each subscription that runs on the topic and
// each partition, in the queue that its deliveries wait in.

import { expect, test } from 'vitest';
import { routeAppends } from '../../../shared/engine/delivery/route-appends.ts';
import { createEngine } from '../../../shared/engine/engine.ts';
import type { TopicId } from '../../../shared/ids.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import { noted, subscription } from '../../world/delivery-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { inWorld, type World } from '../../world/world.ts';

function router(world: World) {
  const wakeUps = noted();
  const { objects, table } = world.newEngine();
  const chance = seededChance(5);
  const engine = createEngine({ objects, table, clock: world.time, chance, wakeUps });
  const route = (topicId: TopicId, ...partitions: readonly number[]) => {
    const appended = partitions.map((partition) => ({ topicId, partition }));
    return routeAppends(engine, world.call(engine), appended);
  };
  return { engine, route, wakeUps };
}

test('each subscription is woken once for each partition, however many appends there were', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 6 });
    const { id: other } = await world.createTopic({ name: 'other', partitions: 1 });
    const { engine, route, wakeUps } = router(world);
    await subscription(world, engine, { name: 'all' });
    await subscription(world, engine, { name: 'two', deliveriesMax: 2 });
    await subscription(world, engine, { name: 'else', topic: 'other' });
    wakeUps.sent.length = 0;
    await route(topicId, 3, 4, 3, 3);
    expect(wakeUps.sent).toEqual([
      { subscription: 'all', topicId, partition: 3, queue: 3, fence: 0 },
      { subscription: 'all', topicId, partition: 4, queue: 4, fence: 0 },
      { subscription: 'two', topicId, partition: 3, queue: 1, fence: 0 },
      { subscription: 'two', topicId, partition: 4, queue: 0, fence: 0 },
    ]);
    wakeUps.sent.length = 0;
    await route(other, 0);
    expect(wakeUps.sent).toMatchObject([{ subscription: 'else', topicId: other }]);
  }));

test('a topic on which none runs wakes nobody', () =>
  inWorld(2, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const { route, wakeUps } = router(world);
    await route(topicId, 0);
    await route(topicId);
    expect(wakeUps.sent).toEqual([]);
  }));

test('wake-ups that are not sent are an error, so that the appends are told of again', () =>
  inWorld(3, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const { engine } = router(world);
    await subscription(world, engine);
    const send = () => Promise.reject(new StoreError('not-done', 'throttled'));
    const deaf = { ...engine, wakeUps: { send } };
    const routed = routeAppends(deaf, world.call(engine), [{ topicId, partition: 0 }]);
    await expect(routed).rejects.toMatchObject({ code: 'THROTTLED' });
  }));
