// Groups over DynamoDB: every write that they make is taken, the largest too, and does what it
// says.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { commitOffsets } from '../../shared/engine/group/commit-offsets.ts';
import { deleteGroup } from '../../shared/engine/group/delete-group.ts';
import { describeGroup, lagsOfGroup } from '../../shared/engine/group/describe-groups.ts';
import { deleteInstance } from '../../shared/engine/group/instances.ts';
import { resetGroup } from '../../shared/engine/group/reset-group.ts';
import { assignByHand, unsubscribe } from '../../shared/engine/group/subscribe.ts';
import { hostChance, hostClock } from '../../shared/engine/host-environment.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { transact } from '../../shared/engine/transact.ts';
import { changeGroup } from '../../shared/group/change.ts';
import { newGroup, readGroup } from '../../shared/group/group.ts';
import { newMember, readMember } from '../../shared/group/member.ts';
import { noTarget } from '../../shared/group/target.ts';
import {
  type EpochMillis,
  groupLifeOf,
  incarnationOf,
  topicIdBytes,
  topicIdOf,
} from '../../shared/ids.ts';
import { expiriesPerChangeMax, requestMillisMax } from '../../shared/limits.ts';
import { groupItem, groupKey } from '../../shared/store/group-items.ts';
import type { Table } from '../../shared/store/table.ts';
import type { OpenTable } from '../contract/table-contract.ts';
import { describeWithDynamodbLocal, openDynamodbLocalTable } from '../emulators/dynamodb-local.ts';
import { type Consumer, consumer, polled, values } from '../world/group-story.ts';
import { produce } from '../world/story.ts';
import type { Processes } from '../world/world.ts';

function processesOver(table: Table): Processes {
  const objects = memoryObjects();
  return {
    newEngine: () => createEngine({ objects, table, clock: hostClock, chance: hostChance }),
    call: (engine) =>
      openCall(engine, { deadline: (hostClock.now() + requestMillisMax) as EpochMillis }),
  };
}

describeWithDynamodbLocal(() => {
  let opened: OpenTable;
  let world: Processes;
  let engine: Engine;
  beforeAll(async () => {
    opened = await openDynamodbLocalTable();
    world = processesOver(opened.table);
    engine = world.newEngine();
    for (const name of ['orders', 'bills']) {
      await createTopic(engine, world.call(engine), { name, partitions: 2 });
    }
  });
  afterAll(() => opened?.close());

  const settings = { autoCommit: false } as const;
  const group = 'shop';
  const leave = (one: Consumer) => deleteInstance(engine, world.call(engine), one);

  test('two share a topic, commit, and one goes on alone', async () => {
    for (const partition of [0, 1]) await produce(world, engine, ['a', 'b'], { partition });
    const one = await consumer(world, { instance: 'one' }, settings);
    expect(values(await polled(world, one)).toSorted()).toEqual(['a', 'a', 'b', 'b']);
    await commitOffsets(engine, world.call(engine), one, undefined);
    const two = await consumer(world, { instance: 'two' }, settings);
    for (const each of [two, one, two]) expect(await polled(world, each)).toEqual([]);
    const described = await describeGroup(engine, world.call(engine), group);
    expect(described).toMatchObject({ state: 'STABLE', members: [{}, {}] });
    for (const partition of [0, 1]) await produce(world, engine, ['c'], { partition });
    const given = [await polled(world, one), await polled(world, two)];
    expect(given).toMatchObject([[{ value: 'c' }], [{ value: 'c' }]]);
    await unsubscribe(engine, world.call(engine), two);
    const all = [{ topic: 'orders', partition: 0 }];
    await assignByHand(engine, world.call(engine), two, all);
    await leave(two);
    await polled(world, one);
    const { lags } = await lagsOfGroup(engine, world.call(engine), group);
    expect(lags.map(({ lag }) => lag)).toEqual([1, 1]);
    await leave(one);
  });

  test('a transaction takes the offsets of what it was made of', async () => {
    const one = await consumer(world, { instance: 'one' }, settings);
    const given = await polled(world, one);
    expect(values(given)).toEqual(['c', 'c']);
    const { generation } = await describeGroup(engine, world.call(engine), group);
    const offsets = given.map(({ place, offset }) => {
      return { topic: 'orders', partition: Number(place.at(-1)), offset: offset + 1, metadata: '' };
    });
    const record = { topic: 'bills', key: null, value: Buffer.from('cc'), headers: [] };
    const stored = await transact(engine, world.call(engine), {
      records: [{ ...record, partition: 0 }],
      identity: { key: 'k' },
      offsets: { group, member: 'one', generation, offsets },
    });
    expect(stored).toMatchObject([{ partition: 0, offset: 0 }]);
    const { lags } = await lagsOfGroup(engine, world.call(engine), group);
    expect(lags.map(({ lag }) => lag)).toEqual([0, 0]);
    await leave(one);
  });

  test('an empty group is reset, and deleted', async () => {
    const moved = await resetGroup(engine, world.call(engine), { group, to: 'earliest' });
    expect(moved.map(({ offset }) => offset)).toEqual([0, 0]);
    await deleteGroup(engine, world.call(engine), group);
    await expect(describeGroup(engine, world.call(engine), group)).rejects.toMatchObject({
      code: 'UNKNOWN_GROUP',
    });
    const one = await consumer(world, { instance: 'one' }, settings);
    expect(values(await polled(world, one))).toHaveLength(6);
  });

  test('as many sessions as one change may end are ended by one', async () => {
    const { table } = opened;
    const name = 'many';
    const members = Array.from({ length: expiriesPerChangeMax }, (_, at) => {
      const incarnation = incarnationOf(Buffer.alloc(9, at));
      const instance = `instance-${at}`;
      const made = { instance, incarnation, writer: '', settings: {} as never };
      return newMember(name, made);
    });
    const sessions = Object.fromEntries(members.map((item) => [item['i'], 1_700_000_000_000]));
    const life = groupLifeOf(new Uint8Array(9));
    const item = { ...newGroup(name, life, 0 as EpochMillis), [groupItem.sessions]: sessions };
    for (const put of [item, ...members]) await table.write({ put });
    const read = readGroup(name, item);
    const over = [...read.sessions.keys()];
    const state = { group: read, members: members.map(readMember), target: noTarget };
    const topic = {
      name: 'orders',
      id: topicIdOf(new Uint8Array(topicIdBytes)),
      partitions: 1_000,
    };
    const wishes = new Map([[incarnationOf(Buffer.alloc(9, 200)), [topic]]]);
    const { writes } = changeGroup(
      state,
      { kind: 'over', gone: over },
      { wishes, now: 1 as EpochMillis },
    );
    expect(writes).toHaveLength(expiriesPerChangeMax + 2);
    expect(await table.transact(writes)).toEqual({ kind: 'done' });
    const left = await table.get(groupKey(name), { strong: true });
    expect(readGroup(name, left ?? expect.fail()).sessions.size).toBe(0);
  });
});
