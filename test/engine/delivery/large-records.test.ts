// Large records: a few stored bytes may unpack to very many, and those to more as text. However
// large they are, a worker looks at so much for one delivery, makes no text that no target would
// take, and gets on.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastTextBytes, recordText } from '../../../shared/delivery/kafka-event.ts';
import { deadLettersOf } from '../../../shared/engine/delivery/dead-letters.ts';
import { createEngine, type Engine } from '../../../shared/engine/engine.ts';
import { produceBatches } from '../../../shared/engine/produce.ts';
import { crc32c } from '../../../shared/record/crc32c.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import type { RecordToWrite } from '../../../shared/record/record.ts';
import type { Objects } from '../../../shared/store/objects.ts';
import { deliverySeenBytesMax } from '../../../shared/trigger-limits.ts';
import {
  callsOf,
  newReceiver,
  progressOf,
  subscription,
  type Wanted,
  woken,
} from '../../world/delivery-story.ts';
import { meddledEngine, writes } from '../../world/meddled-engine.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { produce } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

const plain: RecordToWrite = { key: null, value: null, headers: [], timestamp: 1 };

/** A batch of its own for the record. */
async function append(
  world: World,
  engine: Engine,
  record: Partial<RecordToWrite>,
  compression: 'zstd' | 'none' = 'zstd',
): Promise<void> {
  const bytes = encodeBatch({ records: [{ ...plain, ...record }], compression });
  await produceBatches(engine, world.call(engine), { topic: 'orders', partition: 0, bytes });
}

const matchesNone: Wanted = { filter: JSON.stringify({ key: ['none'] }) };

/** Of eight records that match nothing, together twice as much as is looked at for one delivery. */
async function withPassed(world: World) {
  await world.createTopic({ name: 'orders', partitions: 1 });
  const producer = world.newEngine();
  const value = new Uint8Array(deliverySeenBytesMax / 4);
  for (let offset = 0; offset < 8; offset++) await append(world, producer, { value });
  return subscription(world, producer, matchesNone);
}

test('what matches nothing is committed each time that so much of it was looked at', () =>
  inWorld(1, async (world) => {
    const billing = await withPassed(world);
    const committed: (number | undefined)[] = [];
    const engine = meddledEngine(world, {
      at: (step) => writes(step, 'lease#'),
      by: async (work) => {
        const answer = await work();
        committed.push((await progressOf(world))[0]?.committed);
        return answer;
      },
    });
    await woken(world, newReceiver(world), billing, { engine });
    // The first is the taking of it.
    expect(committed).toEqual([0, 4, 8]);
  }));

/** The batch, with a checksum that is right and records that cannot be unpacked. */
function spoilt(batch: Uint8Array): Uint8Array {
  const copy = Buffer.from(batch);
  copy.fill(255, 61);
  copy.writeUInt32BE(crc32c(copy.subarray(21)), 17);
  return copy;
}

function readingBy(world: World, read: Objects['read']): Engine {
  const { objects, table } = world.account;
  const chance = seededChance(3);
  return createEngine({ objects: { ...objects, read }, table, clock: world.time, chance });
}

test('of what is read at once no batch is unpacked before its turn', () =>
  inWorld(2, async (world) => {
    const billing = await withPassed(world);
    const { read } = world.account.objects;
    let reads = 0;
    const engine = readingBy(world, async (range) => {
      const isLast = ++reads === 8;
      const bytes = await read(range);
      return isLast && bytes ? spoilt(bytes) : bytes;
    });
    await woken(world, newReceiver(world), billing, { engine });
    expect(reads).toBe(8);
    expect(await progressOf(world)).toMatchObject([{ committed: 4 }]);
  }));

test('who reads slowly commits what he has passed when his turn is over', () =>
  inWorld(3, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const producer = world.newEngine();
    const value = new Uint8Array(1_000_000);
    for (let offset = 0; offset < 12; offset++) {
      await append(world, producer, { value }, 'none');
    }
    const billing = await subscription(world, producer, matchesNone);
    // Three reads take longer than a worker has.
    const slow = () =>
      readingBy(world, async (range) => {
        await world.time.sleep(110_000);
        return world.account.objects.read(range);
      });
    const committed: (number | undefined)[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await woken(world, newReceiver(world), billing, { engine: slow() });
      committed.push((await progressOf(world))[0]?.committed);
      await world.time.sleep(120_000);
    }
    expect(committed).toEqual([4, 8, 12]);
  }));

test('what a text has at least is never more than it has', () => {
  // Long: what stands around them in a text would hide a few too many.
  const bytes = fc
    .tuple(fc.integer({ min: 1_000, max: 9_000 }), fc.nat(255))
    .map(([length, byte]) => new Uint8Array(length).fill(byte));
  const headers = fc.array(fc.record({ key: fc.string(), value: fc.option(bytes) }));
  const record = fc.record({ key: fc.option(bytes), value: fc.option(bytes), headers });
  fc.assert(
    fc.property(record, (content) => {
      const whole = { ...plain, ...content, offset: 0 };
      const text = recordText({ topic: 'orders', partition: 0 }, whole, 'CREATE_TIME');
      expect(leastTextBytes(whole)).toBeLessThanOrEqual(text.length);
    }),
  );
});

/** As text each byte of a header is a number, and a comma. */
const huge = {
  'more than any text of it could be': new Uint8Array(3_000_000),
  'more, once it is text': new Uint8Array(1_500_000).fill(255),
};

async function withHuge(world: World, header: Uint8Array, wanted: Wanted) {
  await world.createTopic({ name: 'orders', partitions: 1 });
  await world.createTopic({ name: 'dead', partitions: 1 });
  const engine = world.newEngine();
  const billing = await subscription(world, engine, wanted);
  await produce(world, engine, ['a']);
  await append(world, engine, { headers: [{ key: 'h', value: header }] });
  await produce(world, engine, ['b']);
  return { engine, billing, receiver: newReceiver(world) };
}

test.for(Object.entries(huge))(
  'a header that is %s is given up, and asked of nobody',
  ([, bytes]) =>
    inWorld(4, async (world) => {
      const wanted = { deadLetterTopic: 'dead', attemptsMax: 3, retryMillisMin: 100 };
      const { engine, billing, receiver } = await withHuge(world, bytes, wanted);
      await woken(world, receiver, billing);
      expect(callsOf(receiver)).toEqual([[0], [2]]);
      expect(await progressOf(world)).toMatchObject([{ committed: 3, failure: undefined }]);
      const letters = await deadLettersOf(engine, world.call(engine), 'billing', 10);
      expect(letters.map(({ letter }) => letter)).toMatchObject([
        { offset: 1, attempts: 1, reason: 'too-large' },
      ]);
      const header = letters[0]?.record.headers.find(({ key }) => key === 'h');
      expect(header?.value?.length).toBe(bytes.length);
    }),
);

test('without a dead-letter topic its partition waits, and says why', () =>
  inWorld(5, async (world) => {
    const wanted = { retryMillisMin: 60_000, retryMillisMax: 60_000 };
    const bytes = huge['more, once it is text'];
    const { billing, receiver } = await withHuge(world, bytes, wanted);
    for (let attempts = 1; attempts < 4; attempts++) {
      await woken(world, receiver, billing);
      expect(await progressOf(world)).toMatchObject([
        { committed: 1, lag: 2, attempts, failure: { reason: 'too-large' } },
      ]);
      await world.time.sleep(60_000);
    }
    expect(callsOf(receiver)).toEqual([[0]]);
  }));
