// The judge of a soak finds what is wrong with an answer, and nothing wrong with a right one.

import { expect, test } from 'vitest';
import { topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import type { LogRecord } from '../../shared/record/record.ts';
import { buildSoak } from './build.ts';
import { type Content, Contents } from './contents.ts';
import { Dice } from './dice.ts';
import { HeldKeys } from './held-keys.ts';
import { ModelPartition, type Read } from './model.ts';
import { placeOf } from './placeless.ts';
import { type Policy, policyOf, topicSettings } from './topics.ts';

const contents = new Contents(new Dice(1));
const id = { topicId: topicIdOf(new Uint8Array(topicIdBytes)), partition: 0 };
/** All that is written below is older than any lag, and younger than a tombstone that may go. */
const now = 10_000;

/** A partition to which some were appended, one after the other: a key each, and '-' before those
 * that are tombstones. */
class Story {
  readonly faults: string[] = [];
  readonly partition: ModelPartition;
  readonly #written: (Content & { readonly timestamp: number })[] = [];

  constructor(topic: string, keys: readonly string[], policy: Partial<Policy> = {}) {
    const own = policyOf(new Map(Object.entries(topicSettings[topic] ?? {})));
    const complain = (what: string) => void this.faults.push(what);
    this.partition = new ModelPartition({
      topic,
      id,
      policy: { ...own, ...policy },
      contents,
      complain,
    });
    for (const key of keys) this.append(key);
  }

  append(key: string, { isTold = true, base = this.#written.length } = {}): () => void {
    const offset = this.#written.length;
    const content = {
      key: key.replace('-', ''),
      place: 100 * offset,
      length: key.startsWith('-') ? -1 : 50,
      headers: offset % 3,
      timestamp: now - 1_000,
    };
    this.#written.push(content);
    const { floor } = this.partition.bounds;
    const written = { ...content, sentAt: content.timestamp, wasRead: false };
    const tell = () => this.partition.acknowledge(base, [written], floor);
    if (isTold && base >= 0) tell();
    return tell;
  }

  record(offset: number, other: Partial<LogRecord> = {}): LogRecord {
    const content = this.#written[offset] as Content & { readonly timestamp: number };
    return { ...contents.record(content), timestamp: content.timestamp, offset, ...other };
  }

  /** All of them, from the first on, unless it is said otherwise. */
  read(offsets: readonly number[], other: Partial<Read> = {}) {
    const end = this.#written.length;
    const records = offsets.map((offset) => this.record(offset));
    const bounds = { logStart: 0, highWatermark: end };
    const read = { ...bounds, from: 0, records, nextOffset: end, at: now, ...other };
    this.partition.bounds.told(read, this.partition.bounds.floor, read.at);
    return this.partition.judge(read);
  }
}

test('what is as it was written is right', () => {
  const story = new Story('kept', ['a', 'b', '-a', 'c']);
  story.read([0, 1, 2, 3]);
  story.read([2, 3], { from: 2 });
  story.partition.settle();
  expect(story.faults).toEqual([]);
  expect(story.partition.records).toEqual({ written: 4, read: 4 });
});

test.each([
  ['a record is left out', [0, 2], {}, '1 to 1 are left out'],
  ['the last is left out', [0, 1], {}, '2 to 2 are left out'],
  ['two are out of order', [1, 0, 2], {}, '0 is read after 1'],
  ['one comes twice', [0, 1, 1, 2], {}, '1 is read after 1'],
  ['it does not go on', [], { nextOffset: 0 }, 'goes on at 0 of 3'],
  ['one is read again', [0, 1, 2], { nextOffset: 2 }, '2 is read, and again from 2'],
  ['the end is older', [0, 1], { highWatermark: 2, nextOffset: 2 }, '2 was there before'],
])('it is found that %s', (_, offsets, other, fault) => {
  const story = new Story('kept', ['a', 'b', 'c']);
  story.read(offsets, other);
  expect(story.faults.join('\n')).toContain(fault);
});

test.each([
  ['key', { key: Buffer.from('b') }],
  ['value', { value: null }],
  ['time', { timestamp: 7 }],
  ['headers', { headers: [{ key: 'trace', value: null }] }],
])('another %s is found, also of a record whose writer is told later', (what, other) => {
  const story = new Story('kept', ['a']);
  const tell = story.append('b', { isTold: false });
  story.read([], { records: [story.record(0, other), story.record(1, { value: null })] });
  expect(story.faults).toHaveLength(1);
  expect(story.faults[0]).toContain(what);
  tell();
  expect(story.faults[1]).toContain('1 is read with another value');
});

test('compaction leaves out what is superseded, and nothing else', () => {
  const story = new Story('compacted', ['a', 'b', 'a', '-c']);
  expect(story.read([1, 2, 3])).toEqual([{ offset: 0, why: 'superseded' }]);
  // The last of a key; and a tombstone that nobody may have looked at yet.
  expect(story.read([0, 2])).toEqual([
    { offset: 1, why: undefined },
    { offset: 3, why: undefined },
  ]);
  // Its successor was not there yet.
  expect(story.read([1], { highWatermark: 2, nextOffset: 2 })[0]?.why).toBeUndefined();
  const later = now + story.partition.policy.deleteRetentionMillis;
  expect(story.read([1, 2], { at: later })[1]?.why).toBe('expired');
});

test('what is left out must be explained when all is known', () => {
  const story = new Story('compacted', ['a', 'b']);
  const tell = story.append('a', { isTold: false });
  const at = { end: 3, at: now };
  story.partition.doubt([0], at, 'read from 0');
  story.partition.doubt([1], at, 'read from 0');
  tell();
  story.partition.settle();
  expect(story.faults).toEqual(['compacted-0: read from 0: 1 is left out, and nothing allows it']);
});

test('a reader who holds what was deleted has had time to hear of it', () => {
  const story = new Story('compacted', ['a', '-a']);
  const stays = story.partition.policy.deleteRetentionMillis;
  const held = new HeldKeys(story.partition);
  held.see([story.record(0)], now);
  const gaps = [{ offset: 1, why: 'expired' } as const];
  expect(held.pass(gaps, now + stays).faults).toEqual([]);
  expect(held.pass(gaps, now + stays - 1).faults).toHaveLength(1);
});

test.each([
  ['timed', 2, now + 10_000, undefined],
  ['timed', 2, now, '0 was 1000 ms old'],
  ['sized', 1, now, undefined],
  ['sized', 3, now, 'bytes left'],
  ['kept', 1, now, 'bytes left'],
])('of %s a log start of %d at %d is judged', (topic, logStart, at, fault) => {
  const story = new Story(topic, ['a', 'b', 'c', 'd'], {
    ...(topic === 'sized' && { retentionBytes: 300 }),
  });
  story.read([0, 1, 2, 3].slice(logStart), { logStart, from: logStart, at });
  story.partition.settle();
  if (fault === undefined) expect(story.faults).toEqual([]);
  else expect(story.faults.join('\n')).toContain(fault);
});

test('a log start within an append is nobody’s but who asked for it', () => {
  const told = (asked: number | undefined) => {
    const story = new Story('timed', ['a']);
    const two = [7, 8].map((place) => {
      const content = { key: 'b', place, length: 20, headers: 0 };
      return { ...content, timestamp: now, sentAt: now, wasRead: false };
    });
    story.partition.acknowledge(1, two, story.partition.bounds.floor);
    if (asked !== undefined) story.partition.bounds.deleting(asked);
    story.partition.bounds.told(
      { logStart: 2, highWatermark: 3 },
      story.partition.bounds.floor,
      now + 10_000,
    );
    story.partition.settle();
    return story.faults;
  };
  expect(told(2)).toEqual([]);
  expect(told(1)).toEqual([expect.stringContaining('where no append begins')]);
  expect(told(undefined)).toHaveLength(1);
});

test('what is stored somewhere is looked for where it was read, or where there is room', () => {
  const told = (read: readonly number[]) => {
    const story = new Story('compacted', ['a']);
    const tells = ['b', 'c'].map((key) => story.append(key, { base: -1 }));
    story.append('b');
    story.read(read);
    for (const tell of tells.toReversed()) tell();
    story.partition.settle();
    return { keys: [1, 2].map((offset) => story.partition.at(offset)?.key), faults: story.faults };
  };
  expect(told([0, 1, 2, 3])).toMatchObject({ keys: ['b', 'c'], faults: [] });
  expect(told([0, 2, 3])).toMatchObject({ keys: ['b', 'c'], faults: [] });
  expect(told([0, 3]).keys).toEqual(['c', 'b']);
});

test('all of an append is where there is room', () => {
  const written = [1, 2].map((place) => {
    return { key: 'a', place, length: 9, headers: 0, timestamp: 1, sentAt: 1, wasRead: false };
  });
  const room = { end: 4, isFree: (offset: number) => offset !== 1, readAt: () => [] };
  const place = placeOf(
    { written, from: 0 },
    { ...room, isSame: () => false },
    { onlyIfRead: false },
  );
  expect(place).toBe(2);
});

test('an offset is given once, and above all that was there before', () => {
  const story = new Story('kept', ['a', 'b']);
  const content = { key: 'c', place: 999, length: 9, headers: 0 };
  const written = { ...content, timestamp: now, sentAt: now, wasRead: false };
  story.partition.acknowledge(1, [written], story.partition.bounds.floor);
  story.partition.acknowledge(2, [written], { logStart: 0, highWatermark: 5 });
  expect(story.faults.map((fault) => fault.replace(/^.*?: /, ''))).toEqual([
    '1 is given to two records',
    '2 was given to a record when the log was 5 long',
  ]);
});

test('a time is found at the first record that has it', () => {
  const found = (offset: number, timestamp: number) => {
    const story = new Story('kept', ['a', 'b', 'c']);
    const bounds = story.partition.bounds.floor;
    const seen = { before: bounds, after: bounds, at: now };
    story.partition.judgeTime({ timestamp, offset }, seen);
    story.partition.settle();
    return story.faults;
  };
  expect(found(0, 5)).toEqual([]);
  expect(found(3, now)).toEqual([]);
  expect(found(1, 5).join()).toContain('0 is left out');
  expect(found(1, now).join()).toContain('which is of');
});

test('what is patched for a soak is there to be patched', async () => {
  expect(await buildSoak()).toHaveProperty('soak');
});
