// Requests of the page to the engine, over a network that is told what to do.

import { expect, test } from 'vitest';
import { Api, type ApiParts, askMillisMax } from '../../../console/engine/api.ts';

const parts: ApiParts = {
  fetch: () => Promise.reject(new Error('not here')),
  base: 'http://engine/',
  authorization: () => undefined,
  onUnknown: () => {},
  onRequest: () => {},
  after: () => () => {},
};

test('who is not known is asked who he is, but not whoever came after him', async () => {
  let who: string | undefined = 'Bearer first';
  let asks = 0;
  const answers: ((response: Response) => void)[] = [];
  const api = new Api({
    ...parts,
    fetch: () => new Promise((resolve) => answers.push(resolve)),
    authorization: () => who,
    onUnknown: () => asks++,
  });
  const refused = () => expect(api.json('topics')).rejects.toMatchObject({ status: 401 });
  const unknown = () => answers.pop()?.(Response.json({ message: 'who?' }, { status: 401 }));
  const late = refused();
  who = 'Bearer second';
  unknown();
  await late;
  expect(asks).toBe(0);
  const own = refused();
  unknown();
  await own;
  expect(asks).toBe(1);
});

/** A network whose requests hang: at once, or once their answers have begun. */
function hanging(where: 'fetch' | 'body') {
  const late: (() => void)[] = [];
  const timers = new Set<number>();
  const fetch: typeof globalThis.fetch = (_, { signal } = {}) => {
    const ended = new Promise<never>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
    const body = new ReadableStream({
      start: (stream) => void ended.catch((e) => stream.error(e)),
    });
    return where === 'fetch' ? ended : Promise.resolve(new Response(body));
  };
  const after = (millis: number, run: () => void) => {
    timers.add(millis);
    late.push(run);
    return () => timers.delete(millis);
  };
  return { api: new Api({ ...parts, fetch, after }), late, timers };
}

test.each(['fetch', 'body'] as const)(
  'an engine that hangs does not answer (%s)',
  async (where) => {
    const { api, late, timers } = hanging(where);
    const asked = expect(api.json('topics')).rejects.toMatchObject({
      message: 'The engine does not answer.',
      isPassing: true,
    });
    expect([...timers]).toEqual([askMillisMax]);
    late[0]?.();
    await asked;
    expect([...timers]).toEqual([]);
  },
);

test('what is called off is no fault of the engine', async () => {
  const { api } = hanging('fetch');
  const abort = new AbortController();
  const asked = expect(api.records('records', abort.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  abort.abort();
  await asked;
});
