// Creations that freeze before any of their steps, for ever or until something has happened: what
// is there then is whole, or nothing is.

import { expect, test } from 'vitest';
import type { Subscription } from '../../../shared/delivery/subscription.ts';
import { allSubscriptions, routesOf } from '../../../shared/engine/delivery/find-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { findGroup } from '../../../shared/engine/group/read-group.ts';
import { headOf } from '../../../shared/engine/heads.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import {
  callsOf,
  newReceiver,
  progressOf,
  subscription,
  type Wanted,
  woken,
} from '../../world/delivery-story.ts';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const frozen: Wanted = { name: 'frozen', group: 'shop' };

type Story = {
  readonly world: World;
  readonly engine: Engine;
  /** Goes on, to its end. */
  readonly thaw: () => Promise<Subscription | Error>;
};

/** The same story for each of its steps. */
async function beforeEachStep(wanted: Wanted, story: (told: Story) => Promise<void>) {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 2 });
      const engine = world.newEngine();
      await produce(world, engine, ['a', 'b']);
      const creation = await freezing(world, step, (own) => subscription(world, own, wanted));
      if (!creation.isFrozen) return false;
      await story({ world, engine, thaw: creation.thaw }).catch((error) => {
        throw new Error(`frozen before step ${step}`, { cause: error });
      });
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
}

/** That all of it is there, and nothing else, and that it delivers. */
async function expectOnly(world: World, { name, id, topicId, group, life }: Subscription) {
  const engine = world.newEngine();
  const call = world.call(engine);
  const all = await allSubscriptions(engine, call);
  expect(all.map((one) => [one.name, one.id])).toEqual([[name, id]]);
  expect(await routesOf(engine, call, topicId)).toMatchObject([{ subscription: name }]);
  expect(await findGroup(engine, call, group)).toMatchObject({ subscription: name, life });
  const place = { topicId, partition: 1 };
  expect(await headOf(engine, call, place)).toMatchObject({ isFollowed: true });
  expect(await progressOf(world, name)).toHaveLength(2);
}

test('for ever: there is none, and its name and its group are free', () =>
  beforeEachStep(frozen, async ({ world, engine }) => {
    expect(await allSubscriptions(engine, world.call(engine))).toEqual([]);
    await expectOnly(world, await subscription(world, engine, frozen));
  }));

test('until another of its name was made', () =>
  beforeEachStep(frozen, async ({ world, engine, thaw }) => {
    const other = await subscription(world, engine, { ...frozen, group: 'other' });
    expect(await thaw()).toMatchObject({ code: 'SUBSCRIPTION_EXISTS' });
    await expectOnly(world, other);
  }));

test('until another one has taken its group', () =>
  beforeEachStep(frozen, async ({ world, engine, thaw }) => {
    const other = await subscription(world, engine, { ...frozen, name: 'other' });
    expect(await thaw()).toMatchObject({ code: 'ILLEGAL_STATE' });
    await expectOnly(world, other);
  }));

test('until an instance has come into its group', () =>
  beforeEachStep({ ...frozen, from: 'latest' }, async ({ world, engine, thaw }) => {
    const one: Consumer = await consumer(world, { instance: 'one' });
    await polled(world, one);
    expect(await thaw()).toMatchObject({ code: 'GROUP_NOT_EMPTY' });
    expect(await allSubscriptions(engine, world.call(engine))).toEqual([]);
    await produce(world, engine, ['c']);
    expect(values(await polled(world, one))).toContain('c');
  }));

test('until its topic was made anew: it is of the new one', () =>
  beforeEachStep(frozen, async ({ world, engine, thaw }) => {
    await deleteTopic(engine, world.call(engine), 'orders');
    const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 2 });
    const created = await thaw();
    // It may have met heads that were gone.
    if (created instanceof Error) {
      expect(created).toMatchObject({ code: 'UNKNOWN_PARTITION' });
      return;
    }
    expect(created).toMatchObject({ topicId });
    await expectOnly(world, created);
  }));

test('until records have come: it delivers from where it was asked to begin', () =>
  beforeEachStep({ ...frozen, from: 'latest' }, async ({ world, engine, thaw }) => {
    await produce(world, engine, ['c']);
    const created = await thaw();
    if (created instanceof Error) throw created;
    await expectOnly(world, created);
    await produce(world, engine, ['d']);
    const receiver = newReceiver(world);
    await woken(world, receiver, created);
    const [given] = callsOf(receiver);
    expect([[2, 3], [3]]).toContainEqual(given);
  }));

const atTheEnd: Wanted = { ...frozen, from: 'latest' };

test('for ever: where it would have begun is nothing to the next of its group', () =>
  beforeEachStep(atTheEnd, async ({ world, engine, thaw }) => {
    const next = await subscription(world, engine, { ...frozen, name: 'next' });
    await thaw();
    expect(await progressOf(world, 'next')).toMatchObject([{ committed: 0 }, { committed: 0 }]);
    await expectOnly(world, next);
  }));

test('for ever: nor is it to an instance that comes into the group', () =>
  beforeEachStep(atTheEnd, async ({ world, thaw }) => {
    const one: Consumer = await consumer(world, { instance: 'one' });
    const given = [...(await polled(world, one)), ...(await polled(world, one))];
    expect(values(given)).toEqual(['a', 'b']);
    await thaw();
  }));
