// A partition as a message's body: read back as it was, and nothing else is read as one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUpkeep, upkeepText } from '../../shared/aws/upkeep-text.ts';
import type { TopicId } from '../../shared/ids.ts';

const topicId = 'AAAAAAAAAAAAAAAAAAAA-_' as TopicId;
const golden = '{"topicId":"AAAAAAAAAAAAAAAAAAAA-_","partition":12}';

test('the text of one, and of nothing more than it is', () => {
  const more = { topicId, partition: 12, secret: 'x' };
  expect(upkeepText(more)).toBe(golden);
});

test('any is read back as it was, from ASCII', () => {
  const ids = fc.record({
    topicId: fc.stringMatching(/^[a-zA-Z0-9_-]{22}$/) as fc.Arbitrary<TopicId>,
    partition: fc.maxSafeNat(),
  });
  fc.assert(
    fc.property(ids, (id) => {
      expect(upkeepText(id)).toMatch(/^[\x20-\x7e]+$/);
      expect(readUpkeep(upkeepText(id))).toEqual(id);
    }),
  );
});

test('what a later version adds is passed over', () => {
  const body = golden.replace('{', '{"since":{"offset":7},');
  expect(readUpkeep(body)).toEqual({ topicId, partition: 12 });
});

test.each([
  ['', 'nothing'],
  ['null', 'null'],
  ['[]', 'a list'],
  ['"text"', 'a string'],
  [golden.slice(0, -1), 'one that breaks off'],
  [golden.replace(',"partition":12', ''), 'one without a partition'],
  [golden.replace('12', '"12"'), 'a partition in quotes'],
  [golden.replace('12', '-1'), 'a partition below 0'],
  [golden.replace('12', '1.5'), 'a part of a partition'],
  [golden.replace('-_', '-'), 'a topic id too short'],
  [golden.replace('-_', '-#'), 'a topic id of another alphabet'],
])('%s is no partition: %s', (body) => {
  expect(readUpkeep(body)).toBeUndefined();
});
