// What is merged next, and what merges and compactions know of the objects that may yet be merged:
// those at the end, back to back, so that a merge takes along nothing that is large already.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  largeRefBytes,
  mergeAgeMillis,
  mergeBytesAim,
  mergeBytesDue,
  mergeChunksDue,
} from '../../shared/housekeeping-limits.ts';
import {
  type EpochMillis,
  segmentIdOf,
  segmentRandomBytes,
  type TopicId,
} from '../../shared/ids.ts';
import { refsPerChunk } from '../../shared/limits.ts';
import { type Chunk, chunkOf, readChunk } from '../../shared/log/chunk.ts';
import {
  afterCompaction,
  afterMerge,
  nothingUnmerged,
  planMerge,
  withChunk,
} from '../../shared/log/merge-plan.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import {
  chunksPerRewriteMax,
  newRewrites,
  readRewrites,
  type SmallObject,
} from '../../shared/log/rewrite.ts';

const mebibyte = 1024 * 1024;

const small = [
  { base: 100, bytes: 40 },
  { base: 200, bytes: 30 },
  { base: 300, bytes: 20 },
];
const large = mergeBytesAim / 4 + 1;

const fresh = readRewrites(newRewrites({ topicId: 'A'.repeat(22) as TopicId, partition: 0 }));
const unmerged = { chunks: 2, bytes: 1_000, end: 500, age: 0, isFull: false };

test('an object is worth it for many chunks, many bytes, or some that are old', () => {
  const isDue = (differs: Partial<typeof unmerged>) =>
    planMerge(fresh, { ...unmerged, ...differs }) !== undefined;
  expect(isDue({})).toBe(false);
  expect(isDue({ isFull: true })).toBe(true);
  expect(isDue({ chunks: mergeChunksDue - 1 })).toBe(false);
  expect(isDue({ chunks: mergeChunksDue })).toBe(true);
  expect(isDue({ bytes: mergeBytesDue - 1 })).toBe(false);
  expect(isDue({ bytes: mergeBytesDue })).toBe(true);
  expect(isDue({ age: mergeAgeMillis - 1 })).toBe(false);
  expect(isDue({ age: mergeAgeMillis })).toBe(true);
  expect(isDue({ age: mergeAgeMillis, chunks: 1 })).toBe(false);
});

/** Refs of appends of so many bytes. */
function chunkAt(baseOffset: number, bytes: number): Chunk {
  const time = 1_700_000_000_000 as EpochMillis;
  const segment = segmentIdOf(time, new Uint8Array(segmentRandomBytes));
  const ref = encodeRef({ segment, position: 0, length: bytes, count: 1, timestampMax: -1 });
  const id = { topicId: 'A'.repeat(22) as TopicId, partition: 0 };
  const refs = Array.from({ length: refsPerChunk }, () => ref);
  return readChunk(chunkOf(id, { baseOffset, refs, timeThrough: -1 }));
}

test('an object is full once it has its bytes, or its chunks, or comes to large appends', () => {
  const now = 1_700_000_060_000;
  /** As many chunks of appends of so many bytes as go into one. */
  const filled = (bytes: number) => {
    let all = nothingUnmerged(0);
    for (let at = 0; !all.isFull; at++)
      all = withChunk(all, chunkAt(at * refsPerChunk, bytes), now);
    return all;
  };
  const tiny = filled(1);
  const chunks = chunksPerRewriteMax;
  const end = chunks * refsPerChunk;
  expect(tiny).toEqual({ chunks, bytes: end, end, age: 60_000, isFull: true });
  expect(filled(mebibyte / 8)).toMatchObject({ chunks: 32, bytes: 64 * mebibyte, isFull: true });
  const small = withChunk(nothingUnmerged(0), chunkAt(0, 1), now);
  expect(withChunk(small, chunkAt(16, largeRefBytes), now)).toEqual({ ...small, isFull: true });
});

/** A log that grows, by so many bytes each time. */
const growth = fc.array(fc.integer({ min: 1, max: mergeBytesDue * 2 }), { maxLength: 200 });

test('however a log grows, a byte is rewritten a few times, and few small objects are left', () => {
  const longest = Math.ceil(Math.log(mergeBytesAim) / Math.log(4)) + 1;
  fc.assert(
    fc.property(growth, (steps) => {
      let rewrites = fresh;
      /** How often the bytes of an object were written that were written most often. */
      const written = new Map<number, number>();
      let end = 0;
      for (const bytes of steps) {
        end++;
        const step = { ...unmerged, bytes, end, age: mergeAgeMillis };
        const plan = planMerge(rewrites, step);
        if (plan === undefined) throw new Error('it is due');
        const absorbed = rewrites.small.slice(plan.kept.length);
        expect(plan.kept).toEqual(rewrites.small.slice(0, plan.kept.length));
        expect(plan.from).toBe(absorbed[0]?.base ?? rewrites.mergedTo);
        const total = bytesOf(absorbed) + bytes;
        for (const one of absorbed) expect(total).toBeGreaterThanOrEqual(4 * one.bytes);
        expect(total).toBeLessThanOrEqual(Math.max(mergeBytesAim, bytes));
        const times = absorbed.map(({ base }) => written.get(base) ?? 0);
        written.set(plan.from, 1 + Math.max(0, ...times));
        expect(written.get(plan.from)).toBeLessThanOrEqual(longest);
        const made = afterMerge(rewrites, plan, { end, bytes: total });
        rewrites = { ...rewrites, ...made };
        // Each is more than a third of all behind it, or they would be one.
        expect(rewrites.small.length).toBeLessThanOrEqual(3 * longest);
      }
    }),
  );
});

function bytesOf(objects: readonly SmallObject[]): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}

test('behind an object that is large, nothing before it is small any more', () => {
  const plan = { from: 300, to: 400, kept: small.slice(0, 2) };
  const before = { mergedTo: 350, small };
  const after = (end: number, bytes: number) => afterMerge(before, plan, { end, bytes });
  const made = [...small.slice(0, 2), { base: 300, bytes: 50 }];
  expect(after(400, 50)).toEqual({ mergedTo: 400, small: made });
  expect(after(360, 50)).toEqual({ mergedTo: 360, small: made });
  expect(after(400, large)).toEqual({ mergedTo: 400, small: [] });
  // It was cut before the end of what it takes along.
  expect(after(320, 50)).toEqual({ mergedTo: 350, small: [] });
});

test('a compaction closes what it has rewritten, unless it is at the end', () => {
  const before = { mergedTo: 400, small };
  const after = (base: number, end: number, bytes: number) =>
    afterCompaction(before, { base, end, bytes });
  expect(after(0, 100, 10)).toEqual(before);
  expect(after(50, 200, 10)).toEqual({ mergedTo: 400, small: small.slice(1) });
  expect(after(200, 400, 10)).toEqual({ mergedTo: 400, small: [{ base: 200, bytes: 10 }] });
  expect(after(200, 500, 10)).toEqual({ mergedTo: 500, small: [{ base: 200, bytes: 10 }] });
  expect(after(200, 500, large)).toEqual({ mergedTo: 500, small: [] });
  // All of it may stay as it is.
  expect(after(50, 300, 0)).toEqual(before);
  expect(after(300, 500, 0)).toEqual({ mergedTo: 500, small: [] });
});
