// What an operator is shown of a group: who is in it, what each has, and what the group is doing.

import { expect, test } from 'vitest';
import { deleteGroup } from '../../../shared/engine/group/delete-group.ts';
import { describeGroup, listGroups } from '../../../shared/engine/group/describe-groups.ts';
import { assignByHand, unsubscribe } from '../../../shared/engine/group/subscribe.ts';
import { sessionMillisMin } from '../../../shared/limits.ts';
import { consumer, leave, polled } from '../../world/group-story.ts';
import { inWorld, type World } from '../../world/world.ts';

/** The state, and what each of its members has, as `one: 0 1`. */
async function seen(world: World, group = 'shop'): Promise<readonly string[]> {
  const engine = world.newEngine();
  const { state, members } = await describeGroup(engine, world.call(engine), group);
  const shown = members.map(({ instance, partitions }) =>
    [`${instance}:`, ...partitions.map(({ partition }) => partition)].join(' '),
  );
  return [state, ...shown];
}

test('there is none until somebody was in it', () =>
  inWorld(1, async (world) => {
    await expect(seen(world)).rejects.toMatchObject({ code: 'UNKNOWN_GROUP' });
    const engine = world.newEngine();
    expect(await listGroups(engine, world.call(engine))).toEqual([]);
  }));

test('it is stable when everybody has what is his, and no sooner', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 4 });
    const one = await consumer(world, { instance: 'one' }, { topics: [] });
    expect(await seen(world)).toEqual(['EMPTY', 'one:']);
    await leave(world, one);
    const first = await consumer(world, { instance: 'one' });
    expect(await seen(world)).toEqual(['PREPARING_REBALANCE', 'one:']);
    await polled(world, first);
    expect(await seen(world)).toEqual(['STABLE', 'one: 0 1 2 3']);

    const two = await consumer(world, { instance: 'two' });
    expect(await seen(world)).toEqual(['PREPARING_REBALANCE', 'one: 0 1 2 3', 'two:']);
    await polled(world, two);
    expect(await seen(world)).toEqual(['PREPARING_REBALANCE', 'one: 0 1 2 3', 'two:']);
    await polled(world, first);
    const [state, ofOne] = await seen(world);
    expect([state, ofOne?.length]).toEqual(['PREPARING_REBALANCE', 'one: 0 1'.length]);
    await polled(world, two);
    const shared = await seen(world);
    expect(shared.join(' ').match(/\d/g)?.toSorted()).toEqual(['0', '1', '2', '3']);
    expect([shared[0], shared[1]]).toEqual(['STABLE', ofOne]);

    await leave(world, two);
    expect(await seen(world)).toEqual(['PREPARING_REBALANCE', ofOne]);
    await polled(world, first);
    expect(await seen(world)).toEqual(['STABLE', 'one: 0 1 2 3']);
    await leave(world, first);
    expect(await seen(world)).toEqual(['EMPTY']);
  }));

test('its generation rises with every change of who subscribes to what', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    const generations: number[] = [];
    const engine = world.newEngine();
    const note = async () => {
      const { generation } = await describeGroup(engine, world.call(engine), 'shop');
      generations.push(generation);
    };
    const one = await consumer(world, { instance: 'one' });
    await note();
    const two = await consumer(world, { instance: 'two' });
    await note();
    await unsubscribe(two.engine, world.call(two.engine), two);
    await note();
    await leave(world, one);
    await note();
    expect(generations).toEqual([...new Set(generations)].toSorted((a, b) => a - b));
  }));

test('whose session is over is not shown, and what he has is not settled until it is taken', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const one = await consumer(world, { instance: 'one' }, { sessionMillis: 60_000 });
    const two = await consumer(world, { instance: 'two' }, { sessionMillis: sessionMillisMin });
    for (const each of [one, two, one, two]) await polled(world, each);
    expect((await seen(world))[0]).toBe('STABLE');
    await world.time.sleep(sessionMillisMin + 1);
    const [state, ...members] = await seen(world);
    expect([state, members.length]).toEqual(['PREPARING_REBALANCE', 1]);
    expect(members[0]).toMatch(/^one: \d$/);
    await polled(world, one);
    expect(await seen(world)).toEqual(['STABLE', 'one: 0 1']);
    await world.time.sleep(60_001);
    expect(await seen(world)).toEqual(['EMPTY']);
  }));

test('who was assigned by hand shares nothing: a group of such is simple, and empty', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const hand = await consumer(world, { instance: 'hand' }, { topics: [] });
    const place = { topic: 'orders', partition: 1 };
    await assignByHand(hand.engine, world.call(hand.engine), hand, [place]);
    expect(await seen(world)).toEqual(['EMPTY', 'hand: 1']);
    const isSimple = async () => {
      const engine = world.newEngine();
      return (await describeGroup(engine, world.call(engine), 'shop')).isSimple;
    };
    expect(await isSimple()).toBe(true);
    const one = await consumer(world, { instance: 'one' });
    await polled(world, one);
    expect(await seen(world)).toEqual(['STABLE', 'hand: 1', 'one: 0 1']);
    expect(await isSimple()).toBe(false);
  }));

test('groups are listed by name, and deleted ones are not', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders' });
    for (const group of ['shop', 'audit', 'mail']) {
      await leave(world, await consumer(world, { group, instance: 'one' }));
    }
    const engine = world.newEngine();
    await deleteGroup(engine, world.call(engine), 'mail');
    const listed = await listGroups(engine, world.call(engine));
    expect(listed.map(({ name }) => name)).toEqual(['audit', 'shop']);
    expect(listed[1]).toEqual(await describeGroup(engine, world.call(engine), 'shop'));
    expect(listed[1]).toMatchObject({ state: 'EMPTY', members: [], isSimple: false });
  }));
