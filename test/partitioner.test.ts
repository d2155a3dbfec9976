// The partition of a key is the one that Kafka's Java client chooses.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmur2, partitionForKey } from '../shared/partitioner.ts';

// Kafka's UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s is %d', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

// Made with kafka-clients 3.9.1: every length of tail, and bytes above 127.
test.each([
  ['', 275646681, 9],
  ['ff', -311467685, 3],
  ['ffda', -847220837, 3],
  ['ffdab5', 354844405, 1],
  ['ffdab590', -1488345827, 9],
  ['ffdab5906b', -1813505863, 1],
  ['ffdab5906b46', -2018754737, 3],
  ['ffdab5906b4621', 1695022813, 1],
  ['ffdab5906b4621fc', -543617013, 11],
])('the bytes %s hash to %d and go to partition %d of 12', (hex, hash, partition) => {
  const key = Buffer.from(hex, 'hex');
  expect(murmur2(key)).toBe(hash);
  expect(partitionForKey(key, 12)).toBe(partition);
  expect(murmur2(Buffer.concat([key, new Uint8Array(5)]), key.length)).toBe(hash);
});

test('every key has a partition, and all of its partitions are there', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
      const partition = partitionForKey(key, partitions);
      expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
      expect(partitionForKey(key, 1)).toBe(0);
    }),
  );
});
