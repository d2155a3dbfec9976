// The core of a consumer, against an engine that is a few lines: whatever happens in whatever
// order, messages are given once and in order, what is held is named, and nobody asks without a
// rest.

import { expect, test } from 'vitest';
import type { PlannedFetch } from '../../../client/consumer/fetch-plan.ts';
import type { HeldPartition } from '../../../client/consumer/held-partition.ts';
import type { MemberReply } from '../../../client/consumer/member.ts';
import { batchAt, partitions, settings, topic, Walk } from './walk.ts';

test.each(Array.from({ length: 60 }, (_, at) => at))(
  'seed %i: each message once, in order',
  (seed) => {
    const walk = new Walk(seed);
    walk.engine.assign(new Set(partitions));
    for (let step = 0; step < 400; step++) walk.step();
    walk.engine.assign(new Set(partitions));
    walk.paused.resume([{ topic }]);
    for (let step = 0; step < 400; step++) {
      walk.fetch();
      walk.take();
      for (let each = 0; each < 5; each++) walk.work();
      walk.now += 5_000;
      walk.commit();
    }
    expect(walk.done).toEqual(walk.engine.ends);
    expect(walk.engine.committed.map((offset) => offset ?? 0)).toEqual(walk.engine.ends);
  },
);

test('who is answered at once, again and again, asks ever more seldom', () => {
  const walk = new Walk(1);
  walk.engine.assign(new Set([0]));
  const ends = 60_000;
  for (; walk.now < ends; walk.now += 10) {
    walk.fetch();
    walk.fetch();
  }
  expect(walk.requests).toBeLessThan(30);
});

test('a full buffer is asked for no more, nor waited with; emptied, it is at once', () => {
  const walk = new Walk(1);
  walk.engine.assign(new Set([0]));
  walk.engine.ends[0] = 1_000;
  for (let times = 0; times < 40; times++) walk.fetch();
  const [held] = walk.assignment.held;
  const full = held?.position;
  expect(held?.bufferedBytes).toBeGreaterThanOrEqual(settings.bufferBytes);
  expect(walk.assignment.planFetch(walk.now)).toMatchObject({ kind: 'rest' });
  walk.now += settings.heartbeatMillis;
  const kept = walk.assignment.planFetch(walk.now) as PlannedFetch;
  expect(kept).toMatchObject({ named: [{ offset: undefined }], waitMillis: 0 });
  walk.assignment.fetched(kept, walk.engine.answer(kept), walk.now, walk.now);
  for (let times = 0; times < 20; times++) {
    walk.take();
    for (let each = 0; each < 4; each++) walk.work();
  }
  const next = walk.assignment.planFetch(walk.now);
  expect(next).toMatchObject({ kind: 'fetch', named: [{ offset: full }] });
});

/** A member that has partition 0, and has asked for more of it. */
function asking(offset = 3) {
  const walk = new Walk(1);
  walk.engine.assign(new Set([0]));
  walk.engine.ends[0] = offset;
  walk.fetch();
  walk.fetch();
  const { assignment } = walk;
  const plan = assignment.planFetch(walk.now) as PlannedFetch;
  expect(plan.named).toMatchObject([{ offset }]);
  const part = { topic, partition: 0, offset, nextOffset: offset, highWatermark: offset };
  const reply = (more: object): MemberReply => ({
    generation: 1,
    held: [{ topic, partition: 0, generation: 1 }],
    partitions: [{ ...part, committed: undefined, bytes: new Uint8Array(), ...more }],
  });
  return { walk, assignment, plan, reply, held: assignment.held[0] as HeldPartition };
}

test('what was asked before a seek is of no use after it', () => {
  const { assignment, plan, reply, held } = asking();
  held.seek(1);
  assignment.fetched(plan, reply({ nextOffset: 5, bytes: batchAt(3, 2) }), 0, 0);
  expect([held.position, held.hasMessages]).toEqual([1, false]);
});

test('what was given up meanwhile does not come back by the answer', () => {
  const { assignment, plan, reply, held } = asking();
  assignment.lose(held);
  assignment.fetched(plan, reply({ nextOffset: 5, bytes: batchAt(3, 2) }), 0, 0);
  expect(assignment.held).toEqual([]);
  // But does by another.
  const next = assignment.planFetch(0) as PlannedFetch;
  assignment.fetched(next, reply({ committed: 2, offset: 2 }), 0, 0);
  expect(assignment.held).toMatchObject([{ position: 3, resolved: 3, committed: 2 }]);
});

test('what compaction has left nothing of is done', () => {
  const { walk, assignment, plan, reply, held } = asking();
  walk.take();
  for (let times = 0; times < 4; times++) walk.work();
  assignment.fetched(plan, reply({ nextOffset: 50 }), 0, 0);
  expect([held.position, held.resolved]).toEqual([50, 50]);
});

test('of a topic that was made anew the first is next', () => {
  const { assignment, plan, reply, held } = asking();
  held.commitTo(3);
  assignment.fetched(plan, reply({ offset: 0, nextOffset: 2, bytes: batchAt(0, 2) }), 0, 0);
  expect(held).toMatchObject({ position: 2, resolved: 0, committed: -1 });
  expect(held.buffered.length).toBe(1);
});

test('a member that is another one knows of nothing, and asks at once', () => {
  const { assignment } = asking();
  assignment.loseAll();
  expect(assignment.planFetch(0)).toMatchObject({ kind: 'fetch', named: [], waitMillis: 0 });
  expect(assignment.generation).toBe(-1);
});

test('while a revoked partition is worked on the others are asked about, with rests', () => {
  const walk = new Walk(1);
  walk.engine.assign(new Set([0, 1]));
  walk.engine.ends[0] = 3;
  for (let times = 0; times < 4; times++) walk.fetch();
  walk.take();
  walk.work();
  walk.engine.assign(new Set([1]));
  const before = walk.requests;
  for (; walk.now < 50_000; walk.now += 10) walk.fetch();
  expect(walk.requests - before).toBeGreaterThan(10);
  expect(walk.requests - before).toBeLessThan(30);
  // What was begun is finished, and then at once given up.
  for (let times = 0; times < 4; times++) walk.work();
  walk.commit();
  expect(walk.assignment.held.map(({ partition }) => partition)).toEqual([1]);
  expect(walk.assignment.planFetch(walk.now).kind).toBe('fetch');
  expect(walk.engine.committed[0]).toBe(walk.done[0]);
  expect(walk.done[0]).toBeGreaterThan(0);
});
