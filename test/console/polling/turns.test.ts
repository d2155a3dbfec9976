// Turns of what makes many requests: a gap between them, and none for who has gone on.

import { expect, test } from 'vitest';
import { newGapMillis } from '../../../console/polling/poller.ts';
import { takeTurns } from '../../../console/polling/turns.ts';

/** Time that goes on when it is waited for. */
function time() {
  let now = 1_000;
  const after = (millis: number, run: () => void) => {
    now += millis;
    queueMicrotask(run);
    return () => {};
  };
  return { now: () => now, after, pass: (millis: number) => (now += millis) };
}

test('there is a gap between two of them, and none is added to a slow answer', async () => {
  const clock = time();
  const turn = takeTurns(clock, new AbortController().signal);
  await turn();
  expect(clock.now()).toBe(1_000);
  clock.pass(100);
  await turn();
  expect(clock.now()).toBe(1_000 + newGapMillis);
  clock.pass(2_000);
  await turn();
  expect(clock.now()).toBe(3_000 + newGapMillis);
});

test('who has gone on has no turn', async () => {
  const abort = new AbortController();
  const turn = takeTurns(time(), abort.signal);
  await turn();
  abort.abort();
  await expect(turn()).rejects.toMatchObject({ name: 'AbortError' });
});
