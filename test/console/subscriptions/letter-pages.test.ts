// Dead letters page by page, of an engine that tells the first ones alone.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { letterPage, lettersMax, limitOf } from '../../../console/subscriptions/letter-pages.ts';

/** All pages, from link to link. */
function pagesOf(letters: readonly number[]) {
  const shown: number[] = [];
  for (let page = 0; ; page++) {
    const { rows, hasNext, isCut } = letterPage(letters.slice(0, limitOf(page)), page);
    shown.push(...rows);
    if (!hasNext) return { shown, isCut, pages: page + 1 };
  }
}

test('each is on one page, and where they end is told from where a request does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 * lettersMax }), (count) => {
      const letters = Array.from({ length: count }, (_, index) => index);
      const { shown, isCut } = pagesOf(letters);
      expect(shown).toEqual(letters.slice(0, lettersMax));
      expect(isCut).toBe(count >= lettersMax);
    }),
  );
  expect([0, 25, 26, 100].map((count) => pagesOf(Array(count).fill(0)).pages)).toEqual([
    1, 1, 2, 4,
  ]);
});

test('where the letters of a page were put back meanwhile, it is the last that there is', () => {
  expect(letterPage([1, 2, 3], 2)).toEqual({
    rows: [1, 2, 3],
    page: 0,
    hasNext: false,
    isCut: false,
  });
  expect(letterPage([], 7).page).toBe(0);
  expect(limitOf(1_000)).toBe(lettersMax);
});
