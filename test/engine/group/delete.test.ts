// Deleting a group: only while nobody is in it, once and for all, wherever it was interrupted; and
// nothing that comes late from before it touches what comes after it.

import { expect, test } from 'vitest';
import { timeToLiveAttribute } from '../../../shared/contract.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { deleteGroup } from '../../../shared/engine/group/delete-group.ts';
import { describeGroup, lagsOfGroup } from '../../../shared/engine/group/describe-groups.ts';
import { resetGroup } from '../../../shared/engine/group/reset-group.ts';
import { commitWrite, readLease, tenureOf } from '../../../shared/group/lease.ts';
import type { Incarnation } from '../../../shared/ids.ts';
import { groupGraveMillis, sessionMillisMin } from '../../../shared/limits.ts';
import type { Item } from '../../../shared/store/algebra.ts';
import {
  groupItem,
  groupKey,
  groupPk,
  groupsPk,
  leaseKey,
} from '../../../shared/store/group-items.ts';
import { type Consumer, consumer, leave, polled, values } from '../../world/group-story.ts';
import { freezing, interruptedEngine, type Step } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const unknown = { code: 'UNKNOWN_GROUP' };
const short = { sessionMillis: sessionMillisMin };
const places = [0, 1].map((partition) => ({ topic: 'orders', partition }));

function remove(world: World, engine = world.newEngine()): Promise<void> {
  return deleteGroup(engine, world.call(engine), 'shop');
}

/** Two records in each of two partitions. */
async function withRecords(world: World) {
  const topic = await world.createTopic({ name: 'orders', partitions: 2 });
  const engine = world.newEngine();
  for (const { partition } of places) await produce(world, engine, ['a', 'b'], { partition });
  return topic.id;
}

/** Somebody who has read and committed all of it, and is gone. */
async function readAndLeft(world: World, instance: string): Promise<void> {
  const one = await consumer(world, { instance });
  await polled(world, one);
  await polled(world, one);
  await leave(world, one);
}

async function seen(world: World) {
  const engine = world.newEngine();
  const { lags } = await lagsOfGroup(engine, world.call(engine), 'shop');
  const { generation } = await describeGroup(engine, world.call(engine), 'shop');
  return { generation, committed: lags.map(({ committed }) => committed) };
}

/** The sort keys of what the table holds of it. */
function left({ account }: World): readonly string[] {
  const limit = 1_000;
  const named = account.stored.peekRange({ pk: groupsPk, limit });
  return [...named, ...account.stored.peekRange({ pk: groupPk('shop'), limit })].map(
    ({ sk }) => sk,
  );
}

test('not while somebody lives in it; then nothing is left but what keeps its generations', () =>
  inWorld(1, async (world) => {
    await withRecords(world);
    await expect(remove(world)).rejects.toMatchObject(unknown);
    const one = await consumer(world, { instance: 'one' }, short);
    await polled(world, one);
    await polled(world, one);
    await expect(remove(world)).rejects.toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    expect(await seen(world)).toMatchObject({ committed: [2, 2] });
    await world.time.sleep(sessionMillisMin + 1);
    const now = world.time.now();
    await remove(world);
    expect(left(world)).toEqual(['group']);
    const grave = world.account.stored.peek(groupKey('shop'))?.[timeToLiveAttribute];
    expect(grave).toBeGreaterThanOrEqual((now + groupGraveMillis) / 1_000);
    await expect(seen(world)).rejects.toMatchObject(unknown);
    await expect(remove(world)).rejects.toMatchObject(unknown);
    await expect(polled(world, one)).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
  }));

