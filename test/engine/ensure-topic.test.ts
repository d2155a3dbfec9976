// A topic that is to be there is there, whoever makes it.

import { expect, test } from 'vitest';
import { ensureTopic } from '../../shared/engine/ensure-topic.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import { describeTopic, listTopics } from '../../shared/engine/topics.ts';
import { topicKey } from '../../shared/store/items.ts';
import { inWorld } from '../world/world.ts';

test('many who want the same one at once have one, each once it may be used', async () => {
  await inWorld(1, async (world) => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const engine = world.newEngine();
        const topic = await ensureTopic(engine, world.call(engine), {
          name: 'orders',
          partitions: 300,
        });
        await describeTopic(engine, world.call(engine), 'orders');
        return topic.id;
      }),
    );
    expect(new Set(ids).size).toBe(1);
    const engine = world.newEngine();
    expect(await listTopics(engine, world.call(engine))).toMatchObject([{ partitions: 300 }]);
  });
});

test('one that is there is left as it is', async () => {
  await inWorld(2, async (world) => {
    const { id } = await world.createTopic({ name: 'orders', partitions: 2 });
    const engine = world.newEngine();
    const found = await ensureTopic(engine, world.call(engine), { name: 'orders', partitions: 9 });
    expect(found).toMatchObject({ id, partitions: 2 });
  });
});

test('one that is being deleted is waited for, and made', async () => {
  await inWorld(3, async (world) => {
    const { id } = await world.createTopic({ name: 'orders', partitions: 200 });
    const deleter = world.newEngine();
    const deleted = deleteTopic(deleter, world.call(deleter), 'orders');
    const stored = () => world.account.stored.peek(topicKey('orders'));
    while (stored()?.['state'] !== 'deleting') await world.time.sleep(1);
    const engine = world.newEngine();
    const made = await ensureTopic(engine, world.call(engine), { name: 'orders' });
    await deleted;
    expect(made.id).not.toBe(id);
  });
});

test('one that nobody finishes is not waited for for ever', async () => {
  await inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders' });
    await world.account.stored.write({
      update: topicKey('orders'),
      actions: [{ set: 'state', to: { value: 'making' } }],
    });
    const engine = world.newEngine();
    const call = world.call(engine);
    await expect(ensureTopic(engine, call, { name: 'orders' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(world.time.now()).toBeLessThanOrEqual(call.deadline);
  });
});
