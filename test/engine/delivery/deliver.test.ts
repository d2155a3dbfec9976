// A receiver is given what is appended, in the order of its offsets, and what it has taken is
// committed; what it has not is tried again, halved, and in the end given up.

import { expect, test } from 'vitest';
import { readDeadLetter } from '../../../shared/delivery/dead-letter.ts';
import { describeSubscription } from '../../../shared/engine/delivery/describe-subscriptions.ts';
import { redrive } from '../../../shared/engine/delivery/redrive.ts';
import { caughtUp, newDeliverer, newReceiver, subscription } from '../../world/delivery-story.ts';
import { fetchFrom, produce, valuesOf } from '../../world/story.ts';
import { inWorld } from '../../world/world.ts';

test('what is appended is given to the function within moments, and committed', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const receiver = newReceiver(world);
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine);
    await produce(world, engine, ['a', 'b']);
    await produce(world, engine, ['x'], { partition: 1 });
    await produce(world, engine, ['c']);
    await caughtUp(world, engine);
    const of = (partition: number) =>
      receiver.received
        .filter((one) => one.partition === partition)
        .flatMap(({ values }) => values);
    expect(of(0)).toEqual(['a', 'b', 'c']);
    expect(of(1)).toEqual(['x']);
    await stop();
  });
});

test('a record that is always refused ends as a dead letter, and the others go on', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, ({ values }) =>
      values.includes('bad') ? { kind: 'function-error', reason: 'TypeError' } : undefined,
    );
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { attemptsMax: 3, deadLetterTopic: 'dead' });
    const values = Array.from({ length: 30 }, (_, index) => (index === 17 ? 'bad' : `v${index}`));
    await produce(world, engine, values);
    await caughtUp(world, engine);
    const taken = receiver.received.filter(({ values: given }) => !given.includes('bad'));
    expect(taken.flatMap(({ offsets }) => offsets)).toEqual(
      [...values.keys()].filter((offset) => offset !== 17),
    );
    const { records } = await fetchFrom(world, engine, 0, { topic: 'dead' });
    expect(records.map(readDeadLetter)).toMatchObject([
      { topic: 'orders', partition: 0, offset: 17, attempts: 3, reason: 'TypeError' },
    ]);

    receiver.react = () => undefined;
    expect(await redrive(engine, world.call(engine), 'billing')).toEqual({
      redriven: 1,
      isDone: true,
    });
    expect(await redrive(engine, world.call(engine), 'billing')).toEqual({
      redriven: 0,
      isDone: true,
    });
    await caughtUp(world, engine);
    expect(receiver.received.at(-1)).toMatchObject({ offsets: [30], values: ['bad'] });
    expect(valuesOf(await fetchFrom(world, engine, 30))).toEqual(['bad']);
    const { partitions } = await describeSubscription(engine, world.call(engine), 'billing');
    expect(partitions).toMatchObject([{ committed: 31, lag: 0, attempts: 0 }]);
    await stop();
  });
});
