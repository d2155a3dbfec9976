// Topics come, change and go; an id that goes never comes again.

import { expect, test } from 'vitest';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { alterConfigs, describeTopic, growTopic, listTopics } from '../../shared/engine/topics.ts';
import { partitionsPerTopicMax, topicMakingMillisMax, triesMax } from '../../shared/limits.ts';
import { doomedKey, headKey } from '../../shared/store/items.ts';
import { fetchFrom, produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

function open(world: World) {
  const engine = world.newEngine();
  return { engine, call: world.call(engine) };
}

test('a topic that was made is listed, described, and can be written to', async () => {
  await inWorld(1, async (world) => {
    const { engine, call } = open(world);
    const configs = new Map([['retention.ms', '1000']]);
    const topic = await createTopic(engine, call, { name: 'orders', partitions: 3, configs });
    await createTopic(engine, call, { name: 'invoices' });
    const other = open(world);
    expect((await listTopics(other.engine, other.call)).map(({ name }) => name)).toEqual([
      'invoices',
      'orders',
    ]);
    expect(await describeTopic(other.engine, other.call, 'orders')).toEqual(topic);
    await produce(world, other.engine, ['x'], { partition: 2 });
    expect(world.account.stored.peek(doomedKey(topic.id))).toBeUndefined();
  });
});

test('a name is used once at a time, also by two who make it at once', async () => {
  await inWorld(2, async (world) => {
    const makers = [open(world), open(world), open(world)];
    const made = await Promise.allSettled(
      makers.map(({ engine, call }) => createTopic(engine, call, { name: 'orders' })),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of made) {
      if (one.status === 'rejected') expect(one.reason.code).toBe('TOPIC_EXISTS');
    }
  });
});

test('a topic of which every write lost its answer is made all the same', async () => {
  await inWorld(3, async (world) => {
    const { engine, call } = open(world);
    world.faults.next('transact', 'after', undefined, 'after');
    world.faults.next('write', 'after');
    const topic = await createTopic(engine, call, { name: 'orders' });
    expect(await describeTopic(engine, call, 'orders')).toEqual(topic);
  });
});

test('what a crash leaves of a topic in the making makes way in a while', async () => {
  await inWorld(4, async (world) => {
    const { engine, call } = open(world);
    // The name and the heads are put; that it is live is never said.
    const never = Array.from({ length: triesMax }, () => 'throttled' as const);
    world.faults.next('write', ...never);
    const made = createTopic(engine, call, { name: 'orders' });
    await expect(made).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const next = open(world);
    expect(await listTopics(next.engine, next.call)).toEqual([]);
    await expect(produce(world, next.engine, ['x'])).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC',
    });
    await expect(createTopic(next.engine, next.call, { name: 'orders' })).rejects.toMatchObject({
      code: 'TOPIC_EXISTS',
    });
    await world.time.sleep(topicMakingMillisMax + 1);
    const later = open(world);
    await createTopic(later.engine, later.call, { name: 'orders', partitions: 3 });
    expect(await produce(world, later.engine, ['x'], { partition: 2 })).toEqual([0]);
  });
});

test('a maker that froze finds that its topic was cleared away', async () => {
  await inWorld(41, async (world) => {
    const { engine, call } = open(world);
    const never = Array.from({ length: triesMax }, () => 'throttled' as const);
    world.faults.next('transact', undefined, ...never);
    await expect(createTopic(engine, call, { name: 'orders' })).rejects.toThrow();
    const [frozen] = await world.account.stored.query({ pk: 'topics', limit: 1, strong: true });
    await world.time.sleep(topicMakingMillisMax + 1);
    const other = open(world);
    const made = await createTopic(other.engine, other.call, { name: 'orders' });
    const thawed = await world.account.stored.write({
      update: { pk: 'topics', sk: 'orders' },
      actions: [{ set: 'state', to: { value: 'live' } }],
      if: {
        all: [
          { attribute: 'id', is: '=', to: frozen?.['id'] as string },
          { attribute: 'state', is: '=', to: 'making' },
        ],
      },
    });
    expect(thawed.kind).toBe('refused');
    expect((await describeTopic(other.engine, other.call, 'orders')).id).toBe(made.id);
  });
});

