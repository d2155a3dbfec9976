// Ids keep their bytes and their order.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type EpochMillis,
  segmentIdFromBytes,
  segmentIdOf,
  segmentIdToBytes,
  segmentTime,
  topicIdLength,
  topicIdOf,
  topicIdToBytes,
} from '../shared/ids.ts';

const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
const ten = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.nat({ max: 2 ** 48 - 1 }).map((millis) => millis as EpochMillis);

test('a topic id is 22 characters that keep its 16 bytes', () => {
  fc.assert(
    fc.property(sixteen, (bytes) => {
      const id = topicIdOf(bytes);
      expect(id).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
      expect(id).toHaveLength(topicIdLength);
      expect([...topicIdToBytes(id)]).toEqual([...bytes]);
    }),
  );
});

test('a segment id keeps its bytes, and its time', () => {
  fc.assert(
    fc.property(time, ten, (millis, random) => {
      const id = segmentIdOf(millis, random);
      expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
      expect(segmentIdFromBytes(segmentIdToBytes(id))).toBe(id);
      expect([...segmentIdToBytes(id).subarray(6)]).toEqual([...random]);
      expect(segmentTime(id)).toBe(millis);
    }),
  );
});

test('segment ids sort by time', () => {
  fc.assert(
    fc.property(time, time, ten, ten, (one, other, chance, otherChance) => {
      fc.pre(one < other);
      expect(segmentIdOf(one, chance) < segmentIdOf(other, otherChance)).toBe(true);
    }),
  );
});

test('the ULID specification’s own example has the time it gives', () => {
  expect(segmentTime('01ARYZ6S41TSV4RRFFQ69G5FAV' as never)).toBe(1469918176385);
});