test('a new group of its name begins anew, and its generations go on', () =>
  inWorld(2, async (world) => {
    await withRecords(world);
    await readAndLeft(world, 'one');
    const { generation } = await seen(world);
    await remove(world);
    const again = await consumer(world, { instance: 'one' });
    expect(await seen(world)).toMatchObject({ committed: [] });
    expect((await seen(world)).generation).toBeGreaterThan(generation);
    expect(values(await polled(world, again))).toEqual(['a', 'b', 'a', 'b']);
    await polled(world, again);
    expect(await seen(world)).toMatchObject({ committed: [2, 2] });
    expect(world.account.stored.peek(groupKey('shop'))).not.toHaveProperty(timeToLiveAttribute);
  }));

test('an instance that comes between the look and the mark keeps the group', () =>
  inWorld(3, async (world) => {
    await withRecords(world);
    await readAndLeft(world, 'one');
    const engine = interruptedEngine(world, {
      at: ({ operation, keys }) => operation === 'write' && keys[0]?.sk === 'group',
      by: () => consumer(world, { instance: 'two' }),
    });
    await expect(remove(world, engine)).rejects.toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    expect(await seen(world)).toMatchObject({ committed: [2, 2] });
  }));

test('one that was interrupted is none to anybody, and is finished by asking again', () =>
  inWorld(4, async (world) => {
    await withRecords(world);
    let steps = 0;
    for (let isFrozen = true; isFrozen; steps++) {
      await readAndLeft(world, 'one');
      const frozen = await freezing(world, steps, (engine) => remove(world, engine));
      isFrozen = frozen.isFrozen;
      const isMarked = await seen(world).then(
        () => false,
        (error) => error.code === 'UNKNOWN_GROUP',
      );
      const [again] = await Promise.allSettled([remove(world)]);
      // Who asks in vain finds it wholly done.
      if (again.status === 'rejected') expect(again.reason).toMatchObject(unknown);
      if (!isMarked) expect([steps, again.status]).toEqual([steps, 'fulfilled']);
      expect([steps, left(world)]).toEqual([steps, ['group']]);
      const answer = await frozen.thaw();
      if (answer !== undefined) expect([steps, answer]).toMatchObject([steps, unknown]);
      expect([steps, left(world)]).toEqual([steps, ['group']]);
    }
    expect(steps).toBeGreaterThan(8);
  }));

