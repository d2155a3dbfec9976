// The dead-letter topic itself fails: nothing is passed over while it takes nothing, and once it
// does, each record is there once, and says why it failed itself.

import { expect, test } from 'vitest';
import { deadLettersOf } from '../../../shared/engine/delivery/dead-letters.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { deleteTopic } from '../../../shared/engine/make-topics.ts';
import { txnKey } from '../../../shared/store/items.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import {
  callsOf,
  newReceiver,
  progressOf,
  refusing,
  subscription,
  woken,
} from '../../world/delivery-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, unheard } from '../../world/meddled-engine.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const wanted = {
  attemptsMax: 1,
  deadLetterTopic: 'dead',
  retryMillisMin: 100,
  retryMillisMax: 1_000,
};

async function withBad(world: World) {
  await world.createTopic({ name: 'orders', partitions: 1 });
  await world.createTopic({ name: 'dead', partitions: 1 });
  const engine = world.newEngine();
  const receiver = newReceiver(world, refusing('bad'));
  const billing = await subscription(world, engine, wanted);
  await produce(world, engine, ['bad', 'good']);
  return { engine, receiver, billing };
}

const isTransaction = (keys: readonly { readonly pk: string }[]) =>
  keys.some(({ pk }) => pk.startsWith(txnKey('').pk));

test('one that was deleted: the partition waits until it is there again', () =>
  inWorld(1, async (world) => {
    const { engine, receiver, billing } = await withBad(world);
    await deleteTopic(engine, world.call(engine), 'dead');
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([[0, 1], [0]]);
    const reason = 'the dead-letter topic takes nothing: UNKNOWN_TOPIC';
    expect(await progressOf(world)).toMatchObject([
      { committed: 0, attempts: 1, failure: { reason } },
    ]);
    await world.createTopic({ name: 'dead', partitions: 1 });
    await world.time.sleep(2_000);
    await woken(world, receiver, billing);
    expect(callsOf(receiver)).toEqual([[0, 1], [0], [1]]);
    expect(await readAll(world, 0, 'dead')).toEqual(['bad']);
    expect(await progressOf(world)).toMatchObject([
      { committed: 2, attempts: 0, failure: undefined },
    ]);
    const letters = await deadLettersOf(engine, world.call(engine), 'billing', 10);
    expect(letters.map(({ letter }) => letter)).toMatchObject([
      { attempts: 1, reason: 'TypeError' },
    ]);
  }));

test('one that is throttled: the same', () =>
  inWorld(2, async (world) => {
    const { receiver, billing } = await withBad(world);
    let isThrottled = true;
    const engine = meddledEngine(world, {
      at: ({ operation, keys }) => operation === 'transact' && isTransaction(keys),
      by: (work) =>
        isThrottled ? Promise.reject(new StoreError('not-done', 'throttled')) : work(),
    });
    await woken(world, receiver, billing, { engine });
    expect(callsOf(receiver)).toEqual([[0, 1], [0]]);
    const reason = 'the dead-letter topic takes nothing: THROTTLED';
    expect(await progressOf(world)).toMatchObject([
      { committed: 0, attempts: 1, failure: { reason } },
    ]);
    isThrottled = false;
    await world.time.sleep(2_000);
    await woken(world, receiver, billing, { engine });
    expect(callsOf(receiver)).toEqual([[0, 1], [0], [1]]);
    expect(await readAll(world, 0, 'dead')).toEqual(['bad']);
  }));

const outcomes: Readonly<Record<string, <A>(work: () => Promise<A>) => Promise<A>>> = {
  'it is done, and nobody hears of it': async (work) => {
    await work();
    throw unheard();
  },
  'it is not done, and nobody knows': () => Promise.reject(unheard()),
};

test.for(Object.entries(outcomes))('giving up, of unknown outcome: %s', ([, by]) =>
  inWorld(3, async (world) => {
    const { receiver, billing } = await withBad(world);
    for (let most = 1; most < 25; most += 4) {
      let left = most;
      const engine = meddledEngine(world, {
        at: ({ operation, keys }) => operation === 'transact' && isTransaction(keys) && left-- > 0,
        by,
      });
      await woken(world, receiver, billing, { engine });
      await world.time.sleep(70_000);
    }
    await woken(world, receiver, billing);
    expect(await readAll(world, 0, 'dead')).toEqual(['bad']);
    expect(callsOf(receiver)).toEqual([[0, 1], [0], [1]]);
  }),
);

test('giving up that lands when another has done it long since', () =>
  inWorld(4, async (world) => {
    const { receiver, billing } = await withBad(world);
    const late: (() => Promise<unknown>)[] = [];
    const engine = meddledEngine(world, {
      at: ({ operation, keys }) => operation === 'transact' && isTransaction(keys),
      by: (work) => {
        late.push(work);
        throw unheard();
      },
    });
    await woken(world, receiver, billing, { engine });
    expect(late.length).toBeGreaterThan(0);
    await world.time.sleep(70_000);
    await woken(world, receiver, billing);
    for (const land of late) await land();
    expect(await readAll(world, 0, 'dead')).toEqual(['bad']);
    expect(await progressOf(world)).toMatchObject([{ committed: 2 }]);
  }));

test('what grew old since a try of which nobody heard is given up once', () =>
  inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    await world.createTopic({ name: 'dead', partitions: 1 });
    const producer = world.newEngine();
    const receiver = newReceiver(world);
    const young = { ageMillisMax: 10_000, deadLetterTopic: 'dead', retryMillisMin: 3_000 };
    const billing = await subscription(world, producer, young);
    await produce(world, producer, ['a', 'b']);
    await world.time.sleep(3_000);
    await produce(world, producer, ['c']);
    await world.time.sleep(7_200);
    let left = 10;
    const engine = meddledEngine(world, {
      at: ({ operation, keys }) => operation === 'transact' && isTransaction(keys) && left-- > 0,
      by: async (work) => {
        await work();
        throw unheard();
      },
    });
    await woken(world, receiver, billing, { engine });
    await world.time.sleep(70_000);
    await woken(world, receiver, billing);
    expect(await readAll(world, 0, 'dead')).toEqual(['a', 'b', 'c']);
    expect(await progressOf(world)).toMatchObject([{ committed: 3 }]);
  }));

test('whoever gives up freezes before any of his steps: it is there once', async () => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      const { receiver, billing } = await withBad(world);
      const work = (engine: Engine) => woken(world, receiver, billing, { engine });
      const frozen = await freezing(world, step, work);
      if (!frozen.isFrozen) return false;
      await world.time.sleep(80_000);
      await woken(world, receiver, billing);
      expect([step, await frozen.thaw()]).toEqual([step, undefined]);
      await woken(world, receiver, billing);
      expect([step, await readAll(world, 0, 'dead')]).toEqual([step, ['bad']]);
      expect([step, await progressOf(world)]).toMatchObject([step, [{ committed: 2 }]]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(8);
      return;
    }
  }
});
