// A client that keeps its own positions: what it is told, when, and that nothing is taken from it
// that it is at work on.

import { describe, expect, test } from 'vitest';
import { commitOffsets } from '../../../shared/engine/group/commit-offsets.ts';
import {
  type MemberFetched,
  memberFetch,
  type NamedPartition,
} from '../../../shared/engine/group/member-fetch.ts';
import { recordsIn } from '../../../shared/engine/ranges.ts';
import { fetchBytesMax } from '../../../shared/limits.ts';
import { type Consumer, committed, consumer, leave } from '../../world/group-story.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const waitMillis = 5_000;

function fetched(
  world: World,
  { engine, ...name }: Consumer,
  named: readonly NamedPartition[],
  more: { readonly waitMillis?: number; readonly bytesMax?: number } = {},
): Promise<MemberFetched> {
  const request = { ...name, named, waitMillis, bytesMax: 1_000_000, ...more };
  return memberFetch(engine, world.call(engine), request);
}

/** Taken by whoever came first. */
const at = (partition: number, offset?: number): NamedPartition => {
  return { topic: 'orders', partition, takenIn: 1, offset };
};

/** As `0: a b`. */
function valuesIn({ partitions }: MemberFetched): string[] {
  return partitions
    .filter(({ batches }) => batches.length > 0)
    .map(({ partition, offset, batches }) => {
      const records = batches.flatMap(recordsIn).filter((record) => record.offset >= offset);
      const texts = records.map(({ value }) => Buffer.from(value ?? '').toString());
      return `${partition}: ${texts.join(' ')}`;
    });
}

/** As `0 1`, what is revoked in brackets. */
function heldIn({ held }: MemberFetched): string {
  return held
    .map(({ partition, isRevoked }) => (isRevoked ? `(${partition})` : `${partition}`))
    .sort()
    .join(' ');
}

const manual = { autoCommit: false };

/** With the topic orders, of two partitions. */
const story = (tell: (world: World) => Promise<void>) => () =>
  inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    await tell(world);
  });

