// Requests of the page to the engine, over a network that is told what to do.

import { expect, test } from 'vitest';
import { Api, type ApiParts } from '../../../console/engine/api.ts';

const parts: ApiParts = {
  fetch: () => Promise.reject(new Error('not here')),
  base: 'http://engine/',
  authorization: () => undefined,
  onUnknown: () => {},
  onRequest: () => {},
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
