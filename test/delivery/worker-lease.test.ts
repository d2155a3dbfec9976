// A worker's lease: what it says of how far a partition is counts for the subscription whose it is,
// and for as long as nobody has taken it since.

import { expect, test } from 'vitest';
import { freshProgress, heldUp, type Progress } from '../../shared/delivery/progress.ts';
import { defaultSettings, type Subscription } from '../../shared/delivery/subscription.ts';
import {
  deduplicationKeyOf,
  heldUntil,
  isServed,
  keyWhileHeld,
  progressIn,
  progressWrite,
  takeByWorker,
} from '../../shared/delivery/worker-lease.ts';
import { type Lease, readLease, tenureOf } from '../../shared/group/lease.ts';
import type { EpochMillis, GroupLife, Incarnation, TopicId } from '../../shared/ids.ts';
import type { Item, Write } from '../../shared/store/algebra.ts';
import { evaluate } from '../../shared/store/evaluate.ts';

const now = 1_000_000 as EpochMillis;
const later = (now + 60_000) as EpochMillis;
const id = { topicId: 'aaaaaaaaaaaaaaaaaaaaaa' as TopicId, partition: 3 };

const billing: Subscription = {
  name: 'billing',
  id: 's' as Subscription['id'],
  topic: 'orders',
  topicId: id.topicId,
  group: 'billing-group',
  life: 'one' as GroupLife,
  state: 'running',
  target: { kind: 'lambda', function: 'f' },
  settings: defaultSettings,
  createdAt: now,
  version: 0,
};

function done(write: Write, before: Item | undefined): Item {
  const result = evaluate(write, before);
  if (result.kind === 'refused' || result.item === undefined) expect.fail('refused');
  return result.item;
}

function taken(owner: string, before?: Item, of: Subscription = billing): Item {
  const who = { owner: owner as Incarnation, until: later };
  return done(takeByWorker(of, id, who, before && readLease(before)), before);
}

function written(item: Item, owner: string, fence: number, after: Progress, releases = false) {
  const before = progressIn(readLease(item), billing, 0);
  const tenure = tenureOf({ ...id, fence }, owner as Incarnation);
  return evaluate(progressWrite(billing, tenure, { before, after, now }, { releases }), item);
}

const draw = { settings: defaultSettings, now, fraction: 0.5 };

test('it is held until its time is over, or it is given up', () => {
  const held = readLease(taken('one'));
  expect(held).toMatchObject({ owner: 'one', fence: 1, until: later, commit: undefined });
  expect(heldUntil(held, now)).toBe(later);
  expect(heldUntil(held, later)).toBeUndefined();
  expect(heldUntil(undefined, now)).toBeUndefined();
  const free = written(taken('one'), 'one', 1, freshProgress(5), true);
  expect(free.kind === 'done' && free.item && heldUntil(readLease(free.item), now)).toBeUndefined();
});

function keyOf(lease: Lease | undefined, nextOffset: number | undefined, at: EpochMillis) {
  return deduplicationKeyOf(lease, { life: billing.life, nextOffset }, at);
}

test('a wake-up says the same as another only while whoever comes with it will take it', () => {
  const first = readLease(taken('one'));
  // Somebody has it: what waits behind him is enough.
  expect(keyOf(first, 9, now)).toBe(keyWhileHeld(first));
  expect(keyOf(first, undefined, now)).toBe(keyWhileHeld(first));
  const givenUp = written(taken('one'), 'one', 1, freshProgress(5), true);
  if (givenUp.kind === 'refused' || givenUp.item === undefined) expect.fail('refused');
  const free = readLease(givenUp.item);
  expect(keyOf(free, 6, now)).toMatch(/-1-free$/);
  // It was delivered already, or it is not known: whoever comes may find nothing, and take nothing.
  expect(keyOf(free, 5, now)).toBeUndefined();
  expect(keyOf(free, undefined, now)).toBeUndefined();
  // Whoever takes it makes what was said before another thing.
  const second = readLease(taken('two', givenUp.item));
  const said = [keyOf(first, 9, now), keyOf(free, 9, now), keyOf(second, 9, now)];
  expect(new Set(said).size).toBe(3);
  // Its owner is late, and may yet commit.
  expect(keyOf(second, 9, later)).toBeUndefined();
  expect(keyOf(undefined, 6, now)).toMatch(/-0-free$/);
  expect(keyOf(undefined, undefined, now)).toBeUndefined();
});

