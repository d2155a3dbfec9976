// The last offsets of keys: as a map of all of them has it, up to a bound.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactionKeysMax } from '../../shared/housekeeping-limits.ts';
import { LastOffsets, lastOffsetsBytesMax } from '../../shared/log/last-offsets.ts';

const anyKey = fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.uint8Array({ maxLength: 100 }));

test('they are those of a map, whatever the keys', () => {
  const places = fc.array(fc.tuple(anyKey, fc.nat({ max: 3 })), { maxLength: 300 });
  fc.assert(
    fc.property(
      places,
      fc.array(anyKey),
      fc.constantFrom(0, 2 ** 31, 2 ** 53 - 2_000),
      (all, others, base) => {
        const lastOffsets = new LastOffsets(1_000);
        const model = new Map<string, number>();
        let offset = base;
        for (const [key, gap] of all) {
          offset += gap + 1;
          expect(lastOffsets.set(key, offset)).toBe(true);
          model.set(Buffer.from(key).toString('hex'), offset);
        }
        expect(lastOffsets.size).toBe(model.size);
        for (const key of [...all.map(([one]) => one), ...others]) {
          expect(lastOffsets.get(key)).toBe(model.get(Buffer.from(key).toString('hex')));
        }
      },
    ),
  );
});

const keyOf = (number: number) => Buffer.from(`${number}`);

test('it grows with its keys, and takes no new one past its bound', () => {
  const lastOffsets = new LastOffsets(10_000);
  for (let number = 0; number < 10_000; number++) lastOffsets.set(keyOf(number), number);
  expect(lastOffsets.set(keyOf(10_000), 10_000)).toBe(false);
  expect(lastOffsets.set(keyOf(5), 10_001)).toBe(true);
  expect(lastOffsets.size).toBe(10_000);
  expect(lastOffsets.get(keyOf(10_000))).toBeUndefined();
  for (let number = 0; number < 10_000; number++) {
    expect(lastOffsets.get(keyOf(number))).toBe(number === 5 ? 10_001 : number);
  }
});

test('all the keys of a pass have room in memory', () => {
  expect(lastOffsetsBytesMax(compactionKeysMax)).toBe(96 * 1024 * 1024);
});
