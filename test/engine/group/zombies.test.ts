// Processes that freeze or die in the middle of a member's request, before each of their steps: who
// has the partitions by then is not disturbed, and nothing is passed over.

import { expect, test } from 'vitest';
import type { Engine } from '../../../shared/engine/engine.ts';
import { commitOffsets, committedOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import { deleteInstance } from '../../../shared/engine/group/instances.ts';
import { type Consumer, consumer, polled, values } from '../../world/group-story.ts';
import { freezing } from '../../world/interrupted-engine.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const sessionMillis = 5_000;
const settings = { sessionMillis, autoCommit: true } as const;

type Story = {
  readonly world: World;
  readonly one: Consumer;
  /** Produces one more. */
  readonly more: (value: string) => Promise<unknown>;
};

/** `one` has the only partition, and was given the first record. */
async function withOne(world: World): Promise<Story> {
  await world.createTopic({ name: 'orders' });
  const producer = world.newEngine();
  const more = (value: string) => produce(world, producer, [value]);
  const one = await consumer(world, { instance: 'one' }, settings);
  await more('first');
  expect(values(await polled(world, one))).toEqual(['first']);
  return { world, one, more };
}

async function committed(world: World, { engine, ...name }: Consumer): Promise<number | undefined> {
  const place = { topic: 'orders', partition: 0 };
  const [offset] = await committedOffsets(engine, world.call(engine), name, [place]);
  return offset?.offset;
}

/** Tells the story with a request that freezes before its first step, its second, and so on.
 * @returns how many steps it has. */
async function atEachStep(
  story: (told: Story, step: number) => Promise<boolean>,
  from: number,
): Promise<number> {
  for (let step = 0; ; step++) {
    const isFrozen = await inWorld(from + step, async (world) => story(await withOne(world), step));
    if (!isFrozen) return step;
  }
}

/** Somebody else gets the partition once the session of `one` is over, and reads to the end. */
async function takeOver({ world }: Story, instance = 'two'): Promise<[Consumer, string[]]> {
  await world.time.sleep(sessionMillis + 1);
  const two = await consumer(world, { instance }, settings);
  const given = [...values(await polled(world, two)), ...values(await polled(world, two))];
  return [two, given];
}

test.for(['two', 'one'])(
  'a poll that thaws when the partition is another’s, by the name of %s, changes nothing',
  async (instance) => {
    const steps = await atEachStep(async (told, step) => {
      const { world, one, more } = told;
      await more('second');
      const frozen = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
      const [two, given] = await takeOver(told, instance);
      // What was committed by the frozen one is not given again; all else is.
      expect(given.slice(-1)).toEqual(['second']);
      const before = await committed(world, two);
      const answer = await frozen.thaw();
      if (frozen.isFrozen) expect([step, answer]).toMatchObject([step, unknownOrNothing(answer)]);
      expect([step, await committed(world, two)]).toEqual([step, before]);
      await more('third');
      expect([step, values(await polled(world, two))]).toEqual([step, ['third']]);
      return frozen.isFrozen;
    }, 1_000);
    expect(steps).toBeGreaterThanOrEqual(5);
  },
);

/** A name that lives again answers for whoever has it: the poll began before it was read. */
function unknownOrNothing(answer: unknown) {
  return Array.isArray(answer) ? answer : { code: 'UNKNOWN_INSTANCE' };
}

test('a commit that thaws when the partition is another’s is refused', async () => {
  const steps = await atEachStep(async (told, step) => {
    const { world, one, more } = told;
    await more('second');
    await polled(world, one);
    const commit = (engine: Engine) => commitOffsets(engine, world.call(engine), one, undefined);
    const frozen = await freezing(world, step, commit);
    const [two] = await takeOver(told);
    await more('third');
    await polled(world, two);
    const before = await committed(world, two);
    const answer = await frozen.thaw();
    const refused = expect.stringMatching(/^(UNKNOWN_INSTANCE|ILLEGAL_STATE|UNAVAILABLE)$/);
    if (frozen.isFrozen) expect([step, answer]).toMatchObject([step, { code: refused }]);
    expect([step, await committed(world, two)]).toEqual([step, before]);
    return frozen.isFrozen;
  }, 2_000);
  expect(steps).toBe(3);
});

test('an instance that is deleted half is gone when its session is over', async () => {
  const steps = await atEachStep(async (told, step) => {
    const { world, one, more } = told;
    await more('second');
    const leave = (engine: Engine) => deleteInstance(engine, world.call(engine), one);
    const frozen = await freezing(world, step, leave);
    const [two, given] = await takeOver(told);
    expect([step, given.slice(-1)]).toEqual([step, ['second']]);
    await frozen.thaw();
    await more('third');
    expect([step, values(await polled(world, two))]).toEqual([step, ['third']]);
    return frozen.isFrozen;
  }, 3_000);
  expect(steps).toBeGreaterThan(5);
});

test('a process that dies in a poll: the next poll, in another, goes on', async () => {
  const steps = await atEachStep(async ({ world, one, more }, step) => {
    await more('second');
    const dead = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
    const next = values(await polled(world, one, { in: world.newEngine() }));
    // Nobody heard of the last step of the one that died, if it came so far.
    expect([step, next]).toEqual([step, dead.isFrozen ? ['second'] : []]);
    return dead.isFrozen;
  }, 4_000);
  expect(steps).toBeGreaterThan(4);
});

test('a member that adopts a target half goes on with it', async () => {
  for (let step = 0; ; step++) {
    const isDead = await inWorld(5_000 + step, async (world) => {
      await world.createTopic({ name: 'orders', partitions: 2 });
      const producer = world.newEngine();
      const one = await consumer(world, { instance: 'one' }, settings);
      const two = await consumer(world, { instance: 'two' }, settings);
      const dead = await freezing(world, step, (engine) => polled(world, one, { in: engine }));
      for (const partition of [0, 1])
        await produce(world, producer, [`${partition}`], { partition });
      const given: string[] = [];
      for (let polls = 0; polls < 3; polls++) {
        for (const each of [one, two]) given.push(...values(await polled(world, each)));
      }
      expect([step, given.toSorted()]).toEqual([step, ['0', '1']]);
      return dead.isFrozen;
    });
    if (!isDead) return;
  }
});
