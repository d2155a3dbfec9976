// Creating a subscription: it is there as a whole or not at all, its group is its own, and where it
// begins is where it was asked to.

import { expect, test } from 'vitest';
import type { Subscription } from '../../../shared/delivery/subscription.ts';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { allSubscriptions, routesOf } from '../../../shared/engine/delivery/find-subscription.ts';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { findGroup } from '../../../shared/engine/group/read-group.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  progressOf,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { consumer, leave, polled } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, unheard } from '../../world/meddled-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

async function expectWhole(world: World, { name, id, topicId, group, life }: Subscription) {
  const engine = world.newEngine();
  const call = world.call(engine);
  const all = await allSubscriptions(engine, call);
  expect(all.map((one) => [one.name, one.id])).toEqual([[name, id]]);
  expect(await routesOf(engine, call, topicId)).toMatchObject([{ subscription: name }]);
  expect(await findGroup(engine, call, group)).toMatchObject({ subscription: name, life });
  expect(await headOf(engine, call, { topicId, partition: 0 })).toMatchObject({ isFollowed: true });
  expect(await progressOf(world, name)).toHaveLength(2);
}

test('of two at once that want one group, one gets it', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const names = ['one', 'two', 'three'];
    const created = await Promise.allSettled(
      names.map((name) => subscription(world, world.newEngine(), { name, group: 'shop' })),
    );
    const done = created.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    const refused = created.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(done).toHaveLength(1);
    expect(refused).toMatchObject([{ code: 'ILLEGAL_STATE' }, { code: 'ILLEGAL_STATE' }]);
    await expectWhole(world, done[0] as Subscription);
  }));

test('one that was used by others goes on where they were', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const producer = world.newEngine();
    await produce(world, producer, ['a', 'b', 'c']);
    const one = await consumer(world, { instance: 'one' });
    await polled(world, one);
    const offsets = [{ topic: 'orders', partition: 0, offset: 2, metadata: '' }];
    await commitOffsets(one.engine, world.call(one.engine), one, offsets);
    const takes = () => subscription(world, producer, { group: 'shop', from: 'latest' });
    await expect(takes()).rejects.toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    await leave(world, one);
    const billing = await takes();
    expect(await progressOf(world)).toMatchObject([{ committed: 3 }]);
    const receiver = newReceiver(world);
    await produce(world, producer, ['d']);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([[3]]);
  }));

test('one that may have been done, and was, delivers like any other', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await produce(world, engine, ['a']);
    await world.time.sleep(1_000);
    // Its group is made, and it is.
    world.faults.next('transact', undefined, 'after');
    const from = world.time.now();
    await subscription(world, engine);
    await caughtUp(world, engine);
    expect(callsOf(receiver)).toEqual([[0]]);
    expect(world.time.now() - from).toBeLessThan(2_000);
    await stop();
  }));

test('one that may have been done is not said to be throttled', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    let sent = 0;
    const engine = meddledEngine(world, {
      at: ({ operation, keys }) =>
        sent > 0 || (operation === 'transact' && keys.some(({ pk }) => pk === 'subscriptions')),
      by: async (work) => {
        if (sent++ > 1) throw new StoreError('not-done', 'throttled');
        // Done, and refused by that when it is sent again.
        const answer = await work();
        if (sent > 1) return answer;
        throw unheard();
      },
    });
    const created = subscription(world, engine);
    await expect(created).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await progressOf(world)).toHaveLength(1);
  }));

test('a name that is taken, a topic that is not there, a place for dead letters that is not', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    await subscription(world, engine);
    const code = async (wanted: Parameters<typeof subscription>[2]) =>
      subscription(world, engine, { group: 'new', ...wanted }).catch((error) => error.code);
    expect(await code({})).toBe('SUBSCRIPTION_EXISTS');
    expect(await code({ name: 'other', topic: 'ghost' })).toBe('UNKNOWN_TOPIC');
    expect(await code({ name: 'other', deadLetterTopic: 'ghost' })).toBe('UNKNOWN_TOPIC');
    expect(await code({ name: 'other', deadLetterTopic: '../ghost' })).toBe('UNKNOWN_TOPIC');
    expect(await code({ name: 'other', deadLetterTopic: 'orders' })).toBe('INVALID_FIELD');
    expect(await code({ name: 'other', attemptsMax: 3 })).toBe('INVALID_FIELD');
    expect(await code({ name: 'other', ageMillisMax: 3_000 })).toBe('INVALID_FIELD');
    expect(await code({ name: 'other', group: 'billing-group' })).toBe('ILLEGAL_STATE');
    expect(await findGroup(engine, world.call(engine), 'new')).toBeUndefined();
  }));

test('whoever delivers for the one before does not move where it begins', async () => {
  for (let step = 1; ; step++) {
    for (let creation = 0; ; creation++) {
      const [isFrozen, isCreating] = await inWorld(100 + step, async (world) => {
        await world.createTopic({ name: 'orders', partitions: 1 });
        const producer = world.newEngine();
        const receiver = newReceiver(world);
        const first = await subscription(world, producer);
        await produce(world, producer, ['a', 'b', 'c']);
        const worker = await freezing(world, step, (engine) =>
          woken(world, receiver, first, { engine }),
        );
        if (!worker.isFrozen) return [false, false];
        await deleteSubscription(producer, world.call(producer), 'billing');
        const creator = await freezing(world, creation, (engine) =>
          subscription(world, engine, { from: 'latest' }),
        );
        expect(await worker.thaw()).toBeUndefined();
        expect(await creator.thaw()).toMatchObject({ name: 'billing' });
        const where = [step, creation, await progressOf(world)];
        expect(where).toMatchObject([step, creation, [{ committed: 3 }]]);
        return [true, creator.isFrozen];
      });
      if (!isFrozen) {
        expect(step).toBeGreaterThan(6);
        return;
      }
      if (!isCreating) break;
    }
  }
});
