// A subscription's group is its own: no instance comes into it, whenever it was asked for, and it
// is deleted with the subscription and not before.

import { expect, test } from 'vitest';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { deleteGroup } from '../../../shared/engine/group/delete-group.ts';
import { findGroup } from '../../../shared/engine/group/read-group.ts';
import { resetGroup } from '../../../shared/engine/group/reset-group.ts';
import { offsetsRetentionMillis } from '../../../shared/limits.ts';
import {
  callsOf,
  newReceiver,
  progressOf,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { consumer, leave, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('it is nobody else’s while it is there, and anybody’s afterwards', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    await subscription(world, engine, { group: 'shop', from: 'latest' });
    const instance = () => consumer(world, { instance: 'one' });
    await expect(instance()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    const ends = () => deleteGroup(engine, world.call(engine), 'shop');
    await expect(ends()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    const move = () => resetGroup(engine, world.call(engine), { group: 'shop', to: 'earliest' });
    await expect(move()).rejects.toMatchObject({ code: 'ILLEGAL_STATE' });
    await produce(world, engine, ['a']);
    await deleteSubscription(engine, world.call(engine), 'billing');
    expect(values(await polled(world, await instance()))).toEqual(['a']);
  }));

test('an instance that freezes before any of its steps does not come into it', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const engine = world.newEngine();
      // One that is there already is taken over as it is.
      await leave(world, await consumer(world, { instance: 'one' }));
      const frozen = await freezing(world, step, (own) =>
        consumer(world, { instance: 'one', engine: own }, { topics: [] }),
      );
      if (!frozen.isFrozen) return false;
      await subscription(world, engine, { group: 'shop' });
      expect([step, await frozen.thaw()]).toMatchObject([step, { code: 'ILLEGAL_STATE' }]);
      const group = await findGroup(engine, world.call(engine), 'shop');
      expect(group).toMatchObject({ sessions: new Map(), subscription: 'billing' });
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(2);
      return;
    }
  }
});

test('what is committed in it is not forgotten, however long it rests', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a']);
    await woken(world, receiver, billing);
    await world.time.sleep(2 * offsetsRetentionMillis);
    expect(await progressOf(world)).toMatchObject([{ committed: 1, lag: 0 }]);
    await produce(world, engine, ['b']);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([[0], [1]]);
  }));
