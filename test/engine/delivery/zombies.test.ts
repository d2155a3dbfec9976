// Two who deliver for one partition: one freezes or dies before any of his steps, another takes it
// over once his time is over, and then he thaws. What he knows counts for nothing any more, nothing
// is passed over, and the order holds.

import { expect, test } from 'vitest';
import { leaseOf } from '../../../shared/engine/group/read-group.ts';
import { commitWrite, readLease, tenureOf } from '../../../shared/group/lease.ts';
import type { WakeUp } from '../../../shared/ports/wake-ups.ts';
import { leaseItem, leaseKey } from '../../../shared/store/group-items.ts';
import {
  callsOf,
  caughtUp,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  progressOf,
  refusing,
  subscription,
  takenOf,
  until,
  type Wanted,
  woken,
} from '../../world/delivery-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, writes } from '../../world/meddled-engine.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

/** Longer than a lease is. */
const leaseMillis = 70_000;

const values = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** For each step of a worker: what happens while he is frozen before it. */
async function beforeEachStep(
  wanted: Wanted,
  refused: readonly string[],
  meanwhile: (world: World, wake: () => Promise<void>) => Promise<void>,
): Promise<void> {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      await world.createTopic({ name: 'dead', partitions: 1 });
      const producer = world.newEngine();
      const receiver = newReceiver(world, refusing(...refused));
      const billing = await subscription(world, producer, wanted);
      await produce(world, producer, values);
      const worker = await freezing(world, step, (engine) =>
        woken(world, receiver, billing, { engine }),
      );
      if (!worker.isFrozen) return false;
      await meanwhile(world, () => woken(world, receiver, billing));
      expect([step, await worker.thaw()]).toEqual([step, undefined]);
      await world.time.sleep(leaseMillis);
      for (let rounds = 0; rounds < 3; rounds++) await woken(world, receiver, billing);
      const good = offsetsBelow(7).filter((offset) => !refused.includes(values[offset] ?? ''));
      expect([step, takenOf(receiver)]).toEqual([step, good]);
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 7, lag: 0 }]]);
      expect([step, await readAll(world, 0, 'dead')]).toEqual([step, refused]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
}

const two = { batchRecordsMax: 2 };

test('another delivers all of it meanwhile', () =>
  beforeEachStep(two, [], async (world, wake) => {
    await world.time.sleep(leaseMillis);
    await wake();
  }));

test('another comes before his time is over, and leaves it to him', () =>
  beforeEachStep(two, [], async (_, wake) => wake()));

test('another finds what is bad meanwhile', () =>
  beforeEachStep(
    { attemptsMax: 2, deadLetterTopic: 'dead', retryMillisMin: 100 },
    ['c', 'f'],
    async (world, wake) => {
      await world.time.sleep(leaseMillis);
      await wake();
    },
  ));

test('each of two who freeze in turn', async () => {
  for (let step = 3; step < 12; step++) {
    await inWorld(200 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      const receiver = newReceiver(world);
      const billing = await subscription(world, world.newEngine(), two);
      await produce(world, world.newEngine(), values);
      const freeze = () =>
        freezing(world, step, (engine) => woken(world, receiver, billing, { engine }));
      const first = await freeze();
      await world.time.sleep(leaseMillis);
      const second = await freeze();
      await world.time.sleep(leaseMillis);
      await first.thaw();
      await woken(world, receiver, billing);
      await second.thaw();
      await world.time.sleep(leaseMillis);
      await woken(world, receiver, billing);
      expect([step, takenOf(receiver)]).toEqual([step, offsetsBelow(7)]);
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 7 }]]);
    });
  }
});

test('who takes over goes on from what was committed last, though he had read before', () =>
  inWorld(1, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
    const producer = world.newEngine();
    const receiver = newReceiver(world);
    const billing = await subscription(world, producer);
    await produce(world, producer, values);
    // Somebody who has it, and commits after his time, as he may until somebody takes it.
    const slow = await freezing(world, 5, (engine) => woken(world, receiver, billing, { engine }));
    await world.time.sleep(leaseMillis);
    const id = { topicId, partition: 0 };
    const engine = meddledEngine(world, {
      at: (step) => writes(step, 'lease#'),
      by: async (work) => {
        const now = await leaseOf(producer, world.call(producer), billing.group, id);
        if (now?.owner !== undefined && now.fence === 1 && now.commit?.offset === 0) {
          const tenure = tenureOf({ ...id, fence: 1 }, now.owner);
          const commit = { offset: 4, metadata: '', at: world.time.now() };
          const { group: name, life } = billing;
          await world.account.stored.write(commitWrite({ name, life }, tenure, commit));
        }
        return work();
      },
    });
    await woken(world, receiver, billing, { engine });
    expect(callsOf(receiver)).toEqual([[4, 5, 6]]);
    expect(await progressOf(world)).toMatchObject([{ committed: 7 }]);
    const item = await world.account.stored.get(leaseKey(billing.group, id), { strong: true });
    expect(item).not.toHaveProperty(leaseItem.owner);
    expect(item && readLease(item)).toMatchObject({ fence: 2 });
    await slow.thaw();
  }));

test('who comes while another has it comes again once that one’s time is over', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world);
    const billing = await subscription(world, world.newEngine());
    await produce(world, world.newEngine(), values);
    await freezing(world, 5, (engine) => woken(world, receiver, billing, { engine }));
    const sent: { partition: number; at: number | undefined }[] = [];
    const engine = {
      ...world.newEngine(),
      wakeUps: {
        send: async ([wakeUp]: readonly WakeUp[], at?: number) =>
          void sent.push({ partition: wakeUp?.partition ?? -1, at }),
      },
    };
    await woken(world, receiver, billing, { engine });
    const id = { topicId: billing.topicId, partition: 0 };
    const lease = await leaseOf(engine, world.call(engine), billing.group, id);
    expect(sent).toEqual([{ partition: 0, at: lease?.until }]);
    expect(callsOf(receiver)).toEqual([]);
  }));

test('one that dies with a delivery under way: the next process delivers it again', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => world.time.sleep(1_000).then(() => undefined));
    const first = newDeliverer(world, receiver.targets);
    await subscription(world, first.engine, two);
    await produce(world, first.engine, values);
    await until(world, () => receiver.received.length === 2);
    first.kill();
    await world.time.sleep(5_000);
    expect(callsOf(receiver)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const second = newDeliverer(world, receiver.targets);
    await caughtUp(world, second.engine);
    expect(callsOf(receiver)).toEqual([[0, 1], [2, 3], [2, 3], [4, 5], [6]]);
    await second.stop();
  }));

test('and at once, if it is alone and knows it', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const receiver = newReceiver(world, () => world.time.sleep(1_000).then(() => undefined));
    const alone = { deliversAlone: true };
    const first = newDeliverer(world, receiver.targets, alone);
    await subscription(world, first.engine, two);
    await produce(world, first.engine, values);
    await until(world, () => receiver.received.length === 2);
    first.kill();
    await world.time.sleep(2_000);
    const second = newDeliverer(world, receiver.targets, alone);
    const from = world.time.now();
    await caughtUp(world, second.engine);
    expect(takenOf(receiver)).toEqual(offsetsBelow(7));
    expect(world.time.now() - from).toBeLessThan(5_000);
    await second.stop();
  }));
