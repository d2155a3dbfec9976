// Redriving: dead letters are put back for their subscription alone, each once, however often, by
// however many and whatever is heard of it.

import { expect, test } from 'vitest';
import { deadLettersOf } from '../../../shared/engine/delivery/dead-letters.ts';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { redrive } from '../../../shared/engine/delivery/redrive.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { EngineError } from '../../../shared/errors.ts';
import { txnKey } from '../../../shared/store/items.ts';
import {
  caughtUp,
  newDeliverer,
  newReceiver,
  progressOf,
  type Receiver,
  refusing,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { freezing, type Step } from '../../world/interrupted-engine.ts';
import { meddledEngine, unheard } from '../../world/meddled-engine.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const bad = ['bad-0', 'bad-1', 'bad-2', 'bad-3', 'bad-4'];
const values = ['a', ...bad, 'b'];

type Story = { readonly world: World; readonly engine: Engine; readonly receiver: Receiver };

/** Five dead letters, and a receiver that takes them by now. */
async function withLetters(world: World, partitions = 1): Promise<Story> {
  await world.createTopic({ name: 'orders', partitions: 2 });
  await world.createTopic({ name: 'dead', partitions });
  const engine = world.newEngine();
  const receiver = newReceiver(world, refusing(...bad));
  const wanted = {
    attemptsMax: 1,
    deadLetterTopic: 'dead',
    retryMillisMin: 100,
    batchRecordsMax: 4,
  };
  const billing = await subscription(world, engine, wanted);
  await produce(world, engine, values);
  await woken(world, receiver, billing);
  expect(await readAll(world, 0, 'dead')).toEqual(bad);
  receiver.react = () => undefined;
  receiver.received.length = 0;
  return { world, engine, receiver };
}

const told = (seed: number, story: (told: Story) => Promise<void>) =>
  inWorld(seed, async (world) => story(await withLetters(world)));

const redriveBy = (world: World, engine: Engine, limit?: number) =>
  redrive(engine, world.call(engine), 'billing', limit);

test('all of them, in their order, and not again', () =>
  told(1, async ({ world, engine }) => {
    expect(await redriveBy(world, engine)).toEqual({ redriven: 5, isDone: true });
    expect(await redriveBy(world, engine)).toEqual({ redriven: 0, isDone: true });
    expect(await readAll(world, values.length)).toEqual(bad);
    expect(await readAll(world, 0, 'dead')).toEqual(bad);
  }));

test('so many at a time', () =>
  told(2, async ({ world, engine }) => {
    expect(await redriveBy(world, engine, 2)).toEqual({ redriven: 2, isDone: false });
    const left = await deadLettersOf(engine, world.call(engine), 'billing', 100);
    expect(left.map(({ letter }) => letter.offset)).toEqual([3, 4, 5]);
    expect(await redriveBy(world, engine, 2)).toEqual({ redriven: 2, isDone: false });
    expect(await redriveBy(world, engine, 2)).toEqual({ redriven: 1, isDone: true });
    expect(await readAll(world, values.length)).toEqual(bad);
  }));

test('looking at them reads each partition once, and none after the last that is wanted', () =>
  inWorld(8, async (world) => {
    await withLetters(world, 3);
    const readsFor = async (limit: number) => {
      const engine = world.newEngine();
      const letters = await deadLettersOf(engine, world.call(engine), 'billing', limit);
      expect(letters).toHaveLength(Math.min(limit, bad.length));
      return engine.operations.tableReads;
    };
    // The subscription and two topics; of a partition its head and how far it was gone through.
    expect(await readsFor(bad.length)).toBe(3 + 2);
    expect(await readsFor(bad.length + 1)).toBe(3 + 3 * 2);
  }));

test('of two at once each letter is put back once', () =>
  told(3, async ({ world }) => {
    const limits = [undefined, 2, 3];
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.allSettled(
        limits.map((limit) => redriveBy(world, world.newEngine(), limit)),
      );
      for (const answer of answers) {
        if (answer.status === 'rejected')
          expect(answer.reason).toMatchObject({ code: 'UNAVAILABLE' });
      }
    }
    expect(await redriveBy(world, world.newEngine())).toEqual({ redriven: 0, isDone: true });
    expect(await readAll(world, values.length)).toEqual(bad);
  }));

const isTransaction = ({ operation, keys }: Step) =>
  operation === 'transact' && keys.some(({ pk }) => pk.startsWith(txnKey('').pk));

