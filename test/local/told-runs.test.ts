// What the embedded engine does without being asked is told as the functions tell it.

import { expect, test } from 'vitest';
import { pacesAlone } from '../../local/housekeeping.ts';
import { newDeliverer, newReceiver, subscription } from '../world/delivery-story.ts';
import { produce } from '../world/story.ts';
import { inWorld } from '../world/world.ts';
import { newKeeper, newTopic, produceChunks } from './keepers.ts';

test('looking after partitions, and clearing away', () =>
  inWorld(1, async (world) => {
    await newTopic(world, 1);
    const { housekeeping, engine, told } = newKeeper(world);
    await produceChunks(world, world.newEngine(), 0);
    housekeeping.start(engine);
    await world.time.sleep(3 * pacesAlone.gatherMillis);
    expect(told.every(({ operation, outcome }) => `${operation} ${outcome}` === 'upkeep ok')).toBe(
      true,
    );
    expect(told.map(({ did }) => did.backlog)).toContain(0);
    await world.time.sleep(pacesAlone.firstCollectMillis + pacesAlone.graceMillis);
    await world.time.sleep(pacesAlone.collectMillis);
    const collected = told.filter(({ operation }) => operation === 'collect');
    expect(collected.at(-1)).toMatchObject({ outcome: 'ok', did: { leftObjects: 0 } });
    expect(collected.some(({ did }) => (did.deletedBytes ?? 0) > 0)).toBe(true);
    await housekeeping.stop();
  }));

test('delivering: to whom, how many, how old they were, and how long that took', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, async () => {
      await world.time.sleep(300);
      return undefined;
    });
    const billing = await subscription(world, world.newEngine());
    await produce(world, world.newEngine(), ['a', 'b', 'c']);
    await world.time.sleep(7_000);
    const { stop, told } = newDeliverer(world, receiver.targets);
    await world.time.sleep(5_000);
    const delivered = told.filter(({ did }) => did.consumedMessages > 0);
    expect(delivered).toMatchObject([
      {
        operation: 'deliver',
        outcome: 'ok',
        did: { topic: 'orders', group: billing.group, partition: 0, consumedMessages: 3, lag: 0 },
      },
    ]);
    const [first] = delivered;
    expect(first?.did.ageMillis).toBeGreaterThanOrEqual(7_000);
    expect(first?.did.processMillis).toHaveLength(1);
    expect(first?.did.processMillis[0]).toBeGreaterThanOrEqual(300);
    expect(told.map(({ operation }) => operation)).toContain('sweep');
    await stop();
  }));
