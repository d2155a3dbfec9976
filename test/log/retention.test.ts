// Where retention moves the log start, and that nobody loses what lies above it, whoever rolls or
// retains when.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EpochMillis, segmentIdOf, segmentTime, topicIdOf } from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { newHead, readHead } from '../../shared/log/head.ts';
import { encodeRef, type Ref } from '../../shared/log/ref.ts';
import { type Refs, refsOfChunk, refsOfTail } from '../../shared/log/refs.ts';
import {
  type Dropping,
  dropOldest,
  dropsRecords,
  type Keeping,
  keepNewest,
  planTailCut,
  retentionOf,
} from '../../shared/log/retention.ts';
import { headItem } from '../../shared/store/items.ts';

const id = { topicId: topicIdOf(new Uint8Array(16)), partition: 0 };
const never = Number.POSITIVE_INFINITY;
const week = 7 * 24 * 60 * 60 * 1000;

function refOf(part: Partial<Ref> & { readonly time?: number }): Ref {
  const { time = 0, ...rest } = part;
  const segment = segmentIdOf(time as EpochMillis, new Uint8Array(10));
  return { segment, position: 0, length: 100, count: 1, timestampMax: -1, ...rest };
}

function tailOf(base: number, ...refs: readonly Ref[]): Refs {
  return refsOfTail(base, refs.map(encodeRef));
}

describe('a topic’s retention', () => {
  const of = (settings: Readonly<Record<string, string>>) =>
    retentionOf(new Map(Object.entries(settings)));

  test('is a week, of any size, unless it says otherwise', () => {
    expect(of({})).toEqual({ millis: week, bytes: undefined });
    expect(of({ 'retention.ms': '0', 'retention.bytes': '7' })).toEqual({ millis: 0, bytes: 7 });
    expect(of({ 'retention.ms': '-1' })).toEqual({ millis: undefined, bytes: undefined });
  });

  test('is none where it compacts alone, and is one where it does both', () => {
    const bytes = { 'retention.bytes': '7' };
    const none = { millis: undefined, bytes: undefined };
    expect(of({ 'cleanup.policy': 'compact', ...bytes })).toEqual(none);
    for (const policy of ['delete', 'compact,delete', 'delete, compact', 'compact , delete']) {
      expect([policy, of({ 'cleanup.policy': policy, ...bytes })]).toEqual([
        policy,
        { millis: week, bytes: 7 },
      ]);
    }
    expect(dropsRecords(new Map([['cleanup.policy', 'compact']]))).toBe(false);
    expect(dropsRecords(new Map())).toBe(true);
  });
});