test('a store that does not say whether it was done is asked again', () =>
  inWorld(5, async (world) => {
    await withRecords(world);
    for (const fault of ['before', 'after'] as const) {
      await readAndLeft(world, 'one');
      world.faults.next('write', fault, fault, fault);
      await remove(world);
      expect(left(world)).toEqual(['group']);
    }
    await readAndLeft(world, 'one');
    world.faults.next('write', ...Array(10).fill('late'));
    await expect(remove(world)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await readAndLeft(world, 'two');
    const before = await seen(world);
    await world.faults.land();
    expect(await seen(world)).toEqual(before);
  }));

test('whether it was done is not known where a new one was made before the store said so', () =>
  inWorld(8, async (world) => {
    await withRecords(world);
    await readAndLeft(world, 'one');
    world.faults.next('write', 'after');
    const removing = remove(world).catch((error) => error);
    const { stored } = world.account;
    const key = groupKey('shop');
    while (stored.peek(key)?.[groupItem.deleted] === undefined) await world.time.sleep(1);
    // As whoever makes it anew does it.
    const actions = [
      { set: groupItem.life, to: { value: 'another' } },
      { set: groupItem.born, to: { attribute: groupItem.born, plus: 1 } },
      { remove: groupItem.deleted },
    ];
    await stored.write({ update: key, actions });
    expect(await removing).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  }));

type Work = (world: World, one: Consumer, engine: Engine) => Promise<unknown>;

/** What a process may be doing when it freezes. */
const works: Readonly<Record<string, Work>> = {
  'a poll that commits': (world, one, engine) => polled(world, { ...one, engine }),
  'a commit': (world, one, engine) => {
    const offsets = places.map((place) => ({ ...place, offset: 1, metadata: '' }));
    return commitOffsets(engine, world.call(engine), one, offsets);
  },
  'a commit by hand': (world, one, engine) => {
    const offsets = places.map((place) => ({ ...place, offset: 1, metadata: '' }));
    return commitOffsets(engine, world.call(engine), { ...one, instance: 'hand' }, offsets);
  },
  'a leave': (world, one, engine) => leave(world, { ...one, engine }),
  'a reset': async (world, _, engine) => {
    await world.time.sleep(sessionMillisMin + 1);
    await resetGroup(engine, world.call(engine), { group: 'shop', to: 'earliest' });
  },
  'a deletion': async (world, _, engine) => {
    await world.time.sleep(sessionMillisMin + 1);
    await remove(world, engine);
  },
};

/** Whether it has found the group empty, and marked that. Until then it is no more than late. */
const isSettled = ({ operation, keys }: Step) => operation === 'write' && keys[0]?.sk === 'group';

for (const [name, work] of Object.entries(works)) {
  test(`${name} that freezes before it, and wakes after it, changes nothing of the next`, () =>
    inWorld(6, async (world) => {
      await withRecords(world);
      let steps = 0;
      for (let isFrozen = true; isFrozen; steps++) {
        const one = await consumer(world, { instance: 'one' }, short);
        await consumer(world, { instance: 'hand' }, { ...short, topics: [] });
        await polled(world, one);
        const frozen = await freezing(world, steps, (engine) => work(world, one, engine));
        isFrozen = frozen.isFrozen;
        await world.time.sleep(sessionMillisMin + 1);
        await remove(world).catch((error) => expect(error).toMatchObject(unknown));
        await readAndLeft(world, 'two');
        const isLate = /reset|deletion/.test(name) && !frozen.steps.some(isSettled);
        const three = isLate ? await consumer(world, { instance: 'three' }) : undefined;
        const before = { ...(await seen(world)), left: left(world) };
        expect(before.committed).toEqual([2, 2]);
        const answer = await frozen.thaw();
        if (isLate) expect(answer).toMatchObject({ code: 'GROUP_NOT_EMPTY' });
        expect([steps, { ...(await seen(world)), left: left(world) }]).toEqual([steps, before]);
        if (three !== undefined) await leave(world, three);
        await remove(world);
      }
      expect(steps).toBeGreaterThan(3);
    }));
}

test('a commit sent before it and arriving after it is refused, or void', () =>
  inWorld(7, async (world) => {
    const topicId = await withRecords(world);
    const { stored } = world.account;
    const key = leaseKey('shop', { topicId, partition: 0 });
    const lease = () => readLease(stored.peek(key) as Item);
    const one = await consumer(world, { instance: 'one' }, short);
    await polled(world, one);
    const { life, owner, fence, id } = lease();
    const tenure = tenureOf({ ...id, fence }, owner as Incarnation);
    const commit = { offset: 1, metadata: '', at: world.time.now() };
    const late = commitWrite({ name: 'shop', life }, tenure, commit);
    await world.time.sleep(sessionMillisMin + 1);
    const frozen = await freezing(world, 8, (engine) => remove(world, engine));
    expect(frozen.isFrozen).toBe(true);
    await expect(seen(world)).rejects.toMatchObject(unknown);
    expect(await stored.write(late)).toMatchObject({ kind: 'done' });
    const two = await consumer(world, { instance: 'two' });
    expect(await seen(world)).toMatchObject({ committed: [] });
    expect(await polled(world, two)).toHaveLength(4);
    expect(lease()).toMatchObject({ commit: undefined, takenIn: expect.any(Number) });
    expect(await stored.write(late)).toMatchObject({ kind: 'refused' });
    await polled(world, two);
    await frozen.thaw();
    expect(await seen(world)).toMatchObject({ committed: [2, 2] });
    await leave(world, two);
    await remove(world);
    expect(await stored.write(late)).toMatchObject({ kind: 'refused', current: undefined });
  }));
