// Requests of one instance that overlap: whichever comes first, what it subscribes to then is what
// it reads, nothing is nobody's, and no answer says less than may have been done.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { commitOffsets, committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { seek } from '../../../shared/engine/group/seek.ts';
import {
  assignByHand,
  assignmentOf,
  subscribe,
  subscriptionOf,
  unsubscribe,
} from '../../../shared/engine/group/subscribe.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { meddledEngine, unheard, writes } from '../../world/meddled-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const sessionMillis = 5_000;
const place = { topic: 'orders', partition: 0 };
const other = { topic: 'orders', partition: 1 };

test('a poll that may have moved on before another request came between says so', () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' });
    expect(await polled(world, one)).toEqual([]);
    await produce(world, world.newEngine(), ['a', 'b']);
    const places = [{ ...place, to: { offset: 1 } }];
    const sought = (engine: Engine) => seek(engine, world.call(engine), one, places);
    let saves = 0;
    const engine = meddledEngine(world, {
      at: (step) => writes(step, 'member#') && saves++ === 0,
      by: async (work) => {
        await work();
        await sought(world.newEngine());
        throw unheard();
      },
    });
    const poll = polled(world, one, { in: engine });
    await expect(poll).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(values(await polled(world, one))).toEqual(['b']);
  }));

test('one that surely has not gives nothing', () =>
  inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const one = await consumer(world, { instance: 'one' });
    expect(await polled(world, one)).toEqual([]);
    await produce(world, world.newEngine(), ['a', 'b']);
    const places = [{ ...place, to: { offset: 1 } }];
    const engine = meddledEngine(world, {
      at: (step) => writes(step, 'member#'),
      by: async (work) => {
        await seek(one.engine, world.call(one.engine), one, places);
        return work();
      },
    });
    expect(await polled(world, one, { in: engine })).toEqual([]);
    expect(values(await polled(world, one))).toEqual(['b']);
  }));

test('a commit that may have been done before the partition was lost says so', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders' });
    await produce(world, world.newEngine(), ['a']);
    const settings = { sessionMillis, autoCommit: false };
    const one = await consumer(world, { instance: 'one' }, settings);
    expect(values(await polled(world, one))).toEqual(['a']);
    let tries = 0;
    const engine = meddledEngine(world, {
      at: (step) => writes(step, 'lease#') && tries++ === 0,
      by: async (work) => {
        await work();
        await world.time.sleep(sessionMillis + 1);
        const two = await consumer(world, { instance: 'two' }, settings);
        expect(await polled(world, two)).toEqual([]);
        throw unheard();
      },
    });
    const commit = commitOffsets(engine, world.call(engine), one, undefined);
    await expect(commit).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(tries).toBe(2);
  }));

test('a commit of which some is done is not said to be throttled', () =>
  inWorld(4, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const producer = world.newEngine();
    for (const partition of [0, 1]) await produce(world, producer, ['a'], { partition });
    const one = await consumer(world, { instance: 'one' }, { autoCommit: false });
    expect(values(await polled(world, one))).toEqual(['a', 'a']);
    let passes: string | undefined;
    const engine = meddledEngine(world, {
      at: (step) => {
        if (!writes(step, 'lease#')) return false;
        passes ??= step.keys[0]?.sk;
        return step.keys[0]?.sk !== passes;
      },
      by: () => Promise.reject(new StoreError('not-done', 'throttled')),
    });
    const commit = () => commitOffsets(engine, world.call(engine), one, undefined);
    await expect(commit()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const observer = world.newEngine();
    const offsets = await committedOffsets(observer, world.call(observer), one, [place, other]);
    expect(offsets.map(({ offset }) => offset)).toEqual([1]);
  }));

/** What a request does to its instance, in a process of its own. */
type Request = (world: World, one: Consumer, engine: Engine) => Promise<unknown>;

const subscribes: Request = (world, one, engine) =>
  subscribe(engine, world.call(engine), one, { kind: 'topics', topics: ['orders'] });
