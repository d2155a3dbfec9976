// What the page keeps of what it sees, in a time of its own, and of an engine that answers when it
// is told to.

import { expect, test } from 'vitest';
import { Refusal } from '../../../console/engine/api.ts';
import { Polling } from '../../../console/polling/polling.ts';

type Asked = {
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly answer: (data: unknown) => Promise<void>;
  readonly refuse: (refusal: Refusal) => Promise<void>;
};

/** Polling, what it has asked, and time, which goes on only here. */
function begin() {
  const asked: Asked[] = [];
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  let now = 0;
  const host = {
    now: () => now,
    after: (millis: number, run: () => void) => {
      const timer = { at: now + millis, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    onPace: () => {},
  };
  const json = <Reply>(path: string, { signal }: { readonly signal?: AbortSignal } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    // What waits for it has gone on by then.
    const settled = () => promise.then(undefined, () => {}).then(() => {});
    const answer = (data: unknown) => {
      resolve(data as Reply);
      return settled();
    };
    const refuse = (refusal: Refusal) => {
      reject(refusal);
      return settled();
    };
    asked.push({ path, signal, answer, refuse });
    return promise;
  };
  const goTo = (time: number) => {
    for (;;) {
      const due = [...timers].filter(({ at }) => at <= time).sort((one, two) => one.at - two.at)[0];
      if (due === undefined) break;
      timers.delete(due);
      now = due.at;
      due.run();
    }
    now = time;
  };
  return { polling: new Polling(host, { json }), asked, goTo };
}

test('what was asked for as somebody else is not kept, whenever it is answered', async () => {
  const { polling, asked, goTo } = begin();
  polling.watch('secrets', 5_000);
  const seen = polling.seen('secrets');
  polling.forget();
  expect(asked[0]?.signal?.aborted).toBe(true);
  await asked[0]?.answer('of the last one');
  expect(seen.value).toEqual({});
  goTo(1_000);
  expect(asked.length, 'it is asked for anew').toBe(2);
  polling.forget();
  await asked[1]?.refuse(new Refusal('of the last one', { status: 403 }));
  expect(seen.value).toEqual({});
  goTo(2_000);
  await asked[2]?.answer('of this one');
  expect(seen.value.now?.data).toBe('of this one');
});

test('while the engine does not answer, the page does not say that all is well', async () => {
  const { polling, asked, goTo } = begin();
  const failure = () => polling.state.value.failure;
  polling.watch('topics', 5_000);
  goTo(4_999);
  expect(failure()).toBeUndefined();
  goTo(5_000);
  expect(failure()).toBe('The engine has not answered yet');
  await asked[0]?.refuse(new Refusal('The engine does not answer.'));
  expect(failure()).toBe('The engine does not answer.');
  goTo(7_000);
  await asked[1]?.answer([]);
  expect(failure()).toBeUndefined();
  goTo(11_000);
  expect(failure(), 'it was answered').toBeUndefined();
});

test('what is gone is not shown as it was, and is seen again once it is there', async () => {
  const { polling, asked, goTo } = begin();
  polling.watch('topic', 5_000);
  const seen = polling.seen('topic');
  await asked[0]?.answer('old');
  goTo(5_000);
  await asked[1]?.refuse(new Refusal('The engine answers 503.', { status: 503 }));
  expect(seen.value.now?.data, 'it may be there').toBe('old');
  goTo(10_000);
  await asked[2]?.refuse(new Refusal('It does not exist.', { status: 404 }));
  expect(seen.value.now).toBeUndefined();
  expect(seen.value.refusal?.message).toBe('It does not exist.');
  goTo(50_000);
  await asked[3]?.answer('new');
  expect(seen.value).toEqual({ now: { data: 'new', at: 50_000 } });
});
