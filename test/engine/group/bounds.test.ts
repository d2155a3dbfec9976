// Groups at their bounds: what they store has room in its items, a subscription beyond them is
// refused, and topics that grow beyond them stop nobody.

import { expect, test } from 'vitest';
import { subscribe } from '../../../shared/engine/group/subscribe.ts';
import { growTopic } from '../../../shared/engine/topics.ts';
import { readMember } from '../../../shared/group/member.ts';
import { encodeTarget } from '../../../shared/group/target.ts';
import { type Incarnation, incarnationOf, topicIdBytes, topicIdOf } from '../../../shared/ids.ts';
import {
  groupNameLengthMax,
  instanceNameLengthMax,
  instancesPerGroupMax,
  itemBytesMax,
  partitionsPerGroupMax,
  partitionsPerTopicMax,
  topicNameLengthMax,
  topicsCheckMillis,
  topicsPerGroupMax,
  topicsPerSubscriptionMax,
} from '../../../shared/limits.ts';
import { memberItem, memberKey } from '../../../shared/store/group-items.ts';
import { consumer, polled, values } from '../../world/group-story.ts';
import { itemBytes } from '../../world/item-size.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

function longName(at: number): string {
  return `t${at}-`.padEnd(topicNameLengthMax, 'x');
}

/** As many partitions as a group may share, over as many topics, with the longest names. */
async function createMost(world: World): Promise<readonly string[]> {
  const least = Math.floor(partitionsPerGroupMax / topicsPerGroupMax);
  const more = partitionsPerGroupMax % topicsPerGroupMax;
  const names = Array.from({ length: topicsPerGroupMax }, (_, at) => longName(at));
  for (const [at, name] of names.entries()) {
    await world.createTopic({ name, partitions: least + (at < more ? 1 : 0) });
  }
  return names;
}

test(
  'a member that holds all that a group may share, and names all that it may',
  () =>
    inWorld(1, async (world) => {
      const names = await createMost(world);
      const name = {
        group: 'g'.repeat(groupNameLengthMax),
        instance: 'i'.repeat(instanceNameLengthMax),
      };
      const one = await consumer(world, name, { topics: [] });
      const { engine } = one;
      const all = { kind: 'pattern', pattern: '.*' } as const;
      await subscribe(engine, world.call(engine), one, all);
      const stored = () => {
        const key = memberKey(name.group, name.instance);
        return world.account.stored.peek(key) ?? expect.fail();
      };
      for (let polls = 0; polls < 5; polls++) {
        await polled(world, one);
        if (readMember(stored()).holdings.length === partitionsPerGroupMax) break;
      }
      const { holdings } = readMember(stored());
      expect(holdings.length).toBe(partitionsPerGroupMax);
      // As if it named topics besides: from one subscription to the next it holds what it held.
      const named = names.slice(0, topicsPerSubscriptionMax);
      const size = itemBytes({ ...stored(), [memberItem.topics]: named });
      expect(size).toBeLessThanOrEqual(itemBytesMax);
      expect(size).toBeGreaterThan(itemBytesMax * 0.9);
    }),
  60_000,
);

function incarnationAt(at: number): Incarnation {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt32BE(at);
  return incarnationOf(bytes);
}

test('a target of as many members', () => {
  const topics = Array.from({ length: topicsPerGroupMax }, (_, at) => {
    const id = Buffer.alloc(topicIdBytes);
    id.writeUInt32BE(at);
    const partitions = Math.ceil((partitionsPerGroupMax - at) / topicsPerGroupMax);
    const owners = Array.from({ length: partitions }, (_, partition) => {
      return incarnationAt((at + partition * topicsPerGroupMax) % instancesPerGroupMax);
    });
    return { name: longName(at), id: topicIdOf(id), owners };
  });
  const owners = topics.flatMap((topic) => topic.owners);
  expect(owners.length).toBe(partitionsPerGroupMax);
  expect(new Set(owners).size).toBe(instancesPerGroupMax);
  const generation = Number.MAX_SAFE_INTEGER;
  const item = encodeTarget('g'.repeat(groupNameLengthMax), { generation, topics });
  expect(itemBytes(item)).toBeLessThanOrEqual(itemBytesMax);
});

test(
  'a subscription to more topics than a group shares is refused',
  () =>
    inWorld(2, async (world) => {
      await world.createTopic({ name: 'orders' });
      for (let at = 0; at < topicsPerGroupMax; at++) await world.createTopic({ name: `t${at}` });
      const one = await consumer(world, { instance: 'one' });
      await polled(world, one);
      const two = await consumer(world, { instance: 'two' }, { topics: [] });
      const { engine } = two;
      const wanted = (pattern: string) =>
        subscribe(engine, world.call(engine), two, { kind: 'pattern', pattern });
      await expect(wanted('t[0-9]+')).rejects.toMatchObject({ code: 'GROUP_FULL' });
      expect(await polled(world, two)).toEqual([]);
      await produce(world, engine, ['a']);
      expect(values(await polled(world, one))).toEqual(['a']);
      await wanted('t[0-9]+[^5]|t5');
    }),
  60_000,
);

const full = partitionsPerGroupMax / partitionsPerTopicMax;

/** Topics that have as many partitions as a group may share, and one partition less. */
async function createAlmostFull(world: World): Promise<void> {
  for (let at = 0; at < full; at++) {
    const partitions = partitionsPerTopicMax - (at === full - 1 ? 1 : 0);
    await world.createTopic({ name: `t${at}`, partitions });
  }
}

test(
  'a subscription to more partitions than a group shares is refused',
  () =>
    inWorld(3, async (world) => {
      await createAlmostFull(world);
      await world.createTopic({ name: 'two', partitions: 2 });
      const one = await consumer(world, { instance: 'one' }, { topics: [] });
      const { engine } = one;
      const wanted = { kind: 'pattern', pattern: 't.*' } as const;
      const refused = subscribe(engine, world.call(engine), one, wanted);
      await expect(refused).rejects.toMatchObject({ code: 'GROUP_FULL' });
    }),
  60_000,
);

test(
  'topics that grow beyond wait, and what has room is read on',
  () =>
    inWorld(4, async (world) => {
      await createAlmostFull(world);
      await world.createTopic({ name: 'last' });
      const one = await consumer(world, { instance: 'one' }, { topics: [] });
      const { engine } = one;
      const wanted = { kind: 'pattern', pattern: '.*' } as const;
      await subscribe(engine, world.call(engine), one, wanted);
      while ((await polled(world, one)).length > 0);
      const grower = world.newEngine();
      await growTopic(grower, world.call(grower), { name: 'last', partitions: 2 });
      await world.time.sleep(topicsCheckMillis + 1);
      for (const [topic, value] of [
        ['last', 'a'],
        ['t0', 'b'],
        [`t${full - 1}`, 'c'],
      ] as const) {
        await produce(world, grower, [value], { topic });
      }
      const given: string[] = [];
      for (let polls = 0; polls < 4; polls++) given.push(...values(await polled(world, one)));
      expect(given.toSorted()).toEqual(['a', 'b']);
    }),
  60_000,
);
