// Where the records of a transaction lie, as its item says it: golden bytes, read for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, topicIdOf } from '../../shared/ids.ts';
import { offsetMax } from '../../shared/limits.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { decodePlaces, encodePlaces, type TransactionPlace } from '../../shared/log/transaction.ts';

const place = (byte: number, partition: number, from: number, partitions: number) => ({
  id: { topicId: topicIdOf(new Uint8Array(16).fill(byte)), partition },
  from,
  partitions,
  ref: encodeRef({
    segment: segmentIdOf(1_700_000_000_000 as EpochMillis, new Uint8Array(10).fill(byte)),
    position: partition,
    length: 100,
    count: 3,
    timestampMax: -1,
  }),
});

const golden =
  '07070707070707070707070707070707' +
  '00000002' +
  '00000000000186a0' +
  '0000000c' +
  '01018bcfe5680007070707070707070707000000020000006400000003ffffffffffff';

test('a place has its fields where they have always been', () => {
  const bytes = Buffer.from(encodePlaces([place(7, 2, 100_000, 12)])).toString('hex');
  expect(bytes).toBe(golden);
});

test('places come back as they were', () => {
  const places = fc.array(
    fc
      .tuple(fc.nat(255), fc.nat(999), fc.integer({ min: 0, max: offsetMax }), fc.nat(1_000))
      .map((parts) => place(...parts)),
    { maxLength: 99 },
  );
  const plain = (all: readonly TransactionPlace[]) =>
    all.map((one) => ({ ...one, ref: Buffer.from(one.ref).toString('hex') }));
  fc.assert(
    fc.property(places, (all) => {
      expect(plain(decodePlaces(encodePlaces(all)))).toEqual(plain(all));
    }),
  );
});
