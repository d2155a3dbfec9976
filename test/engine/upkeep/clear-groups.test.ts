// Groups whose deletion did not come to its end are cleared away, and so are those that nobody has
// been in for so long that they are forgotten; those that live are not touched.

import { expect, test } from 'vitest';
import { deleteGroup } from '../../../shared/engine/group/delete-group.ts';
import { clearGroups } from '../../../shared/engine/upkeep/clear-groups.ts';
import { offsetsRetentionMillis, sessionMillisDefault } from '../../../shared/limits.ts';
import { groupItem, groupKey, groupNameKey, groupPk } from '../../../shared/store/group-items.ts';
import { committed, consumer, leave, polled } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';
import { patientCall } from './household.ts';

async function clear(world: World): Promise<number> {
  const engine = world.newEngine();
  return clearGroups(engine, patientCall(engine));
}

async function readAndLeft(world: World, group: string): Promise<void> {
  const one = await consumer(world, { group, instance: 'one' });
  for (let polls = 0; polls < 2; polls++) await polled(world, one);
  await leave(world, one);
}

function left({ account: { stored } }: World, group: string): readonly string[] {
  const items = stored.peekRange({ pk: groupPk(group), limit: 1_000 }).map(({ sk }) => sk);
  return stored.peek(groupNameKey(group)) === undefined ? items : [...items, 'listed'];
}

test('one whose deletion froze at any step, and no other', async () => {
  let steps = 0;
  let cleared = 0;
  for (let isFrozen = true; isFrozen; steps++) {
    await inWorld(1 + steps, async (world) => {
      await world.createTopic({ name: 'orders' });
      await produce(world, world.newEngine(), ['a', 'b']);
      for (const group of ['shop', 'past']) await readAndLeft(world, group);
      const [shop, past] = [left(world, 'shop'), left(world, 'past')];
      const frozen = await freezing(world, steps, (engine) => {
        return deleteGroup(engine, world.call(engine), 'past');
      });
      isFrozen = frozen.isFrozen;
      const isBegun = world.account.stored.peek(groupKey('past'))?.[groupItem.deleted] === true;
      const count = await clear(world);
      expect([steps, left(world, 'past')]).toEqual([steps, isBegun ? ['group'] : past]);
      cleared += count;
      expect(await clear(world)).toBe(0);
      expect(left(world, 'shop')).toEqual(shop);
      expect(await committed(world)).toEqual([2]);
      await frozen.thaw();
      expect([steps, left(world, 'past')]).toEqual([steps, ['group']]);
      await readAndLeft(world, 'past');
      const again = left(world, 'past');
      expect(await clear(world)).toBe(0);
      expect(left(world, 'past')).toEqual(again);
    });
  }
  expect(cleared).toBeGreaterThan(3);
});

const forgottenAfter = offsetsRetentionMillis + sessionMillisDefault + 1_000;

/** Two groups that have read, the first of which has left; the other's session ends by itself. */
async function idle(world: World): Promise<void> {
  await world.createTopic({ name: 'orders' });
  await produce(world, world.newEngine(), ['a', 'b']);
  await readAndLeft(world, 'shop');
  const other = await consumer(world, { group: 'bill', instance: 'one' });
  for (let polls = 0; polls < 2; polls++) await polled(world, other);
}

test('one that nobody has been in for a week, and not before', () =>
  inWorld(50, async (world) => {
    await idle(world);
    const before = left(world, 'bill');
    expect(before.length).toBeGreaterThan(3);
    await world.time.sleep(offsetsRetentionMillis - 60_000);
    await readAndLeft(world, 'young');
    expect(await clear(world)).toBe(0);
    expect(left(world, 'bill')).toEqual(before);
    await world.time.sleep(forgottenAfter + 60_000 - offsetsRetentionMillis);
    const young = left(world, 'young');
    expect(await clear(world)).toBe(2);
    for (const group of ['shop', 'bill']) expect(left(world, group)).toEqual(['group']);
    expect(left(world, 'young')).toEqual(young);
    expect(await clear(world)).toBe(0);
    // Whoever comes now begins anew.
    await readAndLeft(world, 'shop');
    expect(await committed(world)).toEqual([2]);
  }));

test('somebody who comes back at any step of it loses nothing', async () => {
  let steps = 0;
  for (let isFrozen = true; isFrozen; steps++) {
    await inWorld(100 + steps, async (world) => {
      await idle(world);
      await world.time.sleep(forgottenAfter);
      const frozen = await freezing(world, steps, (engine) => {
        return clearGroups(engine, patientCall(engine));
      });
      isFrozen = frozen.isFrozen;
      for (const group of ['shop', 'bill']) await readAndLeft(world, group);
      const back = ['shop', 'bill'].map((group) => left(world, group));
      expect(await frozen.thaw()).not.toBeInstanceOf(Error);
      expect([steps, ...['shop', 'bill'].map((group) => left(world, group))]).toEqual([
        steps,
        ...back,
      ]);
      expect(await committed(world)).toEqual([2]);
    });
  }
  expect(steps).toBeGreaterThan(8);
});

test('a subscription’s is never forgotten', () =>
  inWorld(51, async (world) => {
    await idle(world);
    const taken = { set: groupItem.subscription, to: { value: 'hook' } } as const;
    await world.account.stored.write({ update: groupKey('shop'), actions: [taken] });
    const before = left(world, 'shop');
    await world.time.sleep(forgottenAfter);
    expect(await clear(world)).toBe(1);
    expect(left(world, 'shop')).toEqual(before);
  }));
