// Leases that are taken and given up late: by then the group has another target, and what is sent
// of an older one changes nothing.

import { expect, test } from 'vitest';
import { commitOffsets, committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { deleteInstance } from '../../../shared/engine/group/instances.ts';
import { transact } from '../../../shared/engine/transact.ts';
import { type Consumer, consumer, type Given, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { lateLeases } from '../../world/meddled-engine.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const settings = { autoCommit: false } as const;
const places = [0, 1].map((partition) => ({ topic: 'orders', partition }));

/** One record to each partition. */
async function more(world: World, value: string): Promise<void> {
  const engine = world.newEngine();
  for (const { partition } of places) {
    await produce(world, engine, [`${value} ${partition}`], { partition });
  }
}

/** Both read on after a few polls of each, and each has its half. */
async function expectShared(world: World, one: Consumer, two: Consumer): Promise<void> {
  for (const each of [one, two, one, two]) await polled(world, each);
  await more(world, 'at last');
  const [ofOne, ofTwo] = [values(await polled(world, one)), values(await polled(world, two))];
  expect([ofOne.length, ofTwo.length]).toEqual([1, 1]);
  expect([...ofOne, ...ofTwo].toSorted()).toEqual(['at last 0', 'at last 1']);
}

test('a take that lands after a later target was adopted takes nothing', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const one = await consumer(world, { instance: 'one' }, settings);
    const late = lateLeases(world);
    const first = polled(world, one, { in: late.engine });
    await expect(first).rejects.toMatchObject({ name: 'EngineError' });
    const two = await consumer(world, { instance: 'two' }, settings);
    await polled(world, one);
    await late.land();
    await expectShared(world, one, two);
  }));

test('nor does one of a poll that froze meanwhile, before whichever step', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 2 });
      const one = await consumer(world, { instance: 'one' }, settings);
      const frozen = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
      const two = await consumer(world, { instance: 'two' }, settings);
      await polled(world, one);
      await frozen.thaw();
      await expectShared(world, one, two);
      return frozen.isFrozen;
    });
    if (!isFrozen) return;
  }
});

test('one that is given up late, when it is its owner’s again, stays his', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const one = await consumer(world, { instance: 'one' }, settings);
    await polled(world, one);
    const two = await consumer(world, { instance: 'two' }, settings);
    const late = lateLeases(world);
    const release = polled(world, one, { in: late.engine });
    await expect(release).rejects.toMatchObject({ name: 'EngineError' });
    await deleteInstance(two.engine, world.call(two.engine), two);
    await polled(world, one);
    await late.land();
    await more(world, 'for one');
    expect(values(await polled(world, one)).toSorted()).toEqual(['for one 0', 'for one 1']);
    const { engine } = one;
    await commitOffsets(engine, world.call(engine), one, undefined);
    const offsets = await committedOffsets(engine, world.call(engine), one, places);
    expect(offsets.map(({ offset }) => offset)).toEqual([1, 1]);
  }));

/** A transaction that stores what was made of records, and takes the offset after them. */
function process(
  world: World,
  { engine, group, instance }: Consumer,
  value: string,
  sent: { readonly partition: number; readonly generation: number; readonly offset: number },
): Promise<unknown> {
  const { generation, ...place } = sent;
  const record = { topic: 'bills', key: null, value: Buffer.from(value), headers: [] };
  return transact(engine, world.call(engine), {
    records: [{ ...record, partition: 0 }],
    identity: { key: value },
    offsets: {
      group,
      member: instance,
      generation,
      offsets: [{ topic: 'orders', ...place, metadata: '' }],
    },
  });
}

function numberOf(given: readonly Given[]): number {
  const [first] = given;
  return Number(first?.place.at(-1));
}

test('what was read before a partition went away and came back is not done again', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(200 + step, async (world) => {
      await world.createTopic({ name: 'bills' });
      await world.createTopic({ name: 'orders', partitions: 2 });
      for (const value of ['a', 'b', 'c']) await more(world, value);
      const one = await consumer(world, { instance: 'one' }, settings);
      const frozen = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
      if (!frozen.isFrozen) return false;
      expect([step, (await polled(world, one)).length]).toEqual([step, 6]);

      // The partition goes to another, who does two of its three records, and leaves.
      const two = await consumer(world, { instance: 'two' }, settings);
      await polled(world, one);
      const ofTwo = await polled(world, two);
      const partition = numberOf(ofTwo);
      await process(world, two, 'a b', { partition, generation: 2, offset: 2 });
      await deleteInstance(two.engine, world.call(two.engine), two);

      const answer = await frozen.thaw();
      const given = [...(answer instanceof Error ? [] : answer), ...(await polled(world, one))];
      const late = process(world, one, 'a b c', { partition, generation: 1, offset: 3 });
      await expect(late).rejects.toMatchObject({ code: 'ILLEGAL_GENERATION' });
      const again = given.filter(({ place }) => place === `orders-${partition}`);
      expect([step, values(again)]).toEqual([step, [`c ${partition}`]]);
      await process(world, one, 'c', { partition, generation: 3, offset: 3 });
      expect([step, await readAll(world, 0, 'bills')]).toEqual([step, ['a b', 'c']]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
});

test('a commit that stalled while the partition went away and came back commits nothing', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    await more(world, 'first');
    const one = await consumer(world, { instance: 'one' }, settings);
    expect(await polled(world, one)).toHaveLength(2);
    const offsets = [{ topic: 'orders', partition: 1, offset: 1, metadata: '' }];
    const stalled = await freezing(world, 2, (engine) =>
      commitOffsets(engine, world.call(engine), one, offsets),
    );
    const two = await consumer(world, { instance: 'two' }, settings);
    for (const each of [two, one]) await polled(world, each);
    expect(values(await polled(world, two))).toEqual(['first 1']);
    await deleteInstance(two.engine, world.call(two.engine), two);
    // Its owner is who he was, and has it by another lease: from what is committed, which is
    // nothing.
    expect(values(await polled(world, one))).toEqual(['first 1']);
    expect(await stalled.thaw()).toMatchObject({ code: 'ILLEGAL_STATE' });
    const committed = await committedOffsets(one.engine, world.call(one.engine), one, places);
    expect(committed).toEqual([]);
  }));
