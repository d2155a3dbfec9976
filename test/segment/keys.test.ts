// Keys of segments: spread over prefixes, in the order of time within one, and never another's.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentsPrefix } from '../../shared/contract.ts';
import { type EpochMillis, type SegmentId, segmentIdOf } from '../../shared/ids.ts';
import { segmentKey, segmentOfKey } from '../../shared/segment/keys.ts';

const chance = fc.uint8Array({ minLength: 10, maxLength: 10 });
const time = fc.nat({ max: 2 ** 48 - 1 }).map((millis) => millis as EpochMillis);

test('the key that every old segment lies under', () => {
  const id = '01ARYZ6S41TSV4RRFFQ69G5FAV' as SegmentId;
  expect(segmentKey(id)).toBe('segments/5b/01ARYZ6S41TSV4RRFFQ69G5FAV');
});

test('the last byte of chance is the prefix, within which keys are in the order of time', () => {
  fc.assert(
    fc.property(time, time, chance, (one, other, random) => {
      fc.pre(one < other);
      const keys = [one, other].map((millis) => segmentKey(segmentIdOf(millis, random)));
      const hex = Buffer.from(random).toString('hex').slice(-2);
      expect(keys.every((key) => key.startsWith(`${segmentsPrefix}${hex}/`))).toBe(true);
      expect(keys.toSorted()).toEqual(keys);
    }),
  );
});

test('a key says which segment it is of, and what is like one says nothing', () => {
  fc.assert(
    fc.property(time, chance, (millis, random) => {
      const id = segmentIdOf(millis, random);
      expect(segmentOfKey(segmentKey(id))).toBe(id);
    }),
  );
  const key = 'segments/5b/01ARYZ6S41TSV4RRFFQ69G5FAV';
  const others = [
    key.replace('5b', '5c'),
    key.replace('5b', '5B'),
    key.replace('/01', '/81'),
    key.replace('/01', '/0I'),
    `${key}0`,
    key.slice(0, -1),
    `x${key}`,
    '',
  ];
  expect(others.map(segmentOfKey)).toEqual(others.map(() => undefined));
});
