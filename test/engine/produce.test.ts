// Produce: where records go, how they are batched, and what is refused before anything is stored.

import { expect, test } from 'vitest';
import { fetchBatches, fetchRecords } from '../../shared/engine/fetch.ts';
import { produceBatches, produceRecords } from '../../shared/engine/produce.ts';
import type { RecordToProduce } from '../../shared/engine/records-by-partition.ts';
import {
  appendQueueBytesMax,
  decompressedBytesMax,
  produceBodyBytesMax,
  recordsPerRequestMax,
  timestampMax,
} from '../../shared/limits.ts';
import { recordsOf, splitBatches } from '../../shared/record/batches.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { altered, headerOf } from '../record/reading.ts';
import { produce, readAll } from '../world/story.ts';
import { inWorld, type World } from '../world/world.ts';

const everything = { topic: 'orders', partition: 0, offset: 0, maxBytes: 2 ** 24, waitMillis: 0 };

function record(fields: Partial<RecordToProduce> = {}): RecordToProduce {
  return { key: null, value: Buffer.from('v'), headers: [], ...fields };
}

function send(world: World, records: readonly RecordToProduce[]) {
  const engine = world.newEngine();
  return produceRecords(engine, world.call(engine), { topic: 'orders', records });
}

async function headersOf(world: World) {
  const engine = world.newEngine();
  const { bytes } = await fetchBatches(engine, world.call(engine), everything);
  const split = splitBatches(bytes);
  if (split.kind === 'malformed') throw new Error(split.reason);
  return split.headers;
}

test('a key always picks the same partition; records without one stay together', async () => {
  await inWorld(1, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 8 });
    const keyed = ['a', 'b', 'c', 'd'].map((key) => record({ key: Buffer.from(key) }));
    const once = await send(world, keyed);
    const again = await send(world, keyed);
    const partitions = (sent: typeof once) => sent.map(({ partition }) => partition);
    expect(partitions(again)).toEqual(partitions(once));
    expect(new Set(partitions(once)).size).toBeGreaterThan(1);
    const keyless = await send(world, [record(), record(), record()]);
    expect(new Set(partitions(keyless)).size).toBe(1);
    const spread = await Promise.all(Array.from({ length: 40 }, () => send(world, [record()])));
    expect(new Set(spread.flatMap(partitions)).size).toBeGreaterThan(3);
  });
});

test('records come back as they were: nulls, empty values, headers, timestamps', async () => {
  await inWorld(2, async (world) => {
    await world.createTopic({ name: 'orders' });
    const bytes = Buffer.from([0, 255, 254, 0]);
    const records = [
      record({ key: bytes, value: null, timestamp: 0 }),
      record({ key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: timestampMax }),
      record({
        headers: [
          { key: 'h', value: bytes },
          { key: 'h', value: null },
        ],
      }),
    ];
    const before = world.time.now();
    await send(world, records);
    const engine = world.newEngine();
    const fetched = await fetchRecords(engine, world.call(engine), everything);
    expect(fetched.records[0]).toMatchObject({ offset: 0, value: null, timestamp: 0 });
    expect([...(fetched.records[0]?.key ?? [])]).toEqual([...bytes]);
    expect(fetched.records[1]?.value).toHaveLength(0);
    expect(fetched.records[1]?.timestamp).toBe(timestampMax);
    expect(fetched.records[2]?.headers.map(({ value }) => value === null)).toEqual([false, true]);
    expect(fetched.records[2]?.timestamp).toBeGreaterThanOrEqual(before);
  });
});

test('records above max.message.bytes are several batches; one alone is refused', async () => {
  await inWorld(3, async (world) => {
    const configs = new Map([['max.message.bytes', '1000']]);
    await world.createTopic({ name: 'orders', configs });
    const value = Buffer.alloc(400, 'x');
    const entries = await send(
      world,
      Array.from({ length: 5 }, () => record({ value })),
    );
    expect(entries.map((entry) => 'offset' in entry && entry.offset)).toEqual([0, 1, 2, 3, 4]);
    expect((await headersOf(world)).map(({ count }) => count)).toEqual([2, 2, 1]);
    const large = send(world, [record(), record({ value: Buffer.alloc(1_000) })]);
    await expect(large).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      detail: { field: 'records[1]', limit: 1_000 },
    });
    expect(await readAll(world)).toHaveLength(5);
  });
});

