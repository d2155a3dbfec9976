// A batch that grows record by record is the batch that is made of all of them at once.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchHeaderBytes } from '../../shared/record/batch-header.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import {
  bytesMaxOf,
  type Content,
  contentBytes,
  GrowingBatch,
} from '../../shared/record/growing-batch.ts';

const contents = fc.oneof(
  fc.constant(null),
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.uint8Array({ maxLength: 300 }),
);

const records = fc.array(
  fc.record({
    timestamp: fc.nat({ max: 2 ** 40 }),
    key: contents,
    value: contents,
    headers: fc.array(fc.record({ key: fc.string({ unit: 'grapheme' }), value: contents }), {
      maxLength: 3,
    }),
  }),
  { minLength: 1, maxLength: 80 },
);

function bytesOf(content: Content): Uint8Array | null {
  return typeof content === 'string' ? Buffer.from(content) : content;
}

test('it is the same bytes, whatever room it began with', () => {
  fc.assert(
    fc.property(records, fc.nat({ max: 5_000 }), (all, bytesExpected) => {
      const batch = new GrowingBatch(bytesExpected);
      for (const record of all) {
        const keyBytes = contentBytes(record.key);
        const valueBytes = contentBytes(record.value);
        const before = batch.length;
        batch.add({ ...record, keyBytes, valueBytes });
        expect(batch.length - before).toBeLessThanOrEqual(
          bytesMaxOf({ ...record, keyBytes, valueBytes }),
        );
      }
      const whole = encodeBatch({
        records: all.map(({ timestamp, key, value, headers }) => ({
          timestamp,
          key: bytesOf(key),
          value: bytesOf(value),
          headers: headers.map((header) => ({ ...header, value: bytesOf(header.value) })),
        })),
        compression: 'none',
      });
      expect(batch.plain.subarray(batchHeaderBytes)).toEqual(whole.subarray(batchHeaderBytes));
      expect(batch).toMatchObject({
        count: all.length,
        length: whole.length,
        baseTimestamp: all[0]?.timestamp,
        maxTimestamp: Math.max(...all.map(({ timestamp }) => timestamp)),
      });
    }),
  );
});
