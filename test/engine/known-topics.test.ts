// What a process knows of topics, and for how long: its own changes are seen at once, those of
// others in a while, and of two changes at the same time one is told that it came second.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { deleteTopic } from '../../shared/engine/make-topics.ts';
import { produceBatches } from '../../shared/engine/produce.ts';
import { alterConfigs, describeTopic, listTopics } from '../../shared/engine/topics.ts';
import { itemsPerQuery, topicCacheMillis } from '../../shared/limits.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { topicKey } from '../../shared/store/items.ts';
import { fetchFrom, produce } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const large = 'x'.repeat(2_000);

function set(world: World, engine: Engine, config: string, value: string) {
  const changes = new Map([[config, value]]);
  return alterConfigs(engine, world.call(engine), { name: 'orders', changes });
}

test('a setting holds at once where it was changed, and elsewhere in a while', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const [engine, other] = [world.newEngine(), world.newEngine()];
    for (const each of [engine, other]) await produce(world, each, [large]);
    await set(world, engine, 'max.message.bytes', '1000');
    const refusal = { code: 'RECORD_TOO_LARGE' };
    await expect(produce(world, engine, [large])).rejects.toMatchObject(refusal);
    expect(await produce(world, other, [large])).toEqual([2]);
    await world.time.sleep(topicCacheMillis);
    await expect(produce(world, other, [large])).rejects.toMatchObject(refusal);
  });
});

test('a process that found a topic gone stores nothing more for it', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const [engine, other] = [world.newEngine(), world.newEngine()];
    for (const each of [engine, other]) await produce(world, each, ['v']);
    await deleteTopic(engine, world.call(engine), 'orders');
    const gone = { code: 'UNKNOWN_TOPIC' };
    await expect(produce(world, other, ['v'])).rejects.toMatchObject(gone);
    for (const each of [engine, other]) {
      const before = each.operations.objectPuts;
      await expect(produce(world, each, ['v'])).rejects.toMatchObject(gone);
      expect(each.operations.objectPuts).toBe(before);
    }
  });
});

test('of two changes at once the second is told, and changes nothing', async () => {
  await inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const [one, other] = [world.newEngine(), world.newEngine()];
    const both = await Promise.allSettled([
      set(world, one, 'retention.ms', '1000'),
      set(world, other, 'retention.bytes', '5'),
    ]);
    const lost = both.filter(({ status }) => status === 'rejected');
    expect(lost).toMatchObject([{ reason: { code: 'UNAVAILABLE' } }]);
    expect((await describeTopic(one, world.call(one), 'orders')).configs.size).toBe(1);
  });
});

test('a change whose answer was lost is of unknown outcome, not refused by itself', async () => {
  await inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    world.faults.next('write', 'after');
    const changed = set(world, engine, 'retention.ms', '1000');
    await expect(changed).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const { configs } = await describeTopic(engine, world.call(engine), 'orders');
    expect(configs.get('retention.ms')).toBe('1000');
  });
});

test('a batch that was checked for a topic that is gone is checked anew, as it came', async () => {
  await inWorld(6, async (world) => {
    const configs = new Map([['message.timestamp.type', 'LogAppendTime']]);
    await world.createTopic({ name: 'orders', configs });
    const [engine, other] = [world.newEngine(), world.newEngine()];
    await produce(world, engine, ['v']);
    await deleteTopic(other, world.call(other), 'orders');
    await world.createTopic({ name: 'orders' });
    const records = [{ timestamp: 5, key: null, value: Buffer.from('v'), headers: [] }];
    const bytes = encodeBatch({ records, compression: 'none' });
    const batches = { topic: 'orders', partition: 0, bytes };
    await produceBatches(engine, world.call(engine), batches);
    const { records: stored } = await fetchFrom(world, other, 0);
    expect(stored.map(({ timestamp }) => timestamp)).toEqual([5]);
  });
});

test('all topics are listed by name, however many there are', async () => {
  await inWorld(4, async (world) => {
    const { id } = await world.createTopic({ name: 'orders' });
    const item = { ...world.account.stored.peek(topicKey('orders')), id };
    const names = Array.from({ length: itemsPerQuery + 5 }, (_, index) => `topic-${index}`);
    for (const name of names) {
      await world.account.stored.write({ put: { ...item, ...topicKey(name) } });
    }
    const engine = world.newEngine();
    const listed = await listTopics(engine, world.call(engine));
    expect(listed.map(({ name }) => name)).toEqual([...names, 'orders'].sort());
  });
});
