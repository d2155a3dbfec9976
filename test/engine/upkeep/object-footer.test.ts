// What an object says it holds is read in one read, or two where it is of very many partitions;
// what is cut short, or not a segment, says nothing.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../../local/memory-objects.ts';
import { type Call, createEngine, type Engine, openCall } from '../../../shared/engine/engine.ts';
import { footerOf } from '../../../shared/engine/upkeep/object-footer.ts';
import { type EpochMillis, segmentIdOf, topicIdOf } from '../../../shared/ids.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { buildSegment } from '../../../shared/segment/segment.ts';
import { MemoryTable } from '../../world/memory-table.ts';
import { seededChance } from '../../world/seeded-chance.ts';
import { VirtualTime } from '../../world/virtual-time.ts';

const id = segmentIdOf(1 as EpochMillis, new Uint8Array(10));
const topicId = topicIdOf(new Uint8Array(16));

function open(): { readonly engine: Engine; readonly call: Call } {
  const clock = new VirtualTime();
  const parts = { objects: memoryObjects(), table: new MemoryTable() };
  const engine = createEngine({ ...parts, clock, chance: seededChance(1) });
  return { engine, call: openCall(engine, { deadline: (clock.now() + 1) as EpochMillis }) };
}

function segmentOf(partitions: number): Uint8Array {
  const record = { timestamp: 1, key: null, value: Buffer.from('v'), headers: [] };
  const batch = encodeBatch({ records: [record], compression: 'none' });
  const entries = Array.from({ length: partitions }, (_, partition) => {
    return { topicId, partition, batches: [batch], count: 1, timestampMax: 1 };
  });
  return Buffer.concat(buildSegment(entries).parts);
}

async function footerIn(bytes: Uint8Array, listed = bytes.length) {
  const { engine, call } = open();
  await engine.objects.put({ key: segmentKey(id), parts: [bytes], crc32c: 0 });
  const footer = await footerOf(engine, call, { id, length: listed });
  return { footer, reads: call.operations.objectReads };
}

test.each([
  [1, 1],
  [97, 1],
  [98, 2],
  [1_000, 2],
])('of %d partitions in %d reads', async (partitions, most) => {
  const { footer, reads } = await footerIn(segmentOf(partitions));
  expect(footer).toMatchObject({ kind: 'footer', entries: { length: partitions } });
  expect(reads).toBe(most);
});

test('what is cut short, empty or strange says nothing, and what is gone is gone', async () => {
  const whole = segmentOf(300);
  for (const bytes of [
    whole.subarray(0, -1),
    whole.subarray(1),
    Buffer.alloc(9_000),
    Buffer.from('x'),
  ]) {
    expect((await footerIn(bytes)).footer).toMatchObject({ kind: 'malformed' });
  }
  expect((await footerIn(whole, whole.length + 1)).footer).toMatchObject({ kind: 'malformed' });
  expect(await footerIn(new Uint8Array(0))).toMatchObject({
    footer: { kind: 'malformed' },
    reads: 0,
  });
  const { engine, call } = open();
  expect(await footerOf(engine, call, { id, length: 100 })).toBeUndefined();
});
