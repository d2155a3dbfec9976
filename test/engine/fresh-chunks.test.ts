// Readers of a chunk that was cut from the head a moment ago, which a weak read may not see yet: it
// is found all the same, by one strong query more and without asking the head again.

import { expect, test } from 'vitest';
import type { Call, Engine } from '../../shared/engine/engine.ts';
import { offsetForTime } from '../../shared/engine/offsets.ts';
import { produceRecords } from '../../shared/engine/produce.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { weakLagMillisMax } from '../world/replicated-table.ts';
import { fetchFrom } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

/** Two chunks that every read sees, one that weak reads may not, and a ref in the tail. */
const fresh = 2 * refsPerChunk;
const last = 3 * refsPerChunk;

/** A log of one record every ten milliseconds by their own time, its third chunk just rolled.
 * @returns a reader that knows the topic, and nothing of the log. */
async function freshLog(world: World): Promise<Engine> {
  await world.createTopic({ name: 'orders' });
  const reader = world.newEngine();
  await fetchFrom(world, reader, 0);
  const writer = world.newEngine();
  for (let offset = 0; offset <= last; offset++) {
    const record = { key: null, value: Buffer.from('v'), headers: [], timestamp: offset * 10 };
    await produceRecords(writer, world.call(writer), { topic: 'orders', records: [record] });
    await writer.background.idle();
    if (offset === fresh) await world.time.sleep(weakLagMillisMax);
  }
  await world.time.sleep(weakLagMillisMax / 2);
  return reader;
}

/** Tells the story by many seeds: it must read the head once, and make no query beyond the fewest
 * in some of them, one in others, and never more. */
async function readsOnceMore(
  fewestQueries: number,
  story: (world: World, reader: Engine, call: Call) => Promise<void>,
): Promise<void> {
  const more = new Set<number>();
  for (let seed = 0; seed < 12; seed++) {
    await inWorld(seed, async (world) => {
      const reader = await freshLog(world);
      const call = world.call(reader);
      await story(world, reader, call);
      expect(call.operations.tableReads).toBe(1);
      more.add(call.operations.tableQueries - fewestQueries);
    });
  }
  expect(more).toEqual(new Set([0, 1]));
}

test('an offset inside it is read', async () => {
  await readsOnceMore(1, async (world, reader, call) => {
    const fetched = await fetchFrom(world, reader, last - 1, { call });
    expect(fetched.records.map(({ offset }) => offset)).toEqual([last - 1, last]);
  });
});

test('a reader that comes from the chunk before it goes on to the end', async () => {
  await readsOnceMore(2, async (world, reader, call) => {
    const fetched = await fetchFrom(world, reader, fresh - 1, { call });
    expect(fetched.records.map(({ offset }) => offset)).toEqual(
      Array.from({ length: refsPerChunk + 2 }, (_, index) => fresh - 1 + index),
    );
  });
});

test('a time inside it is found where it is', async () => {
  await readsOnceMore(2, async (_, reader, call) => {
    const request = { topic: 'orders', partition: 0, timestamp: (last - 1) * 10 };
    expect(await offsetForTime(reader, call, request)).toBe(last - 1);
  });
});
