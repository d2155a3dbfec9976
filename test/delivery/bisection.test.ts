// Where some of many records are bad, those alone are given up, whatever is around them, and in
// few tries.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../shared/delivery/answer.ts';
import { deliverAll, settingsOf } from './deliveries.ts';

const end = 1_000;
const all = [...Array(end).keys()];
const failed: Answer = { kind: 'failed', reason: 'r' };
const delivered: Answer = { kind: 'delivered' };

/** A target that fails as a whole for any bad record, and takes the others. */
function refusing(bad: ReadonlySet<number>) {
  return (given: readonly number[]) =>
    given.some((offset) => bad.has(offset)) ? failed : delivered;
}

test('one bad record is found in about twice as many tries as the batch can be halved', () => {
  const size = fc.integer({ min: 1, max: end });
  const run = fc.property(size, fc.nat(), fc.integer({ min: 1, max: 5 }), (n, at, attemptsMax) => {
    const offsets = all.slice(0, n);
    const bad = at % n;
    const settings = settingsOf({ batchRecordsMax: n, attemptsMax, deadLetterTopic: 'dead' });
    const answer = refusing(new Set([bad]));
    const { delivered, givenUp, tries } = deliverAll({ offsets, end: n, settings, answer });
    expect(givenUp).toEqual([bad]);
    expect(delivered).toEqual(offsets.filter((offset) => offset !== bad));
    expect(tries.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(n)) + attemptsMax + 1);
  });
  fc.assert(run, { numRuns: 500 });
});

const some = fc.subarray(all.slice(0, 60));
const settings = fc
  .record({
    batchRecordsMax: fc.integer({ min: 1, max: 60 }),
    attemptsMax: fc.integer({ min: 1, max: 4 }),
  })
  .map((chosen) => settingsOf({ ...chosen, deadLetterTopic: 'dead' }));

test('any bad records, among any that are filtered out: they alone are given up', () => {
  const run = fc.property(some, some, settings, (offsets, bads, chosen) => {
    const bad = new Set(bads);
    const answer = refusing(bad);
    const told = deliverAll({ offsets, end: 60, settings: chosen, answer });
    expect(told.givenUp).toEqual(offsets.filter((offset) => bad.has(offset)));
    expect(told.delivered).toEqual(offsets.filter((offset) => !bad.has(offset)));
    for (const offset of told.givenUp) {
      const alone = told.tries.filter((given) => given.length === 1 && given[0] === offset);
      expect(alone).toHaveLength(chosen.attemptsMax as number);
    }
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('what a target names as not taken is tried alone from then on', () => {
  const run = fc.property(some, some, settings, (offsets, bads, chosen) => {
    const bad = new Set(bads);
    const answer = (given: readonly number[]): Answer => {
      const offset = given.find((one) => bad.has(one));
      return offset === undefined ? delivered : { kind: 'failed-from', offset, reason: 'r' };
    };
    const told = deliverAll({ offsets, end: 60, settings: chosen, answer });
    expect(told.givenUp).toEqual(offsets.filter((offset) => bad.has(offset)));
    expect(told.delivered).toEqual(offsets.filter((offset) => !bad.has(offset)));
    for (const offset of told.givenUp) {
      const own = told.tries.filter((given) => given.find((one) => bad.has(one)) === offset);
      expect(own).toHaveLength(chosen.attemptsMax as number);
      expect(own.slice(1).every((given) => given.length === 1)).toBe(true);
    }
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('without halving, all that failed together is given up together', () => {
  const run = fc.property(some, some, settings, (offsets, bads, chosen) => {
    const bad = new Set(bads);
    const whole = { ...chosen, bisects: false };
    const told = deliverAll({ offsets, end: 60, settings: whole, answer: refusing(bad) });
    const runs: number[][] = [];
    const { batchRecordsMax } = whole;
    for (let at = 0; at < offsets.length; at += batchRecordsMax) {
      runs.push(offsets.slice(at, at + batchRecordsMax));
    }
    const isBad = (run: readonly number[]) => run.some((offset) => bad.has(offset));
    expect(told.givenUp).toEqual(runs.filter(isBad).flat());
    expect(told.delivered).toEqual(runs.filter((run) => !isBad(run)).flat());
  });
  fc.assert(run, { numRuns: 500 });
});

test('what is too large together is given in parts, and what is so alone is given up', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
  const run = fc.property(sizes, (of) => {
    const offsets = all.slice(0, of.length);
    const most = 10;
    const sizeOf = (given: readonly number[]) =>
      given.reduce((sum, offset) => sum + (of[offset] ?? 0), 0);
    const answer = (given: readonly number[]): Answer =>
      sizeOf(given) > most ? { kind: 'too-large' } : delivered;
    const settings = settingsOf({ deadLetterTopic: 'dead' });
    const told = deliverAll({ offsets, end: of.length, settings, answer });
    expect(told.givenUp).toEqual(offsets.filter((offset) => sizeOf([offset]) > most));
    expect(told.delivered).toEqual(offsets.filter((offset) => sizeOf([offset]) <= most));
  });
  fc.assert(run, { numRuns: 500 });
});