test('LogAppendTime is the time of the append, whatever the producer says', async () => {
  await inWorld(4, async (world) => {
    const configs = new Map([['message.timestamp.type', 'LogAppendTime']]);
    await world.createTopic({ name: 'orders', configs });
    const now = world.time.now();
    await send(world, [record({ timestamp: 5 })]);
    const engine = world.newEngine();
    const raw = encodeBatch({ records: [{ ...record(), timestamp: 5 }], compression: 'none' });
    const batches = { topic: 'orders', partition: 0, bytes: raw };
    await produceBatches(engine, world.call(engine), batches);
    for (const header of await headersOf(world)) {
      expect(header.timestampType).toBe('LogAppendTime');
      expect(header.maxTimestamp).toBeGreaterThanOrEqual(now);
    }
    const { records } = await fetchRecords(engine, world.call(engine), everything);
    for (const { timestamp } of records) expect(timestamp).toBeGreaterThanOrEqual(now);
  });
});

test('a topic’s compression.type holds for JSON and for raw batches', async () => {
  await inWorld(5, async (world) => {
    const configs = new Map([['compression.type', 'gzip']]);
    await world.createTopic({ name: 'orders', configs });
    const value = Buffer.alloc(10_000, 'abc');
    await send(world, [record({ value })]);
    const engine = world.newEngine();
    const records = [{ ...record({ value }), timestamp: 5 }];
    const bytes = encodeBatch({ records, compression: 'zstd' });
    const batches = { topic: 'orders', partition: 0, bytes };
    await produceBatches(engine, world.call(engine), batches);
    expect((await headersOf(world)).map(({ codec }) => codec)).toEqual(['gzip', 'gzip']);
    const fetched = await fetchRecords(engine, world.call(engine), everything);
    for (const one of fetched.records)
      expect(Buffer.from(one.value ?? '').equals(value)).toBe(true);
  });
});

test('a raw batch that is compressed anew keeps its records to the byte', async () => {
  await inWorld(5, async (world) => {
    const configs = new Map([['compression.type', 'zstd']]);
    await world.createTopic({ name: 'orders', configs });
    const headers = [{ key: 'name', value: null }];
    const value = Buffer.alloc(5_000, 'v');
    const records = [{ ...record({ headers, value }), timestamp: 5 }];
    const plain = Buffer.from(encodeBatch({ records, compression: 'none' }));
    // Written anew a name that is no UTF-8 would become another, and three times as long.
    const sent = altered(plain, plain.indexOf('name'), 'ffffffff');
    const engine = world.newEngine();
    const batches = { topic: 'orders', partition: 0, bytes: Uint8Array.from(sent) };
    await produceBatches(engine, world.call(engine), batches);
    const { bytes } = await fetchBatches(engine, world.call(engine), everything);
    const hexOf = (batch: Uint8Array) => {
      const read = recordsOf(batch, headerOf(batch), 10_000);
      return read.kind === 'bytes' ? Buffer.from(read.bytes).toString('hex') : read;
    };
    expect(hexOf(bytes)).toEqual(hexOf(sent));
    expect(headerOf(bytes).codec).toBe('zstd');
  });
});

test('raw batches are stored as they came, and junk is refused with its place', async () => {
  await inWorld(6, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    const records = ['a', 'b'].map((value) => ({
      ...record({ value: Buffer.from(value) }),
      timestamp: 5,
    }));
    const batch = encodeBatch({ records, compression: 'none' });
    const produceRaw = (bytes: Uint8Array, partition = 0) =>
      produceBatches(engine, world.call(engine), { topic: 'orders', partition, bytes });
    const two = Buffer.concat([batch, batch]);
    expect(await produceRaw(Uint8Array.from(two))).toEqual({ baseOffset: 0, count: 4 });
    expect(await readAll(world)).toEqual(['a', 'b', 'a', 'b']);
    for (let cut = 1; cut < batch.length; cut++) {
      const broken = produceRaw(Uint8Array.from(two.subarray(0, batch.length + cut)));
      await expect(broken).rejects.toMatchObject({ code: 'CORRUPT_BATCH' });
    }
    const flipped = Uint8Array.from(batch);
    flipped[batch.length - 2] = (flipped[batch.length - 2] ?? 0) ^ 4;
    await expect(produceRaw(flipped)).rejects.toMatchObject({ code: 'CORRUPT_BATCH' });
    await expect(produceRaw(new Uint8Array(0))).rejects.toMatchObject({ code: 'CORRUPT_BATCH' });
    await expect(produceRaw(batch, 1)).rejects.toMatchObject({ code: 'UNKNOWN_PARTITION' });
    expect(await readAll(world)).toEqual(['a', 'b', 'a', 'b']);
  });
});

