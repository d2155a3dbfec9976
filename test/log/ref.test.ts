// Refs keep their fields, and their bytes are the format's for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, topicIdOf } from '../../shared/ids.ts';
import { refBytes, refsPerChunk, timestampMax } from '../../shared/limits.ts';
import { chunkOf, readChunk } from '../../shared/log/chunk.ts';
import { decodeRef, encodeRef, type Ref, refCount, refTimestampMax } from '../../shared/log/ref.ts';
import { lastAtOrBefore, refsOfChunk, refsOfTail } from '../../shared/log/refs.ts';

const refs: fc.Arbitrary<Ref> = fc.record({
  segment: fc
    .tuple(fc.nat({ max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
    .map(([time, random]) => segmentIdOf(time as EpochMillis, random)),
  position: fc.nat({ max: 2 ** 32 - 1 }),
  length: fc.nat({ max: 2 ** 32 - 1 }),
  count: fc.integer({ min: 1, max: 1_000_000 }),
  timestampMax: fc.integer({ min: -1, max: timestampMax }),
});

test('a ref keeps its fields', () => {
  fc.assert(
    fc.property(refs, (ref) => {
      const bytes = encodeRef(ref);
      expect(bytes).toHaveLength(refBytes);
      expect(decodeRef(bytes)).toEqual(ref);
      expect(refCount(bytes)).toBe(ref.count);
      expect(refTimestampMax(bytes)).toBe(ref.timestampMax);
    }),
  );
});

test('golden: a ref of version 1', () => {
  const segment = segmentIdOf(
    1_469_918_176_385 as EpochMillis,
    Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  );
  const ref = { segment, position: 258, length: 65_536, count: 1_000, timestampMax: -1 };
  expect(Buffer.from(encodeRef(ref)).toString('hex')).toBe(
    '01' +
      '01563df364810102030405060708090a' +
      '00000102' +
      '00010000' +
      '000003e8' +
      'ffffffffffff',
  );
});

test('a ref of an unknown kind is not guessed at', () => {
  const bytes = new Uint8Array(refBytes);
  expect(() => decodeRef(bytes)).toThrow(/kind 0/);
});

test('a run finds every offset, packed either way', () => {
  fc.assert(
    fc.property(
      fc.array(refs, { minLength: 1, maxLength: 40 }),
      fc.nat({ max: 1_000_000_000 }),
      (list, base) => {
        const packed = list.map(encodeRef);
        for (const run of [refsOfTail(base, packed), refsOfChunk(base, Buffer.concat(packed))]) {
          let offset = base;
          for (const [index, ref] of list.entries()) {
            expect(run.at(index)).toEqual({ ...ref, baseOffset: offset });
            expect(run.indexOf(offset)).toBe(index);
            expect(run.indexOf(offset + ref.count - 1)).toBe(index);
            offset += ref.count;
          }
          expect(run.endOffset).toBe(offset);
        }
      },
    ),
  );
});

test('a chunk item keeps its refs and its time', () => {
  const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 3 };
  fc.assert(
    fc.property(fc.array(refs, { minLength: refsPerChunk, maxLength: refsPerChunk }), (list) => {
      const packed = list.map(encodeRef);
      const item = chunkOf(id, { baseOffset: 42, refs: packed, timeThrough: 7 });
      expect(item.sk).toBe('chunk#0000000000000042');
      const chunk = readChunk(item);
      expect(chunk).toMatchObject({ baseOffset: 42, length: refsPerChunk, timeThrough: 7 });
      expect(chunk.at(refsPerChunk - 1)).toMatchObject(list.at(-1) as Ref);
    }),
  );
});

test('lastAtOrBefore agrees with a search from the front', () => {
  const ascending = fc.uniqueArray(fc.nat({ max: 100 })).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.nat({ max: 100 }), (list, value) => {
      expect(lastAtOrBefore(list, value)).toBe(list.filter((one) => one <= value).length - 1);
    }),
  );
});
