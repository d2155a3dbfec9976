// How many messages may go: never more than are due, and none is held back for ever.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueOf, type Pace } from '../../../cli/produce/pace.ts';

test('at no time more have gone than the rate allows, and all go', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000 }),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 20 }),
      (perSecond, chunks) => {
        let pace: Pace = { startedAt: 7, perSecond, sent: 0 };
        let now = 7;
        for (let waiting of chunks) {
          while (waiting > 0) {
            const { count, waitMillis } = dueOf(pace, waiting, now);
            expect(count > 0 || waitMillis > 0).toBe(true);
            pace = { ...pace, sent: pace.sent + count };
            expect(pace.sent).toBeLessThanOrEqual(1 + ((now - 7) / 1_000) * perSecond);
            waiting -= count;
            now += waitMillis;
          }
        }
        const all = chunks.reduce((sum, count) => sum + count, 0);
        // A pause may be ten milliseconds longer than it need be.
        expect(now - 7).toBeLessThanOrEqual((1_000 * all) / perSecond + 10);
      },
    ),
    { numRuns: 30 },
  );
});

test('without a rate all goes at once', () => {
  const pace = { startedAt: 0, perSecond: undefined, sent: 1e9 };
  expect(dueOf(pace, 5, 0)).toEqual({ count: 5, waitMillis: 0 });
});
