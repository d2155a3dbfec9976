// A record that is given up, and put back, is what it was.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Cause,
  deadLetterOf,
  isForAnother,
  readDeadLetter,
  redriven,
} from '../../shared/delivery/dead-letter.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { LogRecord, RecordHeader, RecordToWrite } from '../../shared/record/record.ts';

const place = { topic: 'orders', partition: 2 };
const at = 1_700_000_000_000 as EpochMillis;
const cause: Cause = {
  subscription: 'billing',
  subscriptionId: 'billing-1',
  attempts: 5,
  reason: 'TypeError',
  at,
};

/** As it is read where it was written. */
function stored(record: RecordToWrite, offset: number): LogRecord {
  return { ...record, offset };
}

const bytes = fc.option(fc.uint8Array({ maxLength: 20 }));
const name = fc.string({ unit: 'binary', maxLength: 10 });
const record: fc.Arbitrary<LogRecord> = fc.record({
  offset: fc.nat(),
  timestamp: fc.integer({ min: -1, max: 2 ** 42 }),
  key: bytes,
  value: bytes,
  headers: fc.array(fc.record({ key: name, value: bytes }), { maxLength: 4 }),
});

const given = fc.record({
  subscription: fc.string({ minLength: 1 }),
  subscriptionId: fc.string({ minLength: 1 }),
  attempts: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  reason: fc.string({ unit: 'grapheme' }),
  at: fc.nat().map((millis) => millis as EpochMillis),
});

test('a letter says where its record was and why, and puts it back as it was', () => {
  const run = fc.property(record, given, (own, why) => {
    const letter = stored(deadLetterOf(own, place, why), 7);
    const { offset, timestamp } = own;
    expect(readDeadLetter(letter)).toEqual({ ...place, offset, timestamp, ...why });
    expect(letter).toMatchObject({ key: own.key, value: own.value, timestamp: why.at });
    expect(letter.headers.slice(0, own.headers.length)).toEqual(own.headers);
    const back = redriven(letter, why.subscription, at);
    expect(back).toMatchObject({ key: own.key, value: own.value, timestamp: at });
    expect(back.headers.slice(0, -1)).toEqual(own.headers);
    expect(isForAnother(stored(back, 8), why.subscription)).toBe(false);
    expect(isForAnother(stored(back, 8), `not ${why.subscription}`)).toBe(true);
    expect(isForAnother(own, why.subscription)).toBe(false);
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('one that is given up again says what was last, and comes back with its own alone', () => {
  const run = fc.property(record, given, given, (own, why, whyAgain) => {
    const first = redriven(stored(deadLetterOf(own, place, why), 7), why.subscription, at);
    const again = stored(deadLetterOf(stored(first, 30), place, whyAgain), 8);
    expect(readDeadLetter(again)).toEqual({ ...place, offset: 30, timestamp: at, ...whyAgain });
    expect(again.headers).toHaveLength(own.headers.length + 9);
    expect(isForAnother(again, 'whoever')).toBe(false);
    const back = redriven(again, whyAgain.subscription, at);
    expect(back.headers).toHaveLength(own.headers.length + 1);
  });
  fc.assert(run, { numRuns: 500 });
});

test('what somebody else has written among dead letters is none', () => {
  const whole = stored(deadLetterOf(stored({ ...none, timestamp: 1 }, 3), place, cause), 0);
  expect(readDeadLetter(whole)).toBeDefined();
  expect(readDeadLetter(stored({ ...none, timestamp: 1 }, 0))).toBeUndefined();
  for (const index of whole.headers.keys()) {
    expect(
      readDeadLetter({ ...whole, headers: whole.headers.toSpliced(index, 1) }),
    ).toBeUndefined();
  }
  const [partition] = whole.headers.filter(({ key }) => key === '__sluice.errors.partition');
  const nowhere = [...whole.headers, { ...partition, value: Buffer.from('-1') } as RecordHeader];
  expect(readDeadLetter({ ...whole, headers: nowhere })).toBeUndefined();
  const numbers = ['partition', 'offset', 'timestamp', 'attempts', 'at'];
  for (const number of numbers) {
    for (const text of ['', 'seven', '1.5', '9007199254740993', '-2', null]) {
      const headers = whole.headers.map((header) => {
        const value = text === null ? null : Buffer.from(text);
        return header.key === `__sluice.errors.${number}` ? { ...header, value } : header;
      });
      expect([number, text, readDeadLetter({ ...whole, headers })]).toEqual([
        number,
        text,
        undefined,
      ]);
    }
  }
});

const none = { key: null, value: null, headers: [] };
