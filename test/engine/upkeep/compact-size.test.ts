// Records that were only just small enough, when they were appended: compaction leaves them such
// that whoever could read them can.

import { constants, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { fetchBatches } from '../../../shared/engine/fetch.ts';
import { produceBatches } from '../../../shared/engine/produce.ts';
import { decompressedBytesMax, refsPerChunk } from '../../../shared/limits.ts';
import { batchHeaderBytes } from '../../../shared/record/batch-header.ts';
import { crc32c } from '../../../shared/record/crc32c.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { fetchFrom } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';
import { hour, KeyedLog, longCall, tombstoneMillis } from './keyed-log.ts';

type Content = { readonly key: Uint8Array; readonly value: Uint8Array | null };

/** One record, compressed as hard as a producer may. */
async function send(world: World, content: Content): Promise<void> {
  const record = { ...content, headers: [], timestamp: world.time.now() };
  const plain = Buffer.from(encodeBatch({ records: [record], compression: 'none' }));
  const params = { [constants.ZSTD_c_compressionLevel]: content.value === null ? 1 : 19 };
  const packed = zstdCompressSync(plain.subarray(batchHeaderBytes), { params });
  const bytes = Buffer.concat([plain.subarray(0, batchHeaderBytes), packed]);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt16BE(4, 21);
  bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17);
  const engine = world.newEngine();
  await produceBatches(engine, longCall(engine), { topic: 'orders', partition: 0, bytes });
  await engine.background.idle();
}

function rewritten(log: KeyedLog, appends: number): Promise<void> {
  return log.putEach(Array.from({ length: appends }, (_, index) => `hot=${index}`));
}

test('a tombstone that unpacks to all that a batch may is read, told its time, and left out', () =>
  inWorld(1, async (world) => {
    const log = await KeyedLog.create(world);
    await rewritten(log, 5);
    const key = new Uint8Array(decompressedBytesMax - 4 - 3 - 4 - 2);
    await send(world, { key, value: null });
    await rewritten(log, 3 * refsPerChunk);
    const lengthsAt = async (offset: number) => {
      await world.time.sleep(2_000);
      const { records } = await fetchFrom(world, world.newEngine(), offset, { maxBytes: 1 });
      return records.map((record) => [record.offset, record.key?.length]);
    };
    expect(await lengthsAt(5)).toEqual([[5, key.length]]);
    await world.time.sleep(hour);
    expect(await log.compact()).toMatchObject({ passes: 1 });
    expect(await lengthsAt(0)).toEqual([[5, key.length]]);
    await world.time.sleep(tombstoneMillis);
    await rewritten(log, 3 * refsPerChunk);
    // Chunk by chunk: it is looked at before it is written.
    expect(await log.compact({ chunksMax: 1 })).toMatchObject({ passes: 1 });
    expect(await lengthsAt(0)).not.toContainEqual([5, key.length]);
  }));

test('a batch that a reply has room for stays as small as its producer has made it', () =>
  inWorld(2, async (world) => {
    const log = await KeyedLog.create(world);
    await rewritten(log, 5);
    // Squares have a pattern, which is found by who looks for long.
    const numbers = Array.from({ length: 40_000 }, (_, index) => (index * index) % 9_973);
    await send(world, { key: Buffer.from('big'), value: Buffer.from(numbers.join()) });
    await rewritten(log, 3 * refsPerChunk);
    const bytesAt = async (offset: number) => {
      await world.time.sleep(2_000);
      const engine = world.newEngine();
      const place = { topic: 'orders', partition: 0, offset, maxBytes: 1, waitMillis: 0 };
      return (await fetchBatches(engine, longCall(engine), place)).bytes;
    };
    const before = await bytesAt(5);
    await world.time.sleep(hour);
    expect(await log.compact()).toMatchObject({ passes: 1 });
    expect(Buffer.from(await bytesAt(5)).equals(before)).toBe(true);
  }));
