// A topic that a stack wants to be so becomes so, however often it is asked and whatever fails; and
// what was there before the stack is never deleted with it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTopic, deleteTopic } from '../../shared/engine/make-topics.ts';
import { endTopic, settleTopic, type WantedTopic } from '../../shared/engine/settle-topic.ts';
import type { Topic } from '../../shared/engine/topic-cache.ts';
import { alterConfigs, describeTopic, growTopic, listTopics } from '../../shared/engine/topics.ts';
import { EngineError } from '../../shared/errors.ts';
import { produce } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

function open(world: World) {
  const engine = world.newEngine();
  return { engine, call: world.call(engine) };
}

type Wish = Omit<Partial<WantedTopic>, 'configs'> & {
  readonly configs?: Readonly<Record<string, string>>;
};

const wanted = ({ configs = {}, ...wish }: Wish): WantedTopic => ({
  name: 'orders',
  maker: 'stack/Orders',
  configs: new Map(Object.entries(configs)),
  ...wish,
});

function settle(world: World, wish: Wish, before?: Wish): Promise<Topic> {
  const { engine, call } = open(world);
  const asked = wanted({ ...wish, ...(before && { before: wanted(before) }) });
  return settleTopic(engine, call, asked);
}

function end(world: World, maker = 'stack/Orders'): Promise<void> {
  const { engine, call } = open(world);
  return endTopic(engine, call, { name: 'orders', maker });
}

function found(world: World): Promise<Topic> {
  const { engine, call } = open(world);
  return describeTopic(engine, call, 'orders');
}

async function isThere(world: World): Promise<boolean> {
  const { engine, call } = open(world);
  return (await listTopics(engine, call)).length > 0;
}

const configsOf = ({ configs }: Topic) => Object.fromEntries(configs);

test('a missing one is made, changed as it is asked for anew, and ended', async () => {
  await inWorld(1, async (world) => {
    const first = {
      partitions: 2,
      configs: { 'retention.ms': '1000', 'cleanup.policy': 'compact' },
    };
    const { id } = await settle(world, first);
    expect(await found(world)).toMatchObject({ partitions: 2 });
    const next = { partitions: 5, configs: { 'retention.ms': '2000' } };
    expect(await settle(world, next, first)).toMatchObject({ id, partitions: 5 });
    expect(configsOf(await found(world))).toEqual({ 'retention.ms': '2000' });
    await end(world);
    expect(await isThere(world)).toBe(false);
    await end(world);
  });
});

test('one that was there becomes so, and stays when its stack goes', async () => {
  await inWorld(2, async (world) => {
    const configs = new Map([
      ['retention.ms', '1'],
      ['max.message.bytes', '7'],
    ]);
    const { id } = await world.createTopic({ name: 'orders', configs });
    const adopted = await settle(world, { partitions: 3, configs: { 'retention.ms': '1000' } });
    expect(adopted).toMatchObject({ id, partitions: 3 });
    expect(configsOf(adopted)).toEqual({ 'retention.ms': '1000', 'max.message.bytes': '7' });
    await end(world);
    expect(await found(world)).toMatchObject({ id });
  });
});

test('what was set by hand stays; what a stack named and no longer names does not', async () => {
  await inWorld(3, async (world) => {
    const before = { configs: { 'retention.ms': '1000', 'retention.bytes': '5' } };
    await settle(world, before);
    const { engine, call } = open(world);
    const byHand = new Map([['max.message.bytes', '9']]);
    await alterConfigs(engine, call, { name: 'orders', changes: byHand });
    const after = await settle(world, { configs: { 'retention.ms': '1000' } }, before);
    expect(configsOf(after)).toEqual({ 'retention.ms': '1000', 'max.message.bytes': '9' });
  });
});

test('a try that is asked again knows what the first has made', async () => {
  await inWorld(4, async (world) => {
    const { id } = await settle(world, { partitions: 2 });
    expect(await settle(world, { partitions: 2 })).toMatchObject({ id });
    await end(world);
    expect(await isThere(world)).toBe(false);
  });
});

test('a topic that two have wanted is ended by neither', async () => {
  await inWorld(5, async (world) => {
    // A construct was moved: the new resource comes before the old one is deleted.
    const { id } = await settle(world, {});
    await settle(world, { maker: 'stack/Moved' });
    await end(world);
    expect(await found(world)).toMatchObject({ id });
    // Or the new one is taken back.
    await end(world, 'stack/Moved');
    expect(await found(world)).toMatchObject({ id });
  });
});

test('one that somebody has made anew by hand is his', async () => {
  await inWorld(6, async (world) => {
    await settle(world, {});
    const { engine, call } = open(world);
    await deleteTopic(engine, call, 'orders');
    const { id } = await createTopic(engine, call, { name: 'orders' });
    await end(world);
    expect(await found(world)).toMatchObject({ id });
  });
});