test('what is out of bounds is refused by its place, and nothing is stored', async () => {
  await inWorld(7, async (world) => {
    await world.createTopic({ name: 'orders', partitions: 2 });
    const refused = async (bad: Partial<RecordToProduce>, code: string, field: string) => {
      const sent = send(world, [record(), record(bad)]);
      await expect(sent).rejects.toMatchObject({ code, detail: { field } });
    };
    await refused({ partition: 2 }, 'UNKNOWN_PARTITION', 'records[1].partition');
    await refused({ timestamp: -1 }, 'INVALID_RECORD', 'records[1].timestamp');
    await refused({ timestamp: timestampMax + 1 }, 'INVALID_RECORD', 'records[1].timestamp');
    const headers = Array.from({ length: 1_001 }, () => ({ key: 'h', value: null }));
    await refused({ headers }, 'INVALID_RECORD', 'records[1].headers');
    const many = Array.from({ length: recordsPerRequestMax + 1 }, () => record());
    await expect(send(world, many)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect(await readAll(world)).toEqual([]);
  });
});

test('a process that holds too much refuses more, and stores nothing of it', async () => {
  await inWorld(8, async (world) => {
    await world.createTopic({ name: 'orders' });
    const engine = world.newEngine();
    await produce(world, engine, ['warm']);
    const bytes = 1_000_000;
    const value = Buffer.from(incompressible(bytes));
    const sends = Math.ceil(appendQueueBytesMax / bytes) + 5;
    const all = await Promise.allSettled(
      Array.from({ length: sends }, () => {
        const records = [record({ value })];
        return produceRecords(engine, world.call(engine), { topic: 'orders', records });
      }),
    );
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(1);
    for (const one of refused) {
      expect(one.status === 'rejected' && one.reason.code).toBe('THROTTLED');
    }
    expect(await readAll(world)).toHaveLength(1 + all.length - refused.length);
    expect(engine.appends.bytes).toBe(0);
  });
});

/** Bytes that no codec makes smaller. */
function incompressible(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  });
}

test('what a request’s batches become is bounded for the request as a whole', async () => {
  await inWorld(9, async (world) => {
    const configs = new Map([['compression.type', 'uncompressed']]);
    await world.createTopic({ name: 'orders' });
    await world.createTopic({ name: 'plain', configs });
    const engine = world.newEngine();
    const bomb = (bytes: number, records = 1) =>
      encodeBatch({
        records: Array.from({ length: records }, () => ({
          ...record({ value: Buffer.alloc(bytes) }),
          timestamp: 5,
        })),
        compression: 'zstd',
      });
    const send = (topic: string, batch: Uint8Array, times: number) => {
      const bytes = Buffer.concat(Array.from({ length: times }, () => batch));
      return produceBatches(engine, world.call(engine), { topic, partition: 0, bytes });
    };
    const large = bomb(decompressedBytesMax / 4);
    expect(large.length).toBeLessThan(2_000);
    await expect(send('orders', large, 4)).rejects.toMatchObject({ code: 'CORRUPT_BATCH' });
    expect(await send('orders', large, 3)).toMatchObject({ count: 3 });
    const many = bomb(0, recordsPerRequestMax);
    await expect(send('orders', many, 2)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    await expect(send('plain', bomb(1_000_000), 5)).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      detail: { field: 'batches[4]', limit: produceBodyBytesMax },
    });
  });
});
