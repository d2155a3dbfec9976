// A search reads page after page, and finds what a look at all of it at once would.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordReply } from '../../../console/engine/replies.ts';
import {
  beginSearch,
  isFiltered,
  isOver,
  matches,
  pageRecords,
  searched,
  searchRequestsMax,
} from '../../../console/records/search.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function recordOf(offset: number, value: string, more: Partial<RecordReply> = {}): RecordReply {
  return { partition: 0, offset, timestamp: 0, key: null, value: base64(value), ...more };
}

test('the key and the text are looked for, whatever their case', () => {
  const headers = [{ key: 'Source', value: base64('SHOP') }];
  const record = recordOf(0, 'a Needle', { key: base64('Customer-7'), headers });
  const found = (filter: { key?: string; text?: string }) =>
    matches(record, { key: '', text: '', ...filter });
  for (const text of ['needle', 'customer', 'source', 'shop', ''])
    expect(found({ text })).toBe(true);
  expect(found({ key: 'CUSTOMER' })).toBe(true);
  expect(found({ key: 'needle' })).toBe(false);
  expect(found({ key: 'customer', text: 'hay' })).toBe(false);
  expect(matches(recordOf(0, 'x'), { key: 'x', text: '' }), 'it has no key').toBe(false);
  expect([isFiltered({ key: '', text: '' }), isFiltered({ key: 'a', text: '' })]).toEqual([
    false,
    true,
  ]);
});

test('page after page it finds each once, in order, and looks at no more than it must', () => {
  const filter = { key: '', text: 'needle' };
  const needles = fc.array(fc.boolean(), { maxLength: 400 });
  fc.assert(
    fc.property(needles, fc.integer({ min: 1, max: 90 }), (isNeedle, perAnswer) => {
      const log = isNeedle.map((is, offset) => recordOf(offset, is ? 'needle' : 'hay'));
      const found: number[] = [];
      for (let from = 0; from < log.length; ) {
        let search = beginSearch(from);
        while (!isOver(search, log.length)) {
          const records = log.slice(search.next, search.next + perAnswer);
          const before = search.next;
          search = searched(search, { records, next: before + records.length }, filter);
          expect(search.next).toBeGreaterThan(before);
        }
        expect(search.found.length).toBeLessThanOrEqual(pageRecords);
        expect(search.requests).toBeLessThanOrEqual(searchRequestsMax);
        found.push(...search.found.map(({ offset }) => offset));
        from = search.next;
      }
      expect(found).toEqual(isNeedle.flatMap((is, offset) => (is ? [offset] : [])));
    }),
  );
});