test('a deletion that stopped half way is finished by whoever comes next', async () => {
  for (const next of ['delete', 'create'] as const) {
    await inWorld(42, async (world) => {
      const { engine, call } = open(world);
      await createTopic(engine, call, { name: 'orders', partitions: 2 });
      const old = world.newEngine();
      await produce(world, old, ['warm']);
      const never = Array.from({ length: triesMax * 2 }, () => 'throttled' as const);
      world.faults.next('write', ...never);
      const deleted = deleteTopic(engine, call, 'orders');
      await expect(deleted).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      const heir = open(world);
      expect(await listTopics(heir.engine, heir.call)).toEqual([]);
      if (next === 'delete') {
        await deleteTopic(heir.engine, heir.call, 'orders');
        await expect(produce(world, old, ['x'])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
      } else {
        await createTopic(heir.engine, heir.call, { name: 'orders' });
        expect(await produce(world, old, ['x'])).toEqual([0]);
        expect(await readAll(world)).toEqual(['x']);
      }
    });
  }
});

test('a topic whose growth stopped half way is deleted with all its heads', async () => {
  await inWorld(44, async (world) => {
    const { engine, call } = open(world);
    const { id } = await createTopic(engine, call, { name: 'orders' });
    const never = Array.from({ length: triesMax }, () => 'throttled' as const);
    world.faults.next('write', undefined, ...never);
    await expect(growTopic(engine, call, { name: 'orders', partitions: 3 })).rejects.toThrow();
    const head = () => world.account.stored.peek(headKey({ topicId: id, partition: 2 }));
    expect(head()).toBeDefined();
    expect((await describeTopic(engine, call, 'orders')).partitions).toBe(1);
    await deleteTopic(engine, call, 'orders');
    expect(head()).toBeUndefined();
  });
});

test('a topic that grows while it is deleted leaves no head behind', async () => {
  await inWorld(43, async (world) => {
    const { engine, call } = open(world);
    const { id } = await createTopic(engine, call, { name: 'orders' });
    const other = open(world);
    const both = await Promise.allSettled([
      growTopic(other.engine, other.call, { name: 'orders', partitions: 9 }),
      deleteTopic(engine, call, 'orders'),
    ]);
    if (both[1]?.status === 'rejected') await deleteTopic(engine, call, 'orders');
    const described = describeTopic(engine, call, 'orders');
    await expect(described).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    const doomed = world.account.stored.peek(doomedKey(id))?.['partitions'] as number;
    for (let partition = 0; partition < doomed; partition++) {
      expect(world.account.stored.peek(headKey({ topicId: id, partition }))).toBeUndefined();
    }
  });
});

test('a deleted topic is gone for every process, and marked to be cleared', async () => {
  await inWorld(5, async (world) => {
    const { engine, call } = open(world);
    const { id } = await createTopic(engine, call, { name: 'orders', partitions: 2 });
    const other = world.newEngine();
    await produce(world, other, ['x']);
    await deleteTopic(engine, call, 'orders');
    await expect(produce(world, other, ['y'])).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    await expect(fetchFrom(world, other, 0)).rejects.toMatchObject({ code: 'UNKNOWN_TOPIC' });
    await expect(deleteTopic(engine, call, 'orders')).rejects.toMatchObject({
      code: 'UNKNOWN_TOPIC',
    });
    expect(world.account.stored.peek(headKey({ topicId: id, partition: 1 }))).toBeUndefined();
    expect(world.account.stored.peek(doomedKey(id))).toMatchObject({ partitions: 2 });
  });
});

test('a topic made again is another, also for those who knew the old one', async () => {
  await inWorld(6, async (world) => {
    const { engine, call } = open(world);
    const old = await createTopic(engine, call, { name: 'orders' });
    const other = world.newEngine();
    await produce(world, other, ['old']);
    await deleteTopic(engine, call, 'orders');
    const made = await createTopic(engine, call, { name: 'orders' });
    expect(made.id).not.toBe(old.id);
    expect(await produce(world, other, ['new'])).toEqual([0]);
    expect(await readAll(world)).toEqual(['new']);
  });
});

test('partitions grow and never shrink', async () => {
  await inWorld(7, async (world) => {
    const { engine, call } = open(world);
    await createTopic(engine, call, { name: 'orders', partitions: 2 });
    const other = world.newEngine();
    await produce(world, other, ['x']);
    await growTopic(engine, call, { name: 'orders', partitions: 40 });
    await produce(world, other, ['x'], { partition: 39 });
    for (const partitions of [0, 1, 40, 40.5, partitionsPerTopicMax + 1]) {
      const grown = growTopic(engine, call, { name: 'orders', partitions });
      await expect(grown).rejects.toMatchObject({ code: 'INVALID_PARTITIONS' });
    }
  });
});

test('settings are Kafka’s, checked, and back to the default when unset', async () => {
  await inWorld(8, async (world) => {
    const { engine, call } = open(world);
    await createTopic(engine, call, { name: 'orders' });
    const set = (changes: [string, string | undefined][]) =>
      alterConfigs(engine, call, { name: 'orders', changes: new Map(changes) });
    expect((await set([['retention.bytes', '5']])).configs).toEqual(
      new Map([['retention.bytes', '5']]),
    );
    expect((await set([['retention.bytes', undefined]])).configs.size).toBe(0);
    for (const change of [
      ['retention.ms', '-2'],
      ['retention.ms', 'soon'],
      ['cleanup.policy', 'keep'],
      ['cleanup.policy', 'delete,delete'],
      ['compression.type', 'brotli'],
      ['max.message.bytes', '1e3'],
      ['message.timestamp.type', 'createtime'],
    ] as [string, string][]) {
      await expect(set([change])).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    }
    await expect(set([['__proto__', '1']])).rejects.toMatchObject({ code: 'UNKNOWN_CONFIG' });
  });
});

test('names are Kafka’s', async () => {
  await inWorld(9, async (world) => {
    const { engine, call } = open(world);
    for (const name of ['', '.', '..', 'a/b', 'a b', 'ä', 'a#b', 'a\0', 'x'.repeat(250)]) {
      const made = createTopic(engine, call, { name });
      await expect(made).rejects.toMatchObject({ code: 'INVALID_TOPIC_NAME' });
    }
    await createTopic(engine, call, { name: 'x'.repeat(249) });
    await createTopic(engine, call, { name: '__a.B-9' });
  });
});

test('a change that was checked only stores nothing', async () => {
  await inWorld(10, async (world) => {
    const { engine, call } = open(world);
    await createTopic(engine, call, { name: 'orders', validateOnly: true });
    expect(await listTopics(engine, call)).toEqual([]);
  });
});
