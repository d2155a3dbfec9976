// What compaction decides of one record, and when a pass is due.

import { describe, expect, test } from 'vitest';
import {
  mergeAgeMillis,
  mergeBytesDue,
  mergeChunksDue,
  sweepGraceMillis,
} from '../../shared/housekeeping-limits.ts';
import type { EpochMillis, PartitionId, TopicId } from '../../shared/ids.ts';
import { segmentIdOf } from '../../shared/ids.ts';
import { chunkCacheMillis, timestampMax } from '../../shared/limits.ts';
import { chunkOf, readChunk } from '../../shared/log/chunk.ts';
import {
  afterChunks,
  type Compaction,
  deleteHorizonFrom,
  dirtyBefore,
  isCleanable,
  newPass,
  planPass,
  readCompaction,
  verdictOn,
} from '../../shared/log/compaction.ts';
import { encodeRef } from '../../shared/log/ref.ts';
import { type CompactionSettings, compactionSettings } from '../../shared/log/topic-configs.ts';

const key = Buffer.from('k');
const now = 1_800_000_000_000 as EpochMillis;
const kafka = compactionSettings(new Map());
const nothing = readCompaction(undefined);

test('the settings are Kafka’s where a topic says nothing', () => {
  expect(kafka).toEqual({
    lagMillisMin: 0,
    deleteRetentionMillis: 86_400_000,
    dirtyRatioMin: 0.5,
  });
});

describe('a record', () => {
  const put = { offset: 10, timestamp: 0, key, isTombstone: false, deleteHorizon: undefined };
  const tombstone = { ...put, isTombstone: true };
  const by = (last: number | undefined, to = 100) => {
    return { lastOffsets: { get: () => last }, to, now, deleteHorizon: now + 5 };
  };
  const stays = { kind: 'stays', until: undefined };

  test('goes if a later one of its key is known', () => {
    expect(verdictOn(put, by(11))).toEqual({ kind: 'superseded' });
    expect(verdictOn(tombstone, by(11))).toEqual({ kind: 'superseded' });
    expect(verdictOn(put, by(10))).toEqual(stays);
    expect(verdictOn(put, by(9))).toEqual(stays);
    expect(verdictOn(put, by(undefined))).toEqual(stays);
  });

  test('that is a tombstone goes once its time is over, and only then', () => {
    expect(verdictOn(tombstone, by(10))).toEqual({ kind: 'stays', until: now + 5 });
    const until = (deleteHorizon: number) => ({ ...tombstone, deleteHorizon });
    expect(verdictOn(until(now + 1), by(10))).toEqual({ kind: 'stays', until: now + 1 });
    expect(verdictOn(until(now), by(undefined))).toEqual({ kind: 'stays', until: now });
    expect(verdictOn(until(now - 1), by(undefined))).toEqual({ kind: 'expired' });
    expect(verdictOn({ ...put, deleteHorizon: now - 1 }, by(undefined))).toEqual(stays);
  });

  test('past the end of the pass, or without a key, stays', () => {
    expect(verdictOn(put, by(11, 10))).toEqual(stays);
    expect(verdictOn({ ...tombstone, deleteHorizon: now - 1 }, by(undefined, 10))).toEqual(stays);
    expect(verdictOn({ ...put, key: null }, by(11))).toEqual(stays);
    expect(verdictOn({ ...tombstone, key: null, deleteHorizon: 1 }, by(11))).toEqual(stays);
  });
});

test('a tombstone stays for its time after anybody may have seen what is older', () => {
  const unseen = sweepGraceMillis + chunkCacheMillis;
  expect(deleteHorizonFrom(now, kafka)).toBe(now + 86_400_000 + unseen);
  const forEver = { ...kafka, deleteRetentionMillis: Number.MAX_SAFE_INTEGER };
  expect(deleteHorizonFrom(now, forEver)).toBe(timestampMax);
});

test('a chunk is left alone while any of its records is younger than the lag', () => {
  const id: PartitionId = { topicId: 'A'.repeat(22) as TopicId, partition: 0 };
  const chunk = (times: readonly number[], segmentTime: number) => {
    const segment = segmentIdOf(segmentTime as EpochMillis, new Uint8Array(10));
    const refs = times.map((timestampMax) => {
      return encodeRef({ segment, position: 0, length: 1, count: 1, timestampMax });
    });
    return readChunk(chunkOf(id, { baseOffset: 0, refs, timeThrough: 0 }));
  };
  const hour = { ...kafka, lagMillisMin: 3_600_000 };
  const old = now - 3_600_000;
  expect(isCleanable(chunk([old, old], now), hour, now)).toBe(true);
  expect(isCleanable(chunk([old, old + 1, old], 0), hour, now)).toBe(false);
  expect(isCleanable(chunk([now + 1], now), kafka, now)).toBe(true);
  // Without timestamps it is as old as its segment.
  expect(isCleanable(chunk([-1], old), hour, now)).toBe(true);
  expect(isCleanable(chunk([-1], old + 1), hour, now)).toBe(false);
});

