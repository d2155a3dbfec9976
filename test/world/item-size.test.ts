// Item sizes, as the DynamoDB Developer Guide gives them.

import { expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import {
  partitionsPerTopicMax,
  refsPerChunk,
  residentProducersMax,
  writeUnitBytes,
} from '../../shared/limits.ts';
import { newHead } from '../../shared/log/head.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import type { Value } from '../../shared/store/algebra.ts';
import { headItem } from '../../shared/store/items.ts';
import { itemBytes } from './item-size.ts';

test('names and text count their UTF-8 bytes: the guide’s shirt is 23', () => {
  expect(itemBytes({ 'shirt-color': 'R', 'shirt-size': 'M' })).toBe(23);
  expect(itemBytes({ é: '😀' })).toBe(2 + 4);
  expect(itemBytes({ pk: 'ab', sk: 'c' })).toBe(2 + 2 + 2 + 1);
});

const sizes: readonly (readonly [string, Value, number])[] = [
  ['true', true, 1],
  ['empty text', '', 0],
  ['bytes', new Uint8Array(35), 35],
  ['zero', 0, 1],
  ['one digit', 7, 2],
  ['two digits', 42, 2],
  ['three digits', 421, 3],
  ['zeros at the end are none', 4_200_000, 2],
  ['sixteen digits', 2 ** 53 - 1, 9],
  ['a negative number has a sign', -1, 3],
  ['an empty list', [], 3],
  ['a list', ['ab', 7], 3 + (1 + 2) + (1 + 2)],
  ['an empty map', {}, 3],
  ['a map', { ab: 'c', d: true }, 3 + (1 + 2 + 1) + (1 + 1 + 1)],
  ['a list in a map in a list', [{ a: [[]] }], 3 + 1 + 3 + 1 + 1 + 3 + 1 + 3],
];

test.each(sizes)('%s', (_, value, size) => {
  expect(itemBytes({ a: value })).toBe(1 + size);
});

/** A billion records a day for a century. */
const offset = 36_500_000_000_001;
/** In the year 2096. */
const time = 3_999_999_999_999;
/** The greatest epoch and the greatest sequence, packed. */
const epochAndNext = 32_767 * 2 ** 31 + 2 ** 31 - 1;

test('a head at its roll, with the residents that stay, is one write unit', () => {
  const topicId = topicIdOf(new Uint8Array(topicIdBytes));
  const head: Record<string, Value> = newHead({ topicId, partition: partitionsPerTopicMax - 1 });
  const { nextOffset, logStart, tailBase, tail, timeBefore, evictedUpTo, sweptBefore } = headItem;
  for (const name of [nextOffset, logStart, tailBase, evictedUpTo]) head[name] = offset;
  for (const name of [timeBefore, sweptBefore]) head[name] = time;
  const segment = segmentIdOf(time as EpochMillis, new Uint8Array(10));
  const ref = encodeRef({ segment, position: 1, length: 1, count: 1, timestampMax: time });
  head[tail] = Array.from({ length: refsPerChunk }, () => ref);
  for (let producer = 0; producer < residentProducersMax; producer++) {
    const id = 100_000_001 + producer;
    Object.assign(head, {
      [`k:${id}`]: epochAndNext,
      [`f:${id}`]: 2 ** 31 - 1,
      [`b:${id}`]: offset,
    });
  }
  expect(itemBytes(head)).toBeLessThanOrEqual(writeUnitBytes);
});
