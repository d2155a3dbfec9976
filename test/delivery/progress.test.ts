// What progress keeps, whatever a target answers: ends fall and stay above what is committed, which
// never goes back; what was written of it is read again, and is void elsewhere.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../../shared/delivery/answer.ts';
import {
  afterAnswer,
  decodeProgress,
  doneUpTo,
  encodeProgress,
  endOf,
  freshProgress,
  heldUp,
  isGivenUp,
  type Progress,
} from '../../shared/delivery/progress.ts';
import { next, now, settingsOf } from './deliveries.ts';

const settings = fc
  .record({
    batchRecordsMax: fc.integer({ min: 1, max: 12 }),
    bisects: fc.boolean(),
    attemptsMax: fc.integer({ min: 1, max: 4 }),
    retryMillisMin: fc.integer({ min: 100, max: 1_000 }),
    retryMillisMax: fc.integer({ min: 1_000, max: 60_000 }),
  })
  .map((some) => settingsOf({ ...some, deadLetterTopic: 'dead' }));

/** What a target may say of records that it was given. */
type Said = { readonly kind: Answer['kind']; readonly which: number; readonly later: number };

const said: fc.Arbitrary<Said> = fc.record({
  kind: fc.constantFrom('delivered', 'failed', 'failed-from', 'too-large', 'busy'),
  which: fc.nat({ max: 20 }),
  later: fc.nat({ max: 100_000 }),
});

function answerOf({ kind, which, later }: Said, offsets: readonly number[]): Answer {
  const offset = offsets[which % offsets.length] as number;
  switch (kind) {
    case 'failed-from':
      return { kind, offset, reason: 'r' };
    case 'busy':
      return { kind, retryAfterMillis: later };
    case 'failed':
      return { kind, reason: 'r' };
    default:
      return { kind };
  }
}

const end = 40;
const matching = fc.subarray([...Array(end).keys()], { minLength: 1 });

test('ends fall and stay above what is committed, which never goes back', () => {
  const run = fc.property(settings, matching, fc.array(said), (chosen, offsets, all) => {
    let progress = freshProgress(0);
    for (const one of all) {
      const given = next(progress, offsets, end, chosen.batchRecordsMax);
      if (progress.at >= end) return;
      const before = progress;
      if (isGivenUp(before, chosen) || given.offsets.length === 0) {
        progress = doneUpTo(before, given.end);
      } else {
        const answer = answerOf(one, given.offsets);
        progress = afterAnswer(before, given, answer, { settings: chosen, now, fraction: 0.5 });
        checkCounts(before, progress, answer);
      }
      expect(progress.at).toBeGreaterThanOrEqual(before.at);
      expect(progress.ends).toEqual(progress.ends.toSorted((a, b) => b - a));
      expect(new Set(progress.ends).size).toBe(progress.ends.length);
      expect(endOf(progress)).toBeGreaterThan(progress.at);
      expect(decodeProgress(encodeProgress(progress, 1), { at: progress.at, version: 1 })).toEqual(
        progress,
      );
    }
  });
  fc.assert(run, { numRuns: 1_000 });
});

/** Attempts are of the same records; failures since something was delivered. */
function checkCounts(before: Progress, after: Progress, { kind }: Answer): void {
  if (kind === 'delivered') expect(after).toMatchObject({ attempts: 0, failures: 0, notBefore: 0 });
  if (kind === 'busy') {
    expect(after).toMatchObject({ at: before.at, ends: before.ends, attempts: before.attempts });
  }
  const isSame = after.at === before.at && endOf(after) === endOf(before);
  if (kind === 'failed' && isSame) expect(after.attempts).toBe(before.attempts + 1);
  if (kind === 'failed' && !isSame) expect(after.attempts).toBeLessThanOrEqual(1);
  if (kind === 'failed' || kind === 'failed-from' || kind === 'busy') {
    expect(after.failures).toBe(before.failures + 1);
    expect(after.notBefore).toBeGreaterThan(now);
  }
}

const pauses = { retryMillisMin: 1_000, retryMillisMax: 10_000 };

test('pauses double up to the longest, and half of each is drawn', () => {
  const pausesOf = (fraction: number) => {
    let progress = freshProgress(0);
    return Array.from({ length: 6 }, () => {
      progress = heldUp(progress, 'r', { settings: settingsOf(pauses), now, fraction });
      return progress.notBefore - now;
    });
  };
  expect(pausesOf(0)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(pausesOf(0.999_999)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  const many = { ...freshProgress(0), failures: 5_000 };
  const after = heldUp(many, 'r', { settings: settingsOf(pauses), now, fraction: 0 });
  expect(after.notBefore - now).toBe(5_000);
});

test('who is asked to come later does, but not later than the longest pause', () => {
  const waits = (retryAfterMillis: number | undefined) => {
    const answer = { kind: 'busy', retryAfterMillis } as const;
    const draw = { settings: settingsOf(pauses), now, fraction: 0 };
    const given = { offsets: [0], end: 1 };
    return afterAnswer(freshProgress(0), given, answer, draw).notBefore - now;
  };
  expect([undefined, 0, 3_000, 60_000].map(waits)).toEqual([500, 500, 3_000, 10_000]);
});

test('what failed together counts for none of them that is named then', () => {
  const together = { ...freshProgress(0), ends: [4], attempts: 3, failures: 3 };
  const answer = { kind: 'failed-from', offset: 2, reason: 'r' } as const;
  const draw = { settings: settingsOf({}), now, fraction: 0 };
  const after = afterAnswer(together, { offsets: [0, 1, 2, 3], end: 4 }, answer, draw);
  expect(after).toMatchObject({ at: 2, ends: [4, 3], attempts: 1 });
  const again = afterAnswer(after, { offsets: [2], end: 3 }, answer, draw);
  expect(again).toMatchObject({ at: 2, ends: [4, 3], attempts: 2 });
});

test('of another offset it says nothing', () => {
  const failed = heldUp(freshProgress(7), 'r', { settings: settingsOf({}), now, fraction: 0 });
  const text = encodeProgress(failed, 1);
  expect(decodeProgress(text, { at: 7, version: 1 })).toEqual(failed);
  expect(decodeProgress(text, { at: 8, version: 1 })).toEqual(freshProgress(8));
  expect(decodeProgress(undefined, { at: 8, version: 1 })).toEqual(freshProgress(8));
});

test('one that goes smoothly is not written down', () => {
  expect(encodeProgress(freshProgress(7), 1)).toBeUndefined();
  const gathering = { ...freshProgress(7), gatherUntil: now };
  expect(decodeProgress(encodeProgress(gathering, 1), { at: 7, version: 1 })).toEqual(gathering);
  expect(encodeProgress(doneUpTo({ ...gathering, ends: [9, 8] }, 9), 1)).toBeUndefined();
});

test('nothing is given up without a place for it, or before its attempts are over', () => {
  const tried = { ...freshProgress(0), ends: [1], attempts: 3 };
  const givesUp = (wanted: Parameters<typeof settingsOf>[0]) =>
    isGivenUp(tried, settingsOf(wanted));
  expect(givesUp({ attemptsMax: 3 })).toBe(false);
  expect(givesUp({ attemptsMax: 3, deadLetterTopic: 'dead' })).toBe(true);
  expect(givesUp({ attemptsMax: 4, deadLetterTopic: 'dead' })).toBe(false);
  expect(givesUp({ deadLetterTopic: 'dead' })).toBe(false);
});