describe('the oldest refs go', () => {
  const byAge = (run: Refs, oldest: number, start = run.baseOffset) =>
    dropOldest(run, { oldest, start, goesOn: true }).start;
  const bySize = (run: Refs, bytes: number) =>
    keepNewest(run, { bytesLeft: bytes, start: run.endOffset });

  test('while they are too old, and a younger one keeps all behind it', () => {
    const run = tailOf(
      10,
      refOf({ count: 2, timestampMax: 99 }),
      refOf({ count: 3, timestampMax: 50 }),
      refOf({ timestampMax: 100 }),
      refOf({ timestampMax: 1 }),
    );
    expect(byAge(run, 99)).toBe(10);
    expect(byAge(run, 100)).toBe(15);
    expect(byAge(run, 101)).toBe(17);
  });

  test('by the time of their object where they say none', () => {
    const run = tailOf(0, refOf({ time: 500 }), refOf({ time: 1, timestampMax: 700 }));
    expect(byAge(run, 500)).toBe(0);
    expect(byAge(run, 501)).toBe(1);
    expect(byAge(run, 700)).toBe(1);
  });

  test('while what would remain is as much as may stay', () => {
    const run = tailOf(0, refOf({ length: 10 }), refOf({ length: 20 }), refOf({ length: 30 }));
    expect([61, 60, 51, 50, 31, 30, 1, 0].map((bytes) => bySize(run, bytes))).toEqual([
      { bytesLeft: 1, start: 0 },
      { bytesLeft: 0, start: 0 },
      { bytesLeft: -9, start: 0 },
      { bytesLeft: 0, start: 1 },
      { bytesLeft: -19, start: 1 },
      { bytesLeft: 0, start: 2 },
      { bytesLeft: -29, start: 2 },
      { bytesLeft: 0, start: 3 },
    ]);
  });

  test('though others have dropped what stood before them', () => {
    expect(byAge(tailOf(5, refOf({ time: 1 }), refOf({ time: 9 })), 9, 0)).toBe(6);
  });

  const anyRefs = fc.array(
    fc
      .record({
        length: fc.integer({ min: 1, max: 50 }),
        count: fc.integer({ min: 1, max: 5 }),
        timestampMax: fc.integer({ min: -1, max: 30 }),
        time: fc.nat({ max: 30 }),
      })
      .map(refOf),
    { minLength: 1, maxLength: 40 },
  );

  test('as from one list, however they are spread over runs', () => {
    const settings = fc.record({
      refs: anyRefs,
      perRun: fc.integer({ min: 1, max: 7 }),
      logStart: fc.nat({ max: 60 }),
      oldest: fc.nat({ max: 30 }),
      bytes: fc.nat({ max: 600 }),
    });
    fc.assert(
      fc.property(settings, ({ refs, perRun, logStart: asked, oldest, bytes }) => {
        const end = refs.reduce((sum, { count }) => sum + count, 0);
        const logStart = Math.min(asked, end);
        const runs = runsOf(refs, perRun);
        let dropping: Dropping = { oldest, start: logStart, goesOn: true };
        for (const run of runs) if (dropping.goesOn) dropping = dropOldest(run, dropping);
        let keeping: Keeping = { bytesLeft: bytes, start: end };
        for (const run of runs.toReversed()) keeping = keepNewest(run, keeping);
        const bySize = keeping.bytesLeft <= 0 ? keeping.start : 0;
        expect(dropping.start).toBe(startInList(refs, { logStart, oldest, bytes: never }));
        const start = Math.max(logStart, bySize);
        expect(start).toBe(startInList(refs, { logStart, oldest: -never, bytes }));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Chunks, and the rest as a tail. */
function runsOf(refs: readonly Ref[], perRun: number): readonly Refs[] {
  const runs: Refs[] = [];
  let base = 0;
  for (let at = 0; at < refs.length; at += perRun) {
    const packed = refs.slice(at, at + perRun).map(encodeRef);
    const isLast = at + perRun >= refs.length;
    const run = isLast ? refsOfTail(base, packed) : refsOfChunk(base, Buffer.concat(packed));
    runs.push(run);
    base = run.endOffset;
  }
  return runs;
}

/** What is meant, said plainly. */
function startInList(
  refs: readonly Ref[],
  { logStart, oldest, bytes }: { logStart: number; oldest: number; bytes: number },
): number {
  let end = 0;
  const kept = refs.flatMap((ref) => {
    end += ref.count;
    return end > logStart ? [{ ...ref, end }] : [];
  });
  let start = logStart;
  for (let first = kept[0]; first !== undefined; first = kept[0]) {
    const remains = kept.slice(1).reduce((sum, { length }) => sum + length, 0);
    const time = first.timestampMax < 0 ? segmentTime(first.segment) : first.timestampMax;
    if (time >= oldest && remains < bytes) return start;
    start = first.end;
    kept.shift();
  }
  return start;
}

describe('the tail', () => {
  const headWith = (refs: number, logStart: number) =>
    readHead({
      ...newHead(id),
      [headItem.tailBase]: 100,
      [headItem.tail]: Array.from({ length: refs }, (_, at) =>
        encodeRef(refOf({ count: 10, timestampMax: at % 2 === 0 ? at : 0 })),
      ),
      [headItem.nextOffset]: 100 + 10 * refs,
      [headItem.logStart]: logStart,
      [headItem.timeBefore]: 1,
    });

  test('loses whole refs alone, and what it says of time before it is still true', () => {
    expect(planTailCut(id, headWith(5, 109))).toEqual({ kind: 'nothing' });
    for (const [logStart, refs, time] of [
      [110, 1, 1],
      [119, 1, 1],
      [130, 3, 2],
      [150, 5, 4],
    ] as const) {
      expect(planTailCut(id, headWith(5, logStart))).toMatchObject({
        kind: 'cut',
        refs,
        write: {
          actions: [
            { removeFirst: headItem.tail, count: refs },
            { set: headItem.tailBase, to: { value: 100 + 10 * refs } },
            { set: headItem.timeBefore, to: { value: time } },
          ],
        },
      });
    }
  });

  test('of a chunk or more is rolled first, if it loses anything', () => {
    expect(planTailCut(id, headWith(refsPerChunk, 110)).kind).toBe('roll-first');
    expect(planTailCut(id, headWith(refsPerChunk - 1, 110)).kind).toBe('cut');
    expect(planTailCut(id, headWith(refsPerChunk, 100)).kind).toBe('nothing');
  });
});
