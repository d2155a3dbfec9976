// A topic's quota: what producers send above it is refused before anything is stored, with when to
// try again; and who waits so long gets through.

import { expect, test } from 'vitest';
import type { Engine } from '../../shared/engine/engine.ts';
import { ingest } from '../../shared/engine/ingest/ingest.ts';
import { partitionOffsets } from '../../shared/engine/offsets.ts';
import { alterConfigs } from '../../shared/engine/topics.ts';
import { transact } from '../../shared/engine/transact.ts';
import { EngineError } from '../../shared/errors.ts';
import { topicCacheMillis } from '../../shared/limits.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const rate = 10_000;

async function withQuota(
  seed: number,
  story: (world: World, engine: Engine) => Promise<void>,
): Promise<void> {
  await inWorld(seed, async (world) => {
    const configs = new Map([['producer_byte_rate', String(rate)]]);
    await world.createTopic({ name: 'orders', partitions: 1, configs });
    await story(world, world.newEngine());
  });
}

const kilobyte = 'k'.repeat(1_000);
/** Sent one after the other they are more than the quota. */
const large = kilobyte.repeat(4);

/** @returns what it was refused with; undefined: it was stored. */
function refusal(work: Promise<unknown>): Promise<EngineError | undefined> {
  return work.then(
    () => undefined,
    (error) => {
      if (error instanceof EngineError) return error;
      throw error;
    },
  );
}

test('what is above the quota is refused, stores nothing, and passes later', async () => {
  await withQuota(1, async (world, engine) => {
    let refused: EngineError | undefined;
    let stored = 0;
    for (; refused === undefined; stored++) {
      refused = await refusal(produce(world, engine, [large]));
    }
    const { objectPuts, writeUnits } = world.account.bill;
    expect(refused).toMatchObject({ code: 'THROTTLED', outcome: 'retriable' });
    expect(refused.detail).toMatchObject({ field: 'producer_byte_rate', limit: rate });
    await refusal(produce(world, engine, [large]));
    expect(world.account.bill.objectPuts).toBe(objectPuts);
    // The valve's refused write alone.
    expect(world.account.bill.writeUnits).toBeLessThanOrEqual(writeUnits + 1);
    await world.time.sleep(refused.detail.retryAfterMillis ?? 0);
    await produce(world, engine, [kilobyte]);
    expect(await readAll(world)).toHaveLength(stored);
  });
});

test('over many seconds and processes no more passes than the rate and a second more', async () => {
  await withQuota(2, async (world) => {
    const startedAt = world.time.now();
    let bytes = 0;
    const sender = async () => {
      const engine = world.newEngine();
      while (world.time.now() - startedAt < 20_000) {
        const error = await refusal(produce(world, engine, [large]));
        if (error === undefined) bytes += large.length;
        else await world.time.sleep(error.detail.retryAfterMillis ?? 10);
      }
    };
    await Promise.all([sender(), sender(), sender()]);
    expect(bytes).toBeLessThanOrEqual(rate * 21 + large.length);
    expect(bytes).toBeGreaterThan(rate * 18);
  });
});

test('a request larger than a second’s worth passes, and those after it wait', async () => {
  await withQuota(3, async (world, engine) => {
    await produce(world, engine, Array(50).fill(kilobyte));
    const refused = await refusal(produce(world, engine, ['small']));
    expect(refused?.detail.retryAfterMillis).toBeGreaterThan(3_500);
  });
});

test('a quota that is raised lets producers through at once', async () => {
  await withQuota(6, async (world, engine) => {
    await produce(world, engine, Array(900).fill(kilobyte));
    expect(await refusal(produce(world, engine, ['small']))).toMatchObject({ code: 'THROTTLED' });
    const changes = new Map([['producer_byte_rate', String(rate * 10)]]);
    const another = world.newEngine();
    await alterConfigs(another, world.call(another), { name: 'orders', changes });
    await produce(world, another, ['small']);
    await world.time.sleep(topicCacheMillis);
    await produce(world, engine, ['small']);
  });
});

test('transactions and what sources bring count, too', async () => {
  await withQuota(4, async (world, engine) => {
    await produce(world, engine, Array(20).fill(kilobyte));
    const record = { topic: 'orders', key: null, value: Buffer.from('a'), headers: [] };
    const asked = { records: [record], identity: { key: 'k' } };
    const refused = await refusal(transact(engine, world.call(engine), asked));
    expect(refused).toMatchObject({ code: 'THROTTLED' });
    const brought = {
      ...record,
      timestamp: undefined,
      identifier: 'm',
      lane: undefined,
      mark: { kind: 'event', id: 'm' } as const,
    };
    const call = world.call(engine);
    const failed = await ingest(engine, call, { topic: 'orders', records: [brought] });
    expect(failed).toEqual([{ index: 0, code: 'THROTTLED', reason: 'THROTTLED' }]);
    const place = { topic: 'orders', partition: 0 };
    const { highWatermark } = await partitionOffsets(engine, world.call(engine), place);
    expect(highWatermark).toBe(20);
  });
});

test('a topic without a quota asks no valve', async () => {
  await inWorld(5, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 1 });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const call = world.call(engine);
    await produce(world, engine, ['a'], { call });
    expect(call.operations).toMatchObject({ objectPuts: 1, tableWrites: 1, tableReads: 0 });
  });
});