const unsubscribes: Request = (world, one, engine) => unsubscribe(engine, world.call(engine), one);
const isAssigned: Request = (world, one, engine) =>
  assignByHand(engine, world.call(engine), one, [place]);
const isAssignedNothing: Request = (world, one, engine) =>
  assignByHand(engine, world.call(engine), one, []);

const polls: Request = (world, one, engine) => polled(world, one, { in: engine });

const overlaps: Readonly<
  Record<string, { readonly first?: Request; readonly frozen: Request; readonly by: Request }>
> = {
  'ending a subscription, by another': { frozen: unsubscribes, by: subscribes },
  'ending a subscription, by its end and another': {
    frozen: unsubscribes,
    by: async (...told) => {
      await unsubscribes(...told);
      await subscribes(...told);
    },
  },
  'ending none, by a subscription': {
    first: unsubscribes,
    frozen: unsubscribes,
    by: subscribes,
  },
  'a poll after the end of a subscription, by another': {
    first: unsubscribes,
    frozen: polls,
    by: subscribes,
  },
  'a subscription, by its end': { frozen: subscribes, by: unsubscribes },
  'a subscription, by an assignment': {
    first: unsubscribes,
    frozen: subscribes,
    by: isAssigned,
  },
  'an assignment, by a subscription': {
    first: unsubscribes,
    frozen: isAssigned,
    by: subscribes,
  },
  'an assignment of nothing, by a subscription': {
    first: unsubscribes,
    frozen: isAssignedNothing,
    by: subscribes,
  },
  'ending an assignment, by another': {
    first: async (...told) => {
      await unsubscribes(...told);
      await isAssigned(...told);
    },
    frozen: unsubscribes,
    by: isAssigned,
  },
};

test.for(Object.entries(overlaps))('%s', async ([, { first, frozen: request, by }]) => {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(100 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 2 });
      const one = await consumer(world, { instance: 'one' });
      const two = await consumer(world, { instance: 'two' });
      const inTurns = async (rounds: number) => {
        const given: [string[], string[]] = [[], []];
        for (let round = 0; round < rounds; round++) {
          given[0].push(...values(await polled(world, one)));
          given[1].push(...values(await polled(world, two)));
        }
        return given;
      };
      await inTurns(2);
      await first?.(world, one, one.engine);
      const frozen = await freezing(world, step, (engine) => request(world, one, engine));
      if (!frozen.isFrozen) return false;
      const between = await by(world, one, world.newEngine()).catch((error: Error) => error);
      await inTurns(2);
      const answer = await frozen.thaw();
      for (const each of [between, answer]) {
        if (each instanceof Error) expect(each).toMatchObject({ code: 'ILLEGAL_STATE' });
      }
      await inTurns(2);
      const { engine } = one;
      const topics = await subscriptionOf(engine, world.call(engine), one);
      const assigned = await assignmentOf(engine, world.call(engine), one);
      for (const partition of [0, 1]) {
        await produce(world, engine, [`of ${partition}`], { partition });
      }
      const [ofOne, ofTwo] = await inTurns(2);
      const own = assigned.map(({ partition }) => `of ${partition}`);
      expect([step, ofOne]).toEqual([step, own]);
      const all = ['of 0', 'of 1'];
      if (topics.length === 0) {
        expect([step, ofTwo.toSorted()]).toEqual([step, all]);
      } else {
        expect([step, own]).toMatchObject([step, [expect.any(String)]]);
        expect([step, [...ofOne, ...ofTwo].toSorted()]).toEqual([step, all]);
      }
      // And whoever has it can commit it.
      await inTurns(1);
      const offsets = await committedOffsets(engine, world.call(engine), one, [place, other]);
      expect([step, offsets.map(({ offset }) => offset)]).toEqual([step, [1, 1]]);
      return true;
    });
    if (!isFrozen) {
      expect(step).toBeGreaterThan(2);
      return;
    }
  }
});
