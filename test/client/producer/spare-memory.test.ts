// Memory that is used again holds one batch at a time, and what was in it before is seen nowhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Batch } from '../../../client/producer/batch.ts';
import { Send } from '../../../client/producer/send.ts';
import { SpareMemory } from '../../../client/producer/spare-memory.ts';
import { noProducer } from '../../../shared/record/encode-batch.ts';
import { blankRecord, contentBytes, type Memory } from '../../../shared/record/growing-batch.ts';

const place = { topic: 'orders', partition: 0 };
const fresh: Memory = { take: (bytes) => Buffer.alloc(bytes), giveBack: () => undefined };

function newBatch(memory: Memory, compression: 'zstd' | 'none'): Batch {
  return new Batch(place, { compression, createdAt: 0, calledAt: 0, bytesExpected: 1_024, memory });
}

test('batches at work at once are the bytes that they are in memory of their own', () => {
  const steps = fc.array(
    fc.record({
      lane: fc.nat({ max: 2 }),
      kind: fc.constantFrom('add', 'add', 'add', 'seal'),
      letter: fc.constantFrom('a', 'b', 'c', 'd'),
      length: fc.nat({ max: 90_000 }),
      compression: fc.constantFrom('zstd', 'none'),
    }),
    { size: 'max', maxLength: 60 },
  );
  let [reused, compared] = [0, 0];
  fc.assert(
    fc.property(steps, (life) => {
      const memory = new SpareMemory();
      const seen = new Set<Buffer>();
      const watched: Memory = {
        take: (bytes) => {
          const taken = memory.take(bytes);
          if (seen.has(taken)) reused++;
          seen.add(taken);
          return taken;
        },
        giveBack: (bytes) => memory.giveBack(bytes),
      };
      const lanes = new Map<number, readonly Batch[]>();
      const sealed: (readonly Batch[])[] = [];
      const record = blankRecord();
      const send = new Send(() => undefined);
      for (const { lane, kind, letter, length, compression } of life) {
        const both = lanes.get(lane) ?? [
          newBatch(watched, compression),
          newBatch(fresh, compression),
        ];
        lanes.set(lane, both);
        record.value = letter.repeat(length);
        record.valueBytes = contentBytes(record.value);
        for (const batch of both) batch.add(record, send);
        if (kind !== 'seal') continue;
        lanes.delete(lane);
        for (const batch of both) batch.seal();
        sealed.push(both);
      }
      // Only now: what one has done with, others have had since.
      for (const both of sealed) {
        const [ours, theirs] = both.map((batch) => Buffer.from(batch.stamped(noProducer)));
        expect(ours?.equals(theirs ?? Buffer.of())).toBe(true);
      }
      compared += sealed.length;
    }),
    { numRuns: 60, seed: 3 },
  );
  expect(compared).toBeGreaterThan(200);
  expect(reused).toBeGreaterThan(100);
});

test('it keeps no more than it says, and gives each once', () => {
  const memory = new SpareMemory();
  const given: Buffer[] = Array.from({ length: 40 }, () => Buffer.alloc(1_000_000));
  for (const one of given) memory.giveBack(one);
  const taken = Array.from({ length: 40 }, () => memory.take(900_000));
  expect(new Set(taken).size).toBe(40);
  expect(given.filter((one) => taken.includes(one)).length).toBe(16);
});

test('what is given back small is not kept, nor found for what is larger', () => {
  const memory = new SpareMemory();
  const [small, large] = [Buffer.alloc(1_000), Buffer.alloc(70_000)];
  memory.giveBack(small);
  memory.giveBack(large);
  expect(memory.take(1_000)).not.toBe(small);
  expect(memory.take(70_001)).not.toBe(large);
  expect(memory.take(65_536)).toBe(large);
});