test('of unknown outcome: it is safe to ask again', () =>
  told(4, async ({ world }) => {
    const late: (() => Promise<unknown>)[] = [];
    const outcomes = ['after', 'before', 'late'] as const;
    for (const outcome of outcomes) {
      const engine = meddledEngine(world, {
        at: isTransaction,
        by: async (work) => {
          if (outcome === 'after') await work();
          if (outcome === 'late') late.push(work);
          throw unheard();
        },
      });
      const asked = redriveBy(world, engine, 1);
      await expect(asked).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    }
    expect(await redriveBy(world, world.newEngine(), 1)).toEqual({ redriven: 1, isDone: false });
    for (const land of late) await land();
    expect(await redriveBy(world, world.newEngine())).toEqual({ redriven: 3, isDone: true });
    expect(await readAll(world, values.length)).toEqual(bad);
  }));

test('whoever freezes before any of his steps, and thaws after another', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      const { engine } = await withLetters(world);
      const frozen = await freezing(world, step, (own) => redriveBy(world, own, 3));
      if (!frozen.isFrozen) return false;
      await redriveBy(world, engine, 2);
      const answer = await frozen.thaw();
      if (answer instanceof EngineError) expect(answer).toMatchObject({ code: 'UNAVAILABLE' });
      else expect(answer).not.toBeInstanceOf(Error);
      await redriveBy(world, engine);
      expect([step, await readAll(world, values.length)]).toEqual([step, bad]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(6);
      return;
    }
  }
});

test('they reach their subscription alone, and others go on past them', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 3 });
    const receiver = newReceiver(world, refusing('bad'));
    const others = newReceiver(world);
    const route: Receiver['targets'] = {
      ...receiver.targets,
      invoke: (asked) =>
        (asked.functionName === 'billing' ? receiver : others).targets.invoke(asked),
    };
    const { engine, stop } = newDeliverer(world, route);
    const wanted = { attemptsMax: 2, deadLetterTopic: 'dead', retryMillisMin: 100 };
    await subscription(world, engine, wanted);
    await subscription(world, engine, { name: 'other', ...wanted });
    await produce(world, engine, ['a', 'bad', 'b']);
    await caughtUp(world, engine);
    await caughtUp(world, engine, 'other');
    expect(others.received.flatMap((one) => one.values)).toEqual(['a', 'bad', 'b']);
    // They are of one alone.
    expect(await redrive(engine, world.call(engine), 'other')).toEqual({
      redriven: 0,
      isDone: true,
    });
    receiver.received.length = 0;
    receiver.react = () => undefined;
    expect(await redriveBy(world, engine)).toEqual({ redriven: 1, isDone: true });
    await caughtUp(world, engine);
    await caughtUp(world, engine, 'other');
    expect(receiver.received.flatMap((one) => one.values)).toEqual(['bad']);
    expect(others.received.flatMap((one) => one.values)).toEqual(['a', 'bad', 'b']);
    expect(await progressOf(world, 'other')).toMatchObject([{ committed: 4, lag: 0 }]);
    await stop();
  }));

test('one that fails again is a dead letter again, and may be put back again', () =>
  inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const receiver = newReceiver(world, refusing('bad'));
    const { engine, stop } = newDeliverer(world, receiver.targets);
    await subscription(world, engine, { attemptsMax: 1, deadLetterTopic: 'dead' });
    await produce(world, engine, ['bad']);
    for (let round = 0; round < 3; round++) {
      await caughtUp(world, engine);
      const letters = await deadLettersOf(engine, world.call(engine), 'billing', 10);
      expect(letters.map(({ letter }) => letter.offset)).toEqual([round]);
      expect(await redriveBy(world, engine)).toEqual({ redriven: 1, isDone: true });
    }
    await stop();
  }));

test('letters of others and what is no letter are passed over', () =>
  inWorld(7, async (world) => {
    const { engine } = await withLetters(world);
    await produce(world, engine, ['no letter'], { topic: 'dead' });
    expect(await redriveBy(world, engine)).toEqual({ redriven: 5, isDone: true });
    await subscription(world, engine, { name: 'none' });
    const asked = redrive(engine, world.call(engine), 'none');
    await expect(asked).rejects.toMatchObject({ code: 'INVALID_FIELD' });
    const unknown = redrive(engine, world.call(engine), 'ghost');
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_SUBSCRIPTION' });
  }));

test('letters of one that had the name before are not the next one’s', () =>
  told(20, async ({ world, engine }) => {
    await deleteSubscription(engine, world.call(engine), 'billing');
    await subscription(world, engine, { deadLetterTopic: 'dead', from: 'latest' });
    expect(await deadLettersOf(engine, world.call(engine), 'billing', 10)).toEqual([]);
    expect(await redriveBy(world, engine)).toEqual({ redriven: 0, isDone: true });
  }));