describe('one member', () => {
  test(
    'is told what it holds, and given what is there, from what is committed',
    story(async (world) => {
      await produce(world, world.newEngine(), ['a', 'b'], { partition: 0 });
      const one = await consumer(world, { instance: 'one' }, manual);
      const first = await fetched(world, one, []);
      expect([heldIn(first), valuesIn(first)]).toEqual(['0 1', ['0: a b']]);
      expect(first.partitions).toMatchObject([
        { partition: 0, offset: 0, nextOffset: 2, logStart: 0, highWatermark: 2 },
        { partition: 1, offset: 0, nextOffset: 0, logStart: 0, highWatermark: 0 },
      ]);
      // Nothing was moved: who begins anew is given the same.
      expect(valuesIn(await fetched(world, one, []))).toEqual(['0: a b']);
      await commit(world, one, 0, 1);
      await leave(world, one);
      const two = await consumer(world, { instance: 'two' }, manual);
      expect(valuesIn(await fetched(world, two, []))).toEqual(['0: b']);
    }),
  );

  test(
    'reads from where it says, in the order in which it says it, and leaves what it only keeps',
    story(async (world) => {
      const producer = world.newEngine();
      await produce(world, producer, ['a', 'b'], { partition: 0 });
      await produce(world, producer, ['c', 'd'], { partition: 1 });
      const one = await consumer(world, { instance: 'one' }, manual);
      await fetched(world, one, []);
      expect(valuesIn(await fetched(world, one, [at(1, 1), at(0, 0)]))).toEqual(['1: d', '0: a b']);
      const kept = await fetched(world, one, [at(1), at(0, 1)]);
      expect([heldIn(kept), valuesIn(kept)]).toEqual(['0 1', ['0: b']]);
      expect(kept.partitions.length).toBe(1);
      const small = { bytesMax: 1 };
      expect(valuesIn(await fetched(world, one, [at(1, 0), at(0, 0)], small))).toEqual(['1: c d']);
    }),
  );

  test(
    'is given less where thousands of partitions with long names take the reply',
    story(async (world) => {
      const topics = [0, 1, 2, 3].map((number) => `${number}${'x'.repeat(248)}`);
      for (const name of topics) await world.createTopic({ name, partitions: 1_000 });
      const producer = world.newEngine();
      const [topic = ''] = topics;
      const { bytes } = seededChance(1);
      for (let batch = 0; batch < 3; batch++) {
        const value = Buffer.from(bytes(700_000)).toString('base64');
        await produce(world, producer, [value], { topic });
      }
      const one = await consumer(world, { instance: 'one' }, { ...manual, topics });
      const first = await fetched(world, one, [], { bytesMax: fetchBytesMax });
      const given = first.partitions.flatMap(({ batches }) => batches);
      expect([first.held.length, given.length]).toEqual([4_000, 1]);
      await leave(world, one);
      const alone = await consumer(world, { instance: 'two' }, { ...manual, topics: [topic] });
      const all = await fetched(world, alone, [], { bytesMax: fetchBytesMax });
      expect(all.partitions.flatMap(({ batches }) => batches).length).toBe(3);
    }),
  );

  test(
    'waits for records only when it knows what it holds',
    story(async (world) => {
      const one = await consumer(world, { instance: 'one' }, manual);
      const { time } = world;
      const began = time.now();
      await fetched(world, one, []);
      expect(time.now() - began).toBeLessThan(waitMillis);
      const waiting = fetched(world, one, [at(0, 0), at(1, 0)]);
      await time.sleep(1_000);
      await produce(world, one.engine, ['late'], { partition: 1 });
      expect(valuesIn(await waiting)).toEqual(['1: late']);
      const nothing = await fetched(world, one, [at(0, 0), at(1, 1)]);
      expect([heldIn(nothing), valuesIn(nothing)]).toEqual(['0 1', []]);
      expect(time.now() - began).toBeGreaterThanOrEqual(waitMillis + 1_000);
    }),
  );

  test(
    'begins where its reset policy says, also when what it named is not there any more',
    story(async (world) => {
      await produce(world, world.newEngine(), ['a', 'b'], { partition: 0 });
      const one = await consumer(world, { instance: 'one' }, { ...manual, reset: 'latest' });
      const first = await fetched(world, one, []);
      expect([valuesIn(first), first.partitions[0]?.offset]).toEqual([[], 2]);
      const past = await fetched(world, one, [at(0, 77), at(1, 0)], { waitMillis: 0 });
      expect(past.partitions[0]?.offset).toBe(2);
    }),
  );
});

