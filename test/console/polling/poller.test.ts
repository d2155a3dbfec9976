// What an open page asks for, and how often: in a time of its own.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  backoffMillisMax,
  gapMillis,
  newGapMillis,
  type Outcome,
  Poller,
  refusedMillis,
} from '../../../console/polling/poller.ts';

type Answers = (key: string, now: number) => Outcome;

const seen: Outcome = { kind: 'seen' };
const answerMillis = 20;

/** Runs a poller, as the page does, from one time to another.
 * @returns what was asked, and when. */
function run(poller: Poller, from: number, to: number, answers: Answers = () => seen) {
  const asked: { readonly key: string; readonly at: number }[] = [];
  for (let now = from; now < to; ) {
    const next = poller.next(now);
    if (next.kind === 'rest') break;
    if (next.kind === 'wait') {
      now += next.millis;
      continue;
    }
    poller.begin(next.key, now);
    poller.count(now);
    asked.push({ key: next.key, at: now });
    now += answerMillis;
    poller.end(now, answers(next.key, now));
  }
  return asked;
}

const keysOf = (asked: readonly { readonly key: string }[]) => asked.map(({ key }) => key);

test('what was never seen is asked for first, and then now and then', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  poller.want('b', 5_000);
  const asked = run(poller, 0, 11_000);
  expect(keysOf(asked)).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(asked[1]?.at).toBe(newGapMillis);
  expect(asked[2]?.at).toBe(5_000);
});

test('one request at a time', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  poller.want('b', 5_000);
  poller.begin('a', 0);
  expect(poller.next(10_000)).toEqual({ kind: 'rest' });
  poller.end(10_000, seen);
  expect(poller.next(10_000)).toEqual({ kind: 'ask', key: 'b' });
});

test('however much there is, it is four requests a second, and two once it is seen', () => {
  const poller = new Poller();
  const many = 60;
  for (let key = 0; key < many; key++) poller.want(`topic ${key}`, 5_000);
  const first = run(poller, 0, many * newGapMillis);
  expect(new Set(keysOf(first)).size).toBe(many);
  expect(first.map(({ at }) => at)).toEqual(first.map((_, index) => index * newGapMillis));
  const asked = run(poller, 60_000, 180_000);
  expect(asked.length).toBeLessThanOrEqual(120_000 / gapMillis);
  expect(poller.perMinute(180_000)).toBeLessThanOrEqual(60_000 / gapMillis);
  const counts = Map.groupBy(asked, ({ key }) => key);
  const each = [...counts.values()].map((times) => times.length);
  expect(counts.size, 'nobody waits for ever').toBe(many);
  expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
});

test('what somebody does has its place among them', () => {
  const poller = new Poller();
  poller.count(1_000);
  poller.want('a', 5_000);
  expect(poller.next(1_010)).toEqual({ kind: 'wait', millis: newGapMillis - 10 });
});

test('what is off the screen is not asked for', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  poller.want('b', 5_000);
  run(poller, 0, 1_000);
  poller.drop('a');
  expect(keysOf(run(poller, 1_000, 20_000))).not.toContain('a');
  poller.drop('b');
  expect(poller.next(60_000)).toEqual({ kind: 'rest' });
  // What comes back was seen a while ago.
  poller.want('a', 5_000, 59_000);
  expect(poller.next(60_000)).toEqual({ kind: 'wait', millis: 4_000 });
});

test('it is slower where nobody is at it, and slower yet where nobody sees it', () => {
  const perHour = (pace: 'watched' | 'idle' | 'hidden') => {
    const poller = new Poller();
    poller.want('a', 5_000);
    poller.goAt(pace);
    return run(poller, 0, 3_600_000).length;
  };
  expect([perHour('watched'), perHour('idle'), perHour('hidden')]).toEqual([720, 180, 60]);
});

test('a pause ends it, but for what was never seen', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  run(poller, 0, 1_000);
  poller.pause(true);
  expect(run(poller, 1_000, 600_000)).toEqual([]);
  poller.want('b', 5_000);
  expect(keysOf(run(poller, 600_000, 900_000))).toEqual(['b']);
  poller.refresh();
  expect(keysOf(run(poller, 900_000, 1_000_000))).toEqual(['a', 'b']);
  poller.pause(false);
  expect(poller.next(1_000_000)).toMatchObject({ kind: 'ask' });
});

test('an engine that fails is asked less and less, and as before once it answers', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  poller.want('b', 5_000);
  const failing = run(poller, 0, 600_000, () => ({ kind: 'failed' }));
  const pauses = failing.slice(1).map(({ at }, index) => at - (failing[index]?.at ?? 0));
  expect(pauses.slice(0, 3)).toEqual([2_000, 4_000, 8_000].map((pause) => pause + answerMillis));
  expect(Math.max(...pauses)).toBe(backoffMillisMax + answerMillis);
  expect(failing.length).toBeLessThan(20);
  const again = run(poller, 700_000, 760_000);
  expect(again.length).toBeGreaterThan(20);
});

test('who says when to come again is not asked before', () => {
  const poller = new Poller();
  poller.want('a', 5_000);
  poller.begin('a', 0);
  poller.end(10, { kind: 'failed', retryAfterMillis: 30_000 });
  expect(poller.next(10)).toEqual({ kind: 'wait', millis: 30_000 });
});

test('what is refused is asked for seldom, until it is not', () => {
  const poller = new Poller();
  poller.want('gone', 5_000);
  poller.want('there', 60_000);
  const back = 2 * refusedMillis - 1;
  const answers: Answers = (key, now) => ({
    kind: key === 'gone' && now < back ? 'refused' : 'seen',
  });
  const asked = run(poller, 0, 2 * refusedMillis + 6_000, answers);
  const gone = asked.filter(({ key }) => key === 'gone').map(({ at }) => at);
  expect(gone).toEqual([0, refusedMillis, 2 * refusedMillis, 2 * refusedMillis + 5_000]);
});

test('what is refused is asked for at once by who wants to know', () => {
  const poller = new Poller();
  poller.want('gone', 5_000);
  run(poller, 0, 1_000, () => ({ kind: 'refused' }));
  poller.refresh();
  expect(keysOf(run(poller, 1_000, 1_100))).toEqual(['gone']);
});

test('what somebody has changed is looked at at once', () => {
  const poller = new Poller();
  poller.want('a', 60_000);
  run(poller, 0, 1_000);
  poller.hurry('a');
  poller.hurry('not wanted');
  expect(poller.next(1_000)).toEqual({ kind: 'ask', key: 'a' });
});

test('whatever happens, a minute has no more requests than there are gaps, and what is new', () => {
  const outcome = fc.constantFrom<Outcome>(seen, { kind: 'failed' }, { kind: 'refused' });
  const wants = fc.array(fc.integer({ min: 100, max: 20_000 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(wants, fc.array(outcome, { minLength: 1, maxLength: 50 }), (every, outcomes) => {
      const poller = new Poller();
      for (const [index, millis] of every.entries()) poller.want(`look ${index}`, millis);
      let answered = 0;
      const answers = () => outcomes[answered++ % outcomes.length] ?? seen;
      const asked = run(poller, 0, 60_000, answers);
      expect(asked.length).toBeLessThanOrEqual(every.length + 60_000 / gapMillis);
      expect(poller.perMinute(60_000)).toBe(asked.filter(({ at }) => at > 0).length);
    }),
  );
});
