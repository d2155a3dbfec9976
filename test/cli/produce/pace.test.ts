// How many messages may go: never more than are due, and none is held back for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueOf, paceFrom } from '../../../cli/produce/pace.ts';

type Gone = { readonly at: number; readonly count: number };

/** So many messages come after so many milliseconds. */
const comings = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 300 }), pauseMillis: fc.nat(5_000) }),
  { minLength: 1, maxLength: 20 },
);

test('in no span of time more go than the rate allows and one second of it, and all go', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), comings, (perSecond, all) => {
      const gone: Gone[] = [];
      let now = 7;
      let pace = paceFrom(perSecond, now);
      for (let { count: waiting, pauseMillis } of all) {
        now += pauseMillis;
        while (waiting > 0) {
          const due = dueOf(pace, waiting, now);
          expect(due.count > 0 || due.waitMillis > 0).toBe(true);
          if (due.count > 0) gone.push({ at: now, count: due.count });
          pace = due.pace;
          waiting -= due.count;
          now += due.waitMillis;
        }
      }
      // By how much the span in which most has gone exceeds the rate.
      let [over, mostOver, before] = [0, 0, 7];
      for (const { at, count } of gone) {
        over = Math.max(0, over - ((at - before) / 1_000) * perSecond) + count;
        mostOver = Math.max(mostOver, over);
        before = at;
      }
      expect(mostOver).toBeLessThanOrEqual(perSecond + 1e-6);
    }),
    { numRuns: 30 },
  );
});

test('what never waits is as fast as is said', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 1, max: 3_000 }),
      (rate, all) => {
        let [now, waiting] = [7, all];
        let pace = paceFrom(rate, now);
        while (waiting > 0) {
          const due = dueOf(pace, waiting, now);
          pace = due.pace;
          waiting -= due.count;
          now += due.waitMillis;
        }
        const millis = (1_000 * (all - 1)) / rate;
        expect(now - 7).toBeGreaterThanOrEqual(millis);
        // A pause may be ten milliseconds longer than it need be.
        expect(now - 7).toBeLessThanOrEqual(millis + 11);
      },
    ),
    { numRuns: 30 },
  );
});

test('without a rate all goes at once', () => {
  expect(dueOf(paceFrom(undefined, 0), 5, 0)).toMatchObject({ count: 5, waitMillis: 0 });
});
