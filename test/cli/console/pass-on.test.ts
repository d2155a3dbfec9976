// What the console's server asks of an engine in the place of a page.

import { expect, test } from 'vitest';
import { type Asked, passOn } from '../../../cli/console/pass-on.ts';
import { apiKey } from '../../../client/auth.ts';
import type { Host } from '../../../client/host.ts';
import { newWire } from '../../client/wire.ts';

const url = 'http://engine.test';

function asking(method: string, path: string, body = '', headers = {}): Asked {
  const { signal } = new AbortController();
  return { method, path, headers, body: new Uint8Array(Buffer.from(body)), signal };
}

test('a request has the profile’s credentials, and not the browser’s own', async () => {
  const { world, host, sent } = await newWire();
  const headers = {
    ...{ 'content-type': 'application/json', accept: 'application/json' },
    ...{ authorization: 'Basic eDp5', cookie: 'a=b', origin: 'http://evil.test', host: 'evil' },
  };
  const path = '/v3/clusters/sluice/topics';
  const asked = asking('POST', path, '{"topic_name":"a"}', headers);
  const answered = await world.time.run(passOn({ url, auth: apiKey('id.secret') }, host, asked));
  expect(answered.status).toBe(201);
  expect(JSON.parse(Buffer.from(answered.body).toString())).toMatchObject({ topic_name: 'a' });
  expect(Object.keys(answered.headers)).toContain('server-timing');
  const [{ headers: given } = { headers: new Headers() }] = sent;
  expect(Object.fromEntries(given)).toEqual({
    ...{ accept: 'application/json', 'content-type': 'application/json' },
    authorization: 'Bearer id.secret',
  });
});

test('what the engine refuses is passed back, and so is that it is away', async () => {
  const wire = await newWire();
  const ask = () =>
    wire.world.time.run(passOn({ url }, wire.host, asking('GET', '/topics/no%20where?a=b+c')));
  expect((await ask()).status).toBe(404);
  expect(wire.sent[0]?.path).toBe('/topics/no%20where?a=b%20c');
  wire.fateOf = () => 'lost';
  const away = await ask();
  expect([away.status, String(Buffer.from(away.body))]).toEqual([
    ...[502, `{"error_code":502,"message":"${url}: other side closed"}`],
  ]);
});

test('an engine that never answers is waited for no longer than one that may', async () => {
  const { world, host } = await newWire();
  const never = <Answer>(signal: AbortSignal | undefined) => {
    return new Promise<Answer>((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const hanging: Host = { ...host, fetch: (_, { signal }) => never(signal) };
  const before = host.clock.now();
  const late = await world.time.run(passOn({ url }, hanging, asking('GET', '/topics')));
  expect([late.status, String(Buffer.from(late.body))]).toEqual([
    ...[504, `{"error_code":504,"message":"${url}: no answer within 45000 ms"}`],
  ]);
  expect(host.clock.now() - before).toBe(45_000);
  const unsigned = { url, auth: () => never<Record<string, string>>(undefined) };
  const unsent = await world.time.run(passOn(unsigned, host, asking('GET', '/topics')));
  expect(unsent.status).toBe(504);
});
