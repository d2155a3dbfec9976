// Seeking a subscription that somebody resumes meanwhile: whoever resumes wakes workers before the
// offsets are back, so seeking wakes them again.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import { callsOf, newReceiver, noted, subscription, woken } from '../../world/delivery-story.ts';
import { meddledEngine, writes } from '../../world/meddled-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('one that is resumed, and delivers to its end, while it is sought is woken after that', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    const receiver = newReceiver(world);
    const billing = await subscription(world, engine);
    await produce(world, engine, ['a', 'b']);
    const set = (state: 'paused' | 'running') =>
      changeSubscription(engine, world.call(engine), 'billing', { state });
    await set('paused');
    const wakeUps = noted();
    const seeker = meddledEngine(world, {
      at: (step) => writes(step, 'lease#') && receiver.received.length === 0,
      by: async (work) => {
        await set('running');
        await woken(world, receiver, billing);
        return work();
      },
    });
    const sought = { ...seeker, wakeUps };
    await seekSubscription(sought, world.call(sought), 'billing', { to: 'earliest' });
    expect(wakeUps.sent).toMatchObject([{ subscription: 'billing', partition: 0 }]);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  }));