test('fewer partitions are refused', async () => {
  await inWorld(7, async (world) => {
    const before = { partitions: 4 };
    await settle(world, before);
    for (const refused of [
      settle(world, { partitions: 3 }, before),
      settle(world, { partitions: 3 }),
    ]) {
      await expect(refused).rejects.toMatchObject({
        code: 'INVALID_PARTITIONS',
        message: 'partitions: 3 must be above the 4 there are',
      });
    }
    await settle(world, before, { partitions: 3 });
    expect(await found(world)).toMatchObject({ partitions: 4 });
  });
});

test('but a change is taken back: what was added stays, and all else is as it was', async () => {
  await inWorld(8, async (world) => {
    const before = { partitions: 2, configs: { 'retention.ms': '1' } };
    const after = { partitions: 4, configs: { 'retention.ms': '2' } };
    await settle(world, before);
    await settle(world, after, before);
    const back = await settle(world, before, after);
    expect(back).toMatchObject({ partitions: 4 });
    expect(configsOf(back)).toEqual({ 'retention.ms': '1' });
    // The next change is of something else.
    const next = { ...before, configs: { 'retention.ms': '3' } };
    expect(await settle(world, next, before)).toMatchObject({ partitions: 4 });
  });
});

test('so is one change after another, each from the number that the stack still says', async () => {
  await inWorld(12, async (world) => {
    const before = { partitions: 4 };
    await settle(world, before);
    for (const partitions of [8, 16]) {
      await settle(world, { partitions }, before);
      expect(await settle(world, before, { partitions })).toMatchObject({ partitions });
    }
    // The construct is moved: what asks now has never asked before.
    const moved = { ...before, maker: 'stack/Moved' };
    expect(await settle(world, moved)).toMatchObject({ partitions: 16 });
  });
});

test('so is a change of one that was grown by hand meanwhile', async () => {
  await inWorld(13, async (world) => {
    const before = { partitions: 4 };
    await settle(world, before);
    const { engine, call } = open(world);
    await growTopic(engine, call, { name: 'orders', partitions: 6 });
    await settle(world, { partitions: 8 }, before);
    expect(await settle(world, before, { partitions: 8 })).toMatchObject({ partitions: 8 });
  });
});

test('one that was grown by hand keeps its partitions while others are not asked for', async () => {
  await inWorld(9, async (world) => {
    await settle(world, { partitions: 2 });
    const { engine, call } = open(world);
    for (const partitions of [3, 6]) await growTopic(engine, call, { name: 'orders', partitions });
    const same = await settle(world, { partitions: 2 }, { partitions: 2 });
    expect(same).toMatchObject({ partitions: 6 });
    const asked = settle(world, { partitions: 5 }, { partitions: 2 });
    await expect(asked).rejects.toThrow('partitions: 5 must be above the 6 there are');
    // The deployment is taken back.
    expect(await settle(world, { partitions: 2 }, { partitions: 5 })).toEqual(same);
  });
});

test('what cannot be is refused before anything is done; to take it back is not', async () => {
  await inWorld(10, async (world) => {
    const bad = { partitions: 2, configs: { 'retention.ms': 'soon' } };
    await expect(settle(world, bad)).rejects.toThrow('config retention.ms: must be an integer');
    expect(await isThere(world)).toBe(false);
    await settle(world, {});
    const unknown = { partitions: 2, configs: { colour: 'red' } };
    await expect(settle(world, unknown, {})).rejects.toThrow('config colour is not known');
    expect(await settle(world, {}, unknown)).toMatchObject({ partitions: 1 });
  });
});

test('two at once who ask for the same have it', async () => {
  await inWorld(11, async (world) => {
    const wish = { partitions: 3, configs: { 'retention.ms': '1000' } };
    await settle(world, {});
    const asked = [1, 2, 3, 4].map(() => settle(world, wish, {}));
    for (const topic of await Promise.all(asked)) expect(topic).toMatchObject({ partitions: 3 });
    await produce(world, world.newEngine(), ['x'], { partition: 2 });
  });
});

/** As CloudFormation and Lambda ask again what has failed for now. */
async function again<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineError) || error.outcome === 'definite') throw error;
    }
  }
}

test('whatever fails on the way, it is so in the end, and ended by its maker', async () => {
  const fault = fc.constantFrom(
    undefined,
    'throttled' as const,
    'before' as const,
    'after' as const,
  );
  const faults = fc.array(fault, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), faults, faults, (seed, writes, transacts) =>
      inWorld(seed, async (world) => {
        world.faults.next('write', ...writes);
        world.faults.next('transact', ...transacts);
        const before = { configs: { 'retention.bytes': '5' } };
        await again(() => settle(world, before));
        const after = { partitions: 3, configs: { 'retention.ms': '1000' } };
        await again(() => settle(world, after, before));
        const topic = await found(world);
        expect(topic).toMatchObject({ partitions: 3 });
        expect(configsOf(topic)).toEqual({ 'retention.ms': '1000' });
        await again(() => end(world));
        expect(await isThere(world)).toBe(false);
      }),
    ),
    { numRuns: 25 },
  );
});
