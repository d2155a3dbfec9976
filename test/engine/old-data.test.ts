// The cost of a fetch does not grow with the age or the length of the log.

import { expect, test } from 'vitest';
import { createEngine, openCall } from '../../shared/engine/engine.ts';
import { fetchRecords } from '../../shared/engine/fetch.ts';
import { createTopic } from '../../shared/engine/make-topics.ts';
import { type EpochMillis, type PartitionId, segmentIdOf } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { chunkOf } from '../../shared/log/chunk.ts';
import { newHead } from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { headItem } from '../../shared/store/items.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { MemoryTable } from '../world/memory-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';

const refs = 1_000_000;

test('in a log of a million small segments, any old offset is one chunk query away', async () => {
  const time = new VirtualTime();
  const chance = seededChance(7);
  const table = new MemoryTable();
  const bytes = encodeBatch({
    records: [{ timestamp: 1, key: null, value: Buffer.from('v'), headers: [] }],
    compression: 'none',
  });
  const everywhere = { read: async () => Uint8Array.from(bytes) } as Partial<Objects> as Objects;
  const newEngine = () => createEngine({ objects: everywhere, table, clock: time, chance });
  const call = () => openCall(newEngine(), { deadline: (time.now() + 20_000) as EpochMillis });
  const topic = await createTopic(newEngine(), call(), { name: 'old' });
  const id = { topicId: topic.id, partition: 0 };
  await fillLog(table, id, bytes.length);
  await time.run(
    (async () => {
      for (let look = 0; look < 200; look++) {
        const engine = newEngine();
        const own = openCall(engine, { deadline: (time.now() + 20_000) as EpochMillis });
        const offset = Math.floor(chance.fraction() * refs);
        const request = { topic: 'old', partition: 0, offset, maxBytes: 1, waitMillis: 0 };
        const { records } = await fetchRecords(engine, own, request);
        expect(records[0]?.offset).toBe(offset);
        expect(own.operations).toMatchObject({ tableReads: 2, tableQueries: 1, objectReads: 1 });
      }
    })(),
  );
});

async function fillLog(table: MemoryTable, id: PartitionId, length: number): Promise<void> {
  const random = new Uint8Array(10);
  for (let baseOffset = 0; baseOffset < refs; baseOffset += refsPerChunk) {
    const packed = Array.from({ length: refsPerChunk }, (_, index) => {
      const segment = segmentIdOf((baseOffset + index) as EpochMillis, random);
      return encodeRef({ segment, position: 0, length, count: 1, timestampMax: 1 });
    });
    await table.write({ put: chunkOf(id, { baseOffset, refs: packed, timeThrough: 1 }) });
  }
  const counters = { [headItem.nextOffset]: refs, [headItem.tailBase]: refs };
  await table.write({ put: { ...newHead(id), ...counters, [headItem.timeBefore]: 1 } });
}