describe('when another comes', () => {
  test(
    'nothing is taken from a member that is at work on it, until it names it no longer',
    story(async (world) => {
      const producer = world.newEngine();
      await produce(world, producer, ['a'], { partition: 0 });
      await produce(world, producer, ['b'], { partition: 1 });
      const one = await consumer(world, { instance: 'one' }, manual);
      await fetched(world, one, []);
      const two = await consumer(world, { instance: 'two' }, manual);
      expect(heldIn(await fetched(world, two, []))).toBe('');
      const told = await fetched(world, one, [at(0, 1), at(1, 1)]);
      const revoked = told.held.find(({ isRevoked }) => isRevoked)?.partition ?? -1;
      expect(heldIn(told)).toBe(revoked === 0 ? '(0) 1' : '(1) 0');
      // However often it asks, it has it yet, and may commit it.
      const kept = 1 - revoked;
      expect(heldIn(await fetched(world, one, [at(revoked), at(kept, 1)]))).toBe(heldIn(told));
      expect(heldIn(await fetched(world, two, []))).toBe('');
      await commit(world, one, revoked, 1);
      expect(heldIn(await fetched(world, one, [at(kept, 1)], { waitMillis: 0 }))).toBe(`${kept}`);
      const taken = await fetched(world, two, []);
      expect([heldIn(taken), taken.partitions[0]?.offset]).toEqual([`${revoked}`, 1]);
      expect(await committed(world)).toEqual([1]);
    }),
  );

  test(
    'what was another’s in between is news: it is read from what is committed',
    story(async (world) => {
      await produce(world, world.newEngine(), ['a', 'b', 'c'], { partition: 0 });
      await produce(world, world.newEngine(), ['d', 'e', 'f'], { partition: 1 });
      const one = await consumer(world, { instance: 'one' }, manual);
      await fetched(world, one, []);
      const two = await consumer(world, { instance: 'two' }, manual);
      const told = await fetched(world, one, [at(0, 1), at(1, 1)]);
      const revoked = told.held.find(({ isRevoked }) => isRevoked)?.partition ?? -1;
      const kept = at(1 - revoked, 3);
      await fetched(world, one, [kept], { waitMillis: 0 });
      await fetched(world, two, [], { waitMillis: 0 });
      await commit(world, two, revoked, 2);
      await leave(world, two);
      const again = await fetched(world, one, [kept, at(revoked, 1)]);
      expect(heldIn(again)).toBe('0 1');
      expect(again.held.find(({ partition }) => partition === revoked)?.takenIn).toBe(3);
      expect(valuesIn(again)).toEqual([revoked === 0 ? '0: c' : '1: f']);
    }),
  );

  test(
    'what its client has let go, and nobody else has had, begins at what it committed',
    story(async (world) => {
      for (const partition of [0, 1]) {
        await produce(world, world.newEngine(), ['a', 'b'], { partition });
      }
      const one = await consumer(world, { instance: 'one' }, manual);
      const first = await fetched(world, one, []);
      expect(first.partitions.map((each) => each.committed)).toEqual([undefined, undefined]);
      const two = await consumer(world, { instance: 'two' }, manual);
      const told = await fetched(world, one, [at(0, 1), at(1, 1)]);
      const revoked = told.held.find(({ isRevoked }) => isRevoked)?.partition ?? -1;
      await commit(world, one, revoked, 1);
      // Its own again before it says so.
      await leave(world, two);
      const again = await fetched(world, one, [at(1 - revoked, 2)]);
      expect(again.held.every(({ takenIn }) => takenIn === 1)).toBe(true);
      expect(valuesIn(again)).toEqual([`${revoked}: b`]);
      expect(again.partitions.find((each) => each.partition === revoked)?.committed).toBe(1);
    }),
  );

  test(
    'one that waits is told at once, and one that waits for a partition is given it at once',
    story(async (world) => {
      const one = await consumer(world, { instance: 'one' }, manual);
      await fetched(world, one, []);
      const { time } = world;
      const began = time.now();
      const waiting = fetched(world, one, [at(0, 0), at(1, 0)], { waitMillis: 20_000 });
      await time.sleep(100);
      const two = await consumer(world, { instance: 'two' }, manual);
      const told = await waiting;
      expect(heldIn(told)).toContain('(');
      const hoping = fetched(world, two, [], { waitMillis: 20_000 });
      const kept = told.held.find(({ isRevoked }) => !isRevoked)?.partition ?? -1;
      await time.sleep(100);
      await fetched(world, one, [at(kept, 0)], { waitMillis: 0 });
      expect(heldIn(await hoping)).toBe(`${1 - kept}`);
      expect(time.now() - began).toBeLessThan(20_000);
    }),
  );

  test(
    'a member that is gone without a word loses what it named',
    story(async (world) => {
      const one = await consumer(world, { instance: 'one' }, { ...manual, sessionMillis: 10_000 });
      await fetched(world, one, [], { waitMillis: 0 });
      const two = await consumer(world, { instance: 'two' }, manual);
      await world.time.sleep(10_001);
      expect(heldIn(await fetched(world, two, []))).toBe('0 1');
      const late = fetched(world, one, [at(0, 0), at(1, 0)]);
      await expect(late).rejects.toMatchObject({ code: 'UNKNOWN_INSTANCE' });
      await leave(world, two);
    }),
  );
});

async function commit(
  world: World,
  { engine, ...name }: Consumer,
  partition: number,
  offset: number,
): Promise<void> {
  const commits = [{ topic: 'orders', partition, offset, metadata: '' }];
  await commitOffsets(engine, world.call(engine), name, commits);
}
