// A wake-up as a message's body: read back as it was, and nothing else is read as one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWakeUp, wakeUpText } from '../../shared/aws/wake-up-text.ts';
import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import type { TimedWakeUp } from '../../shared/ports/wake-ups.ts';

const topicId = 'AAAAAAAAAAAAAAAAAAAA-_' as TopicId;
const wakeUp = { subscription: 'orders.to-mail_1', topicId, partition: 12, queue: 3 };
const golden =
  '{"subscription":"orders.to-mail_1","topicId":"AAAAAAAAAAAAAAAAAAAA-_",' +
  '"partition":12,"queue":3}';
const goldenTimed = `${golden.slice(0, -1)},"notBefore":1700000000000}`;

test('the text of one for now, and of one for later', () => {
  const notBefore = 1_700_000_000_000 as EpochMillis;
  expect(wakeUpText({ wakeUp, notBefore: undefined })).toBe(golden);
  expect(wakeUpText({ wakeUp, notBefore })).toBe(goldenTimed);
  expect(readWakeUp(golden)).toEqual({ wakeUp, notBefore: undefined });
  expect(readWakeUp(goldenTimed)).toEqual({ wakeUp, notBefore });
});

const timedWakeUps: fc.Arbitrary<TimedWakeUp> = fc.record({
  wakeUp: fc.record({
    subscription: fc.stringMatching(/^[a-zA-Z0-9._-]{1,249}$/),
    topicId: fc.stringMatching(/^[a-zA-Z0-9_-]{22}$/) as fc.Arbitrary<TopicId>,
    partition: fc.maxSafeNat(),
    queue: fc.maxSafeNat(),
  }),
  notBefore: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), {
    nil: undefined,
  }) as fc.Arbitrary<EpochMillis | undefined>,
});

test('any is read back as it was, from ASCII', () => {
  fc.assert(
    fc.property(timedWakeUps, (timed) => {
      const body = wakeUpText(timed);
      expect(body).toMatch(/^[\x20-\x7e]+$/);
      expect(readWakeUp(body)).toEqual(timed);
    }),
  );
});

test('says nothing but what its grammar has', () => {
  const more = { ...wakeUp, secret: 'x' };
  expect(wakeUpText({ wakeUp: more, notBefore: undefined })).toBe(golden);
});

test('what a later version adds is passed over', () => {
  const body = golden.replace('{', '{"since":{"offset":7},');
  expect(readWakeUp(body)).toEqual({ wakeUp, notBefore: undefined });
});

test.each([
  ['', 'nothing'],
  ['null', 'null'],
  ['[]', 'a list'],
  ['"text"', 'a string'],
  [golden.slice(0, -1), 'one that breaks off'],
  [golden.replace('"partition":12,', ''), 'one without a partition'],
  [golden.replace('12', '"12"'), 'a partition in quotes'],
  [golden.replace('12', '-1'), 'a partition below 0'],
  [golden.replace('12', '1.5'), 'a part of a partition'],
  [golden.replace('12', '9007199254740992'), 'a partition that a double does not hold'],
  [golden.replace('"queue":3', '"queue":null'), 'no queue'],
  [golden.replace('orders', 'or:ders'), 'a name with another character'],
  [golden.replace('orders.to-mail_1', ''), 'an empty name'],
  [golden.replace('orders', 'o'.repeat(250)), 'a name too long'],
  [golden.replace('"orders.to-mail_1"', '["orders"]'), 'a list of names'],
  [golden.replace('-_', '-'), 'a topic id too short'],
  [golden.replace('-_', '-+'), 'a topic id of another alphabet'],
  [goldenTimed.replace('1700000000000', '"soon"'), 'a time in words'],
  [goldenTimed.replace('1700000000000', 'null'), 'a time of null'],
  [goldenTimed.replace('1700000000000', '-1'), 'a time before time'],
  [goldenTimed.replace('1700000000000', '1e400'), 'a time without end'],
])('%s is no wake-up: %s', (body) => {
  expect(readWakeUp(body)).toBeUndefined();
});
