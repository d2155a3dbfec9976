// Every write of who delivers, and of who sets a subscription up, once with each outcome that a
// store may leave open: what comes of it is the same as if nothing had happened.

import { expect, test } from 'vitest';
import { changeSubscription } from '../../../shared/engine/delivery/change-subscription.ts';
import { deleteSubscription } from '../../../shared/engine/delivery/delete-subscription.ts';
import { allSubscriptions, routesOf } from '../../../shared/engine/delivery/find-subscription.ts';
import { seekSubscription } from '../../../shared/engine/delivery/seek-subscription.ts';
import type { Engine } from '../../../shared/engine/engine.ts';
import { EngineError } from '../../../shared/errors.ts';
import { triesMax } from '../../../shared/limits.ts';
import {
  caughtUp,
  newDeliverer,
  newReceiver,
  offsetsBelow,
  progressOf,
  refusing,
  sparedEngine,
  subscription,
  takenOf,
} from '../../world/delivery-story.ts';
import type { Fault, Operation } from '../../world/faults.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const faults: readonly Fault[] = ['before', 'after', 'late', 'throttled'];
/** Of what is only read there is nothing to know. */
const faultsOfReads: readonly Fault[] = ['before', 'throttled'];

/** How many operations of a kind there are, about. */
type Reach = Partial<Record<Operation, number>>;

/** Each fault at each of them: once, and so often that whoever meets it gives up. */
function* places(reach: Reach): Generator<readonly [Operation, number, Fault, number]> {
  for (const [name, most] of Object.entries(reach)) {
    const kind = name as Operation;
    const changes = kind === 'write' || kind === 'transact' || kind === 'put';
    for (const fault of changes ? faults : faultsOfReads) {
      for (let after = 0; after < most; after++) {
        for (const times of [1, triesMax + 1]) yield [kind, after, fault, times];
      }
    }
  }
}

const values = ['a', 'b', 'bad', 'c', 'd', 'bad', 'e'];
const wanted = {
  batchRecordsMax: 3,
  attemptsMax: 2,
  deadLetterTopic: 'dead',
  retryMillisMin: 100,
  retryMillisMax: 5_000,
  recordsPerSecondMax: 1_000,
};

const delivering: Reach = { write: 14, transact: 2, put: 2, get: 6, query: 2, read: 1 };

test('delivering: each record is taken in its order, or is a dead letter once', async () => {
  for (const [kind, after, fault, times] of places(delivering)) {
    const where = [kind, after, fault, times];
    await inWorld(1, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 1 });
      await world.createTopic({ name: 'dead', partitions: 1 });
      const producer = world.newEngine();
      await subscription(world, producer, wanted);
      await produce(world, producer, values);
      world.faults.next(kind, ...Array(after).fill(undefined), ...Array(times).fill(fault));
      const receiver = newReceiver(world, refusing('bad'));
      const { engine, stop } = newDeliverer(world, receiver.targets);
      await world.time.sleep(3_000);
      await world.faults.land();
      await world.time.sleep(180_000);
      await world.faults.land();
      await caughtUp(world, engine);
      const good = offsetsBelow(values.length).filter((offset) => values[offset] !== 'bad');
      expect([...where, takenOf(receiver)]).toEqual([...where, good]);
      expect([...where, await readAll(world, 0, 'dead')]).toEqual([...where, ['bad', 'bad']]);
      await stop();
    });
  }
});

type Verb = {
  readonly isThere: boolean;
  readonly ask: (world: World, engine: Engine) => Promise<unknown>;
  /** What there is, once it was done. */
  readonly done: object;
};

const setState = (state: 'paused' | 'running') => (world: World, engine: Engine) =>
  changeSubscription(engine, world.call(engine), 'billing', { state });

const verbs: Readonly<Record<string, Verb>> = {
  creating: {
    isThere: false,
    ask: (world, engine) => subscription(world, engine, { from: 'latest' }),
    done: { state: 'running', routes: 1, committed: [3] },
  },
  pausing: {
    isThere: true,
    ask: setState('paused'),
    done: { state: 'paused', routes: 0, committed: [0] },
  },
  seeking: {
    isThere: true,
    ask: (world, engine) =>
      seekSubscription(engine, world.call(engine), 'billing', { to: { offset: 2 } }),
    done: { state: 'running', routes: 1, committed: [2] },
  },
  deleting: {
    isThere: true,
    ask: (world, engine) => deleteSubscription(engine, world.call(engine), 'billing'),
    done: { state: undefined, routes: 0, committed: undefined },
  },
};

const asking: Reach = { write: 5, transact: 3, get: 8, query: 3 };

test.for(Object.entries(verbs))('%s: asked until it is done, it is', async ([, verb]) => {
  for (const [kind, after, fault, times] of places(asking)) {
    const where = [kind, after, fault, times];
    await inWorld(2, async (world) => {
      const { id: topicId } = await world.createTopic({ name: 'orders', partitions: 1 });
      const engine = world.newEngine();
      await produce(world, engine, ['a', 'b', 'c']);
      if (verb.isThere) await subscription(world, engine);
      world.faults.next(kind, ...Array(after).fill(undefined), ...Array(times).fill(fault));
      for (let asked = 0; asked < 5; asked++) {
        const answer = await verb.ask(world, engine).catch((error: unknown) => error);
        if (!(answer instanceof EngineError)) break;
        const isOver = ['SUBSCRIPTION_EXISTS', 'UNKNOWN_SUBSCRIPTION'].includes(answer.code);
        // Only what may have been done before can be in the way.
        expect([...where, isOver && asked === 0]).toEqual([...where, false]);
        expect([...where, isOver ? 'over' : answer.outcome]).not.toEqual([...where, 'definite']);
        if (isOver) break;
      }
      await world.faults.land();
      const observer = sparedEngine(world);
      const [found] = await allSubscriptions(observer, world.call(observer));
      const { length: routes } = await routesOf(observer, world.call(observer), topicId);
      const committed = found && (await progressOf(world)).map((each) => each.committed);
      const now = { state: found?.state, routes, committed };
      expect([...where, now]).toEqual([...where, verb.done]);
    });
  }
});
