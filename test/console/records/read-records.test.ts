// A page of records of an engine that reads forwards alone: the newest ones, and those before a
// place, however large they are, and whatever compaction has left of them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordReply } from '../../../console/engine/replies.ts';
import { beginBack, isBackOver, readBack } from '../../../console/records/read-back.ts';
import { readRecords } from '../../../console/records/read-records.ts';
import { pageRecords, searchRequestsMax } from '../../../console/records/search.ts';
import { type From, recordsPlace } from '../../../console/router.ts';

/** A log's records by offset; undefined: compaction has taken it. */
type Log = readonly (string | undefined)[];

/** As an engine answers: what there is from an offset on, the first one however large it is. */
function answerOf(log: Log, from: number, bytesMax: number) {
  const records: RecordReply[] = [];
  let bytes = 0;
  for (let offset = from; offset < log.length; offset++) {
    const value = log[offset];
    if (value === undefined) continue;
    bytes += (value.length * 3) / 4;
    if (bytes > bytesMax && records.length > 0) return { records, next: offset };
    records.push({ partition: 0, offset, timestamp: 0, key: null, value });
  }
  return { records, next: log.length };
}

/** @returns the page, and how many requests it took. */
async function read(log: Log, from?: From) {
  let [requests, turns] = [0, 0];
  const bounds = { logStart: 0, logEnd: log.length };
  const ask = () => expect(++requests, 'each waits for its turn').toBe(turns);
  const turn = async () => void turns++;
  const api = {
    json: async <Reply>() => {
      ask();
      return { beginning_offset: 0, end_offset: log.length } as Reply;
    },
    records: async (path: string) => {
      ask();
      const [, offset, bytesMax] = /offset=(\d+)&max_bytes=(\d+)$/.exec(path) ?? [];
      return { ...answerOf(log, Number(offset), Number(bytesMax)), ...bounds };
    },
  };
  const place = recordsPlace({ topic: 'orders', partition: 0, from });
  const { signal } = new AbortController();
  const page = await readRecords(place, { api, signal, turn, told: () => {} });
  return { ...page, offsets: page.records.map(({ offset }) => offset), requests };
}

const large = 'x'.repeat(400_000 * (4 / 3));

test('the newest of large records, and before them none is passed over', async () => {
  const log = Array.from({ length: 12 }, () => large);
  const newest = await read(log);
  expect(newest.offsets).toEqual([8, 9, 10, 11]);
  expect(newest.requests).toBeLessThan(5);
  const previous = await read(log, { before: newest.start });
  expect(previous.offsets).toEqual([4, 5, 6, 7]);
  expect(previous.next, 'the next page is that of before').toBe(newest.start);
});

test('what compaction has left of the end is the newest', async () => {
  const log = Array.from({ length: 2_000 }, (_, offset) => (offset < 100 ? 'x' : undefined));
  const newest = await read(log);
  expect(newest.offsets).toEqual(Array.from({ length: pageRecords }, (_, index) => 50 + index));
  expect(newest.requests).toBeLessThan(10);
  expect((await read(log.slice(100))).offsets).toEqual([]);
  expect((await read([])).offsets).toEqual([]);
});

test('page after page back to the log start, each record is shown once', () => {
  const record = fc.oneof(
    fc.constant(undefined),
    fc.integer({ min: 1, max: 900 }).map((length) => 'x'.repeat(length)),
  );
  const logs = fc.array(record, { maxLength: 300 });
  fc.assert(
    fc.property(logs, fc.integer({ min: 1, max: 2_000 }), (log, bytesMax) => {
      const shown: number[] = [];
      for (let end = log.length; end > 0; ) {
        let back = beginBack({ first: 0, end });
        while (!isBackOver(back, bytesMax)) back = readBack(back, answerOf(log, back.at, bytesMax));
        expect(back.requests).toBeLessThanOrEqual(searchRequestsMax);
        expect(back.records.length).toBeLessThanOrEqual(pageRecords);
        expect(back.start, 'it goes on').toBeLessThan(end);
        shown.unshift(...back.records.map(({ offset }) => offset));
        end = back.start;
      }
      expect(shown).toEqual(log.flatMap((value, offset) => (value === undefined ? [] : [offset])));
    }),
  );
});