describe('a pass', () => {
  const cleaned: Compaction = {
    ...nothing,
    cleanedTo: 1_000,
    dirtyFrom: 1_000,
    cleanedAt: now - mergeAgeMillis,
    cleanBytes: mergeBytesDue,
  };
  const due = (
    compaction: Compaction,
    dirty: { readonly chunks?: number; readonly bytes: number },
    settings: Partial<CompactionSettings> & { readonly logStart?: number } = {},
  ) => {
    const { logStart = 0, ...rest } = settings;
    const situation = { logStart, dirty: { chunks: 1, end: 2_000, ...dirty }, now };
    return planPass(compaction, situation, { ...kafka, ...rest })?.to;
  };

  test('is due once enough is dirty', () => {
    expect(due(nothing, { bytes: 1 })).toBe(2_000);
    expect(due(nothing, { chunks: 0, bytes: 0 })).toBeUndefined();
    expect(due(cleaned, { bytes: mergeBytesDue })).toBe(2_000);
    expect(due(cleaned, { bytes: mergeBytesDue - 1 })).toBeUndefined();
    expect(due(cleaned, { bytes: 1 }, { dirtyRatioMin: 0 })).toBe(2_000);
    // Half of what was clean has left the log.
    expect(due(cleaned, { bytes: mergeBytesDue / 2 }, { logStart: 500 })).toBe(2_000);
    expect(due(cleaned, { bytes: 1 }, { logStart: 1_000 })).toBe(2_000);
  });

  test('is not due again at once for a little', () => {
    const small = { ...cleaned, cleanBytes: 1 };
    const justNow = { ...small, cleanedAt: now - mergeAgeMillis + 1 };
    expect(due(small, { bytes: 100 })).toBe(2_000);
    expect(due(justNow, { bytes: 100 })).toBeUndefined();
    expect(due(justNow, { bytes: mergeBytesDue })).toBe(2_000);
    expect(due(justNow, { bytes: 100, chunks: mergeChunksDue })).toBe(2_000);
  });

  test('is due for tombstones alone, when the last of them may go', () => {
    const withTombstones = (tombstonesUntil: number) => ({ ...cleaned, tombstonesUntil });
    const nothingMore = { chunks: 0, bytes: 0, end: 1_000 };
    expect(due(withTombstones(now - 1), nothingMore)).toBe(1_000);
    expect(due(withTombstones(now), nothingMore)).toBeUndefined();
    expect(due(cleaned, nothingMore)).toBeUndefined();
  });

  test('that is under way goes on, unless the lag was raised', () => {
    const pass = { ...newPass(1_500, 0), at: 700 };
    expect(due({ ...cleaned, pass }, { chunks: 1, bytes: 1 })).toBe(1_500);
    const shorter = { chunks: 1, bytes: 1, end: 1_400 };
    expect(due({ ...cleaned, pass }, shorter)).toBeUndefined();
    expect(due({ ...cleaned, pass }, shorter, { dirtyRatioMin: 0 })).toBe(1_400);
  });

  test('moves on with its chunks, and ends with the last', () => {
    const pass = newPass(1_500, 200);
    const begun = afterChunks(
      cleaned,
      pass,
      { base: 800, end: 900, bytes: 10, tombstonesUntil: 7 },
      now,
    );
    const after = { ...pass, at: 900, bytes: 10, tombstonesUntil: 7 };
    expect(begun).toEqual({ ...cleaned, pass: after });
    const rest = { base: 1_400, bytes: 5, tombstonesUntil: -1 };
    const ended = {
      cleanedTo: 1_500,
      dirtyFrom: 1_500,
      cleanedAt: now,
      cleanFrom: 200,
      cleanBytes: 15,
      tombstonesUntil: 7,
    };
    expect(afterChunks(begun, after, { ...rest, end: 1_500 }, now)).toEqual(ended);
    // Within a chunk: the next pass begins with that.
    const within = afterChunks(begun, after, { ...rest, end: 1_600 }, now);
    expect(within).toEqual({ ...ended, dirtyFrom: 1_400 });
  });
});

test('what was counted as dirty counts for a lag that is not longer', () => {
  const counted = { chunks: 9, bytes: 99, end: 1_900, lagMillisMin: 10 };
  const compaction = { ...nothing, dirtyFrom: 1_000, counted };
  expect(dirtyBefore(compaction, { ...kafka, lagMillisMin: 10 })).toMatchObject({ chunks: 9 });
  const anew = { chunks: 0, bytes: 0, end: 1_000 };
  expect(dirtyBefore(compaction, { ...kafka, lagMillisMin: 11 })).toEqual(anew);
  expect(dirtyBefore({ ...nothing, dirtyFrom: 1_000 }, kafka)).toEqual(anew);
});