test('what is put off needs no wake-up but the one on its way; a window needs each', () => {
  const progress = { ...freshProgress(5), notBefore: later, reason: 'r' };
  const left = (after: Progress) => {
    const item = taken('one', undefined);
    const first = written(item, 'one', 1, freshProgress(5));
    if (first.kind === 'refused' || first.item === undefined) expect.fail('refused');
    const second = written(first.item, 'one', 1, after, true);
    if (second.kind === 'refused' || second.item === undefined) expect.fail('refused');
    return readLease(second.item);
  };
  const putOff = left(progress);
  expect(keyOf(putOff, 9, now)).toMatch(/-1-off$/);
  expect(keyOf(putOff, 9, later)).toMatch(/-1-free$/);
  const gathering = left({ ...freshProgress(5), gatherUntil: later });
  expect(keyOf(gathering, 9, now)).toBeUndefined();
  expect(keyOf(gathering, 9, later)).toMatch(/-1-free$/);
});

test('a wake-up is passed over once somebody has come since and given the partition up', () => {
  const first = taken('one');
  const givenUp = written(first, 'one', 1, freshProgress(5), true);
  if (givenUp.kind === 'refused' || givenUp.item === undefined) expect.fail('refused');
  const free = readLease(givenUp.item);
  expect(isServed(free, 0)).toBe(true);
  // Sent while he had it, or after: he may not have seen what it is about.
  expect(isServed(free, 1)).toBe(false);
  // He may be dead, and this the very wake-up with which he came.
  expect(isServed(readLease(first), 0)).toBe(false);
  expect(isServed(readLease(taken('two', givenUp.item)), 0)).toBe(false);
  expect(isServed(free, undefined)).toBe(false);
  expect(isServed(undefined, 0)).toBe(false);
});

test('what was taken over is refused to who had it, whatever he writes', () => {
  const second = taken('two', taken('one'));
  expect(readLease(second)).toMatchObject({ owner: 'two', fence: 2 });
  for (const after of [freshProgress(5), heldUp(freshProgress(0), 'r', draw)]) {
    for (const releases of [false, true]) {
      expect(written(second, 'one', 1, after, releases).kind).toBe('refused');
      expect(written(second, 'two', 1, after, releases).kind).toBe('refused');
      expect(written(second, 'two', 2, after, releases).kind).toBe('done');
    }
  }
});

test('a commit never goes back, and one that is part of what is done once goes on', () => {
  const tenure = tenureOf({ ...id, fence: 1 }, 'one' as Incarnation);
  const commit = (offset: number, item: Item, over?: '<') => {
    const known = { before: freshProgress(0), after: freshProgress(offset), now };
    const also = { releases: false, ...(over && { over }) };
    return evaluate(progressWrite(billing, tenure, known, also), item);
  };
  const at5 = commit(5, taken('one'));
  if (at5.kind === 'refused' || at5.item === undefined) expect.fail('refused');
  expect([4, 5, 6].map((offset) => commit(offset, at5.item as Item).kind)).toEqual([
    'refused',
    'done',
    'done',
  ]);
  expect([4, 5, 6].map((offset) => commit(offset, at5.item as Item, '<').kind)).toEqual([
    'refused',
    'refused',
    'done',
  ]);
});

test('what failed is written beside the commit, and goes with it', () => {
  const failed = { ...heldUp(freshProgress(0), 'r', draw), ends: [9, 4], attempts: 2 };
  const first = written(taken('one'), 'one', 1, failed);
  if (first.kind === 'refused' || first.item === undefined) expect.fail('refused');
  expect(progressIn(readLease(first.item), billing, 0)).toEqual(failed);
  const second = written(first.item, 'one', 1, freshProgress(4));
  if (second.kind === 'refused' || second.item === undefined) expect.fail('refused');
  expect(progressIn(readLease(second.item), billing, 0)).toEqual(freshProgress(4));
  expect(readLease(second.item).progress).toBeUndefined();
});

test('of another life of the group it says nothing, and nothing of it is kept', () => {
  const failed = { ...heldUp(freshProgress(0), 'r', draw), ends: [1], attempts: 9 };
  const first = written(taken('one'), 'one', 1, failed);
  if (first.kind === 'refused' || first.item === undefined) expect.fail('refused');
  const next = { ...billing, life: 'two' as GroupLife };
  expect(progressIn(readLease(first.item), next, 0)).toEqual(freshProgress(0));
  const lease: Lease = readLease(taken('two', first.item, next));
  expect(lease).toMatchObject({ life: 'two', fence: 2, commit: undefined, progress: undefined });
});
