// Stamped appends: one write whose own condition makes it safe to send again, by anyone, as often
// as needed. What is sent twice is stored once, in its producer's order, and answers say where.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import type { ProducedEntry } from '../../shared/engine/records-by-partition.ts';
import { producerKeyOf } from '../../shared/ids.ts';
import {
  producerExpiryMillis,
  residentProducersBusyMax,
  sequenceMax,
  sequenceWaitMillisMax,
  triesMax,
} from '../../shared/limits.ts';
import { readHead } from '../../shared/log/head.ts';
import { packEpoch } from '../../shared/log/stamp.ts';
import type { Item } from '../../shared/store/algebra.ts';
import { headItem, headKey, producerStateKey } from '../../shared/store/items.ts';
import { produceStamped, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const producer = { id: 7, epoch: 0 };

async function withTopic<Answer>(
  seed: number,
  story: (here: { world: World; engine: Engine; head: () => Item }) => Promise<Answer>,
): Promise<Answer> {
  return inWorld(seed, async (world) => {
    const { id: topicId } = await world.createTopic({ name: 'orders' });
    const key = headKey({ topicId, partition: 0 });
    const head = () => world.account.stored.peek(key) as Item;
    return story({ world, engine: world.newEngine(), head });
  });
}

const offsetsOf = (entries: readonly ProducedEntry[]) =>
  entries.map((entry) => ('error' in entry ? entry.error.code : entry.offset));

test('a producer’s batches follow each other; a repeat answers as the first try', async () => {
  await withTopic(1, async ({ world, engine }) => {
    const send = (sequence: number, values: string[], by = engine) =>
      produceStamped(world, by, values, { ...producer, sequence });
    expect(offsetsOf(await send(0, ['a', 'b']))).toEqual([0, 1]);
    expect(offsetsOf(await send(2, ['c']))).toEqual([2]);
    expect(await send(2, ['c'])).toMatchObject([{ offset: 2, duplicate: true }]);
    expect(await send(2, ['c'], world.newEngine())).toMatchObject([{ offset: 2, duplicate: true }]);
    expect(await send(0, ['a', 'b'])).toMatchObject([
      { offset: -1, duplicate: true },
      { offset: -1, duplicate: true },
    ]);
    expect(await readAll(world)).toEqual(['a', 'b', 'c']);
  });
});

test('an answer that was lost costs nothing but another write, and is no duplicate', async () => {
  await withTopic(2, async ({ world, engine }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    world.faults.next('write', 'after', 'before', 'after');
    const call = world.call(engine);
    const entries = await produceStamped(
      world,
      engine,
      ['b'],
      { ...producer, sequence: 1 },
      { call },
    );
    expect(entries).toEqual([expect.objectContaining({ offset: 1 })]);
    expect(entries[0]).not.toHaveProperty('duplicate');
    expect(call.operations).toMatchObject({ tableReads: 0, tableQueries: 0, tableRefusals: 1 });
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('one that lands late, after it was sent again, is refused', async () => {
  await withTopic(3, async ({ world, engine }) => {
    world.faults.next('write', 'late');
    expect(
      offsetsOf(await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 })),
    ).toEqual([0]);
    expect(
      offsetsOf(await produceStamped(world, engine, ['b'], { ...producer, sequence: 1 })),
    ).toEqual([1]);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('a gap waits for the batch that fills it, whichever process brings that', async () => {
  await withTopic(4, async ({ world, engine }) => {
    const early = produceStamped(world, engine, ['b'], { ...producer, sequence: 1 });
    await world.time.sleep(sequenceWaitMillisMax / 2);
    const other = world.newEngine();
    await produceStamped(world, other, ['a'], { ...producer, sequence: 0 });
    expect(offsetsOf(await early)).toEqual([1]);
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('a gap that nobody fills is refused, and holds up nobody', async () => {
  await withTopic(5, async ({ world, engine }) => {
    const began = world.time.now();
    const other = { id: 8, epoch: 0, sequence: 0 };
    const [early, beside] = await Promise.all([
      produceStamped(world, engine, ['never'], { ...producer, sequence: 5 }),
      produceStamped(world, engine, ['x'], other).then((entries) => {
        expect(world.time.now() - began).toBeLessThan(sequenceWaitMillisMax);
        return entries;
      }),
    ]);
    expect(offsetsOf(early)).toEqual(['OUT_OF_ORDER_SEQUENCE']);
    expect(offsetsOf(beside)).toEqual([0]);
    expect(await readAll(world)).toEqual(['x']);
  });
});

test('a gap after a try of unknown outcome is no definite failure: its turn may come', async () => {
  await withTopic(6, async ({ world, engine }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    world.faults.next('write', 'late');
    const early = produceStamped(world, engine, ['c'], { ...producer, sequence: 2 });
    expect(offsetsOf(await early)).toEqual(['OUTCOME_UNKNOWN']);
    await produceStamped(world, engine, ['b'], { ...producer, sequence: 1 });
    expect(await world.faults.land()).toMatchObject([{ kind: 'done' }]);
    expect(await readAll(world)).toEqual(['a', 'b', 'c']);
  });
});

test('a higher epoch fences the lower, and begins at 0', async () => {
  await withTopic(7, async ({ world, engine }) => {
    await produceStamped(world, engine, ['old'], { ...producer, sequence: 0 });
    const newer = { id: 7, epoch: 1 };
    expect(
      offsetsOf(await produceStamped(world, engine, ['x'], { ...newer, sequence: 1 })),
    ).toEqual(['OUT_OF_ORDER_SEQUENCE']);
    await produceStamped(world, world.newEngine(), ['new'], { ...newer, sequence: 0 });
    const late = produceStamped(world, engine, ['late'], { ...producer, sequence: 1 });
    expect(offsetsOf(await late)).toEqual(['PRODUCER_FENCED']);
    expect(await readAll(world)).toEqual(['old', 'new']);
  });
});

test('another layout of what is stored in part is refused at once', async () => {
  await withTopic(8, async ({ world, engine }) => {
    await produceStamped(world, engine, ['a', 'b'], { ...producer, sequence: 0 });
    const again = (sequence: number, values: string[]) =>
      produceStamped(world, engine, values, { ...producer, sequence });
    expect(offsetsOf(await again(1, ['b', 'c']))[0]).toBe('OUT_OF_ORDER_SEQUENCE');
    expect(await again(1, ['b'])).toMatchObject([{ offset: -1, duplicate: true }]);
    expect(await readAll(world)).toEqual(['a', 'b']);
  });
});

test('sequences go on at 0 past the greatest, in the head and out of it', async () => {
  await withTopic(9, async ({ world, engine, head }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    const { pk, sk } = head();
    const next = { value: packEpoch(0, sequenceMax) };
    const name = headItem.producerNext + producerKeyOf(7);
    await world.account.stored.write({ update: { pk, sk }, actions: [{ set: name, to: next }] });
    const send = (sequence: number, values: string[]) =>
      produceStamped(world, engine, values, { ...producer, sequence });
    expect(offsetsOf(await send(sequenceMax, ['b', 'c']))).toEqual([1, 2]);
    expect(await send(sequenceMax, ['b', 'c'])).toMatchObject([{ offset: 1, duplicate: true }, {}]);
    expect(offsetsOf(await send(1, ['d']))).toEqual([3]);
    expect(offsetsOf(await send(5, ['x']))).toEqual(['OUT_OF_ORDER_SEQUENCE']);
  });
});

/** As many producers as push everyone else out of the head, and the rolls that do it. */
async function crowd(world: World, from: number): Promise<void> {
  for (let id = from; id < from + 40; id++) {
    const engine = world.newEngine();
    await produceStamped(world, engine, ['crowd'], { id, epoch: 0, sequence: 0 });
    await engine.background.idle();
  }
}

test('a producer that was moved out of the head goes on, and is still known', async () => {
  await withTopic(10, async ({ world, engine, head }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    await crowd(world, 100);
    expect(readHead(head()).residents.has(producerKeyOf(7))).toBe(false);
    expect(readHead(head()).residents.size).toBeLessThan(residentProducersBusyMax);
    const again = await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    expect(again).toMatchObject([{ offset: 0, duplicate: true }]);
    const call = world.call(engine);
    const entries = await produceStamped(
      world,
      engine,
      ['b'],
      { ...producer, sequence: 1 },
      { call },
    );
    expect(offsetsOf(entries)).toEqual([41]);
    expect(call.operations).toMatchObject({ tableReads: 2, tableWrites: 1, objectPuts: 1 });
    await crowd(world, 200);
    const stale = await produceStamped(world, engine, ['x'], { ...producer, sequence: 0 });
    expect(stale).toMatchObject([{ offset: -1, duplicate: true }]);
  });
});

test('a producer that has come and gone since its head was read is not taken for new', async () => {
  await withTopic(11, async ({ world, engine }) => {
    await crowd(world, 100);
    const frozen = world.newEngine();
    world.faults.next('write', 'late');
    const sent = produceStamped(world, frozen, ['a'], { ...producer, sequence: 0 });
    expect(offsetsOf(await sent)).toEqual([40]);
    await crowd(world, 200);
    await produceStamped(world, engine, ['b'], { ...producer, sequence: 1 });
    await crowd(world, 300);
    expect(await world.faults.land()).toMatchObject([{ kind: 'refused' }]);
    const values = await readAll(world);
    expect(values.filter((value) => value !== 'crowd')).toEqual(['a', 'b']);
  });
});

test('an evicted producer is forgotten after a week, even if its item is not', async () => {
  await withTopic(12, async ({ world, engine, head }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    await crowd(world, 100);
    await world.time.sleep(producerExpiryMillis + 1_000);
    const topicId = head().pk.split('#')[1] as never;
    const key = producerStateKey({ topicId, partition: 0 }, producerKeyOf(7));
    expect(world.account.stored.peek(key)).toBeDefined();
    const again = await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    expect(offsetsOf(again)).toEqual([41]);
  });
});

test('a full throttle is a definite failure; one after an unknown try is not', async () => {
  await withTopic(13, async ({ world, engine }) => {
    await produceStamped(world, engine, ['a'], { ...producer, sequence: 0 });
    const send = () => produceStamped(world, engine, ['b'], { ...producer, sequence: 1 });
    const throttled = Array.from({ length: triesMax }, () => 'throttled' as const);
    world.faults.next('write', ...throttled);
    expect(offsetsOf(await send())).toEqual(['THROTTLED']);
    world.faults.next('write', 'before', ...throttled.slice(1));
    expect(offsetsOf(await send())).toEqual(['OUTCOME_UNKNOWN']);
    expect(offsetsOf(await send())).toEqual([1]);
  });
});
