// The server of `sluice console`: who gets in, and to what.

import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleServer, serveConsole } from '../../../cli/console/serve.ts';
import { realHost } from '../../../client/host.ts';
import { type Embedded, startEmbedded } from '../../../local/embedded.ts';

let engine: Embedded;
let server: ConsoleServer;

beforeAll(async () => {
  const at = { host: '127.0.0.1', port: 0, allowedHosts: [] };
  engine = await startEmbedded({ ...at, stores: { kind: 'memory' } });
  const url = `http://127.0.0.1:${engine.port}`;
  server = await serveConsole({ url, auth: { kind: 'none' } }, { port: 0, host: realHost });
});
afterAll(async () => {
  await server.stop();
  await engine.stop();
});

const base = () => new URL('.', server.url).href;

test('the page, and below the same path the engine', async () => {
  const page = await fetch(server.url);
  // Where nobody has built it, it says how.
  expect([200, 404]).toContain(page.status);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const body = '{"topic_name":"a"}';
  const headers = { 'Content-Type': 'application/json' };
  const made = await fetch(`${base()}v3/clusters/sluice/topics`, { method: 'POST', headers, body });
  expect(made.status).toBe(201);
  expect(await (await fetch(`${base()}topics`)).json()).toEqual(['a']);
});

test('whoever does not know the path gets nowhere, and no page of another site does', async () => {
  const { origin } = new URL(server.url);
  for (const path of ['/', '/console', '/topics', '/AAAAAAAAAAAAAAAAAAAAAA/topics']) {
    expect([path, (await fetch(origin + path)).status]).toEqual([path, 404]);
  }
  for (const headers of [{ Origin: 'http://evil.test' }, { Host: 'evil.test' }]) {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    request(`${base()}topics`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
    expect([headers, await promise]).toEqual([headers, 403]);
  }
});

test('a body that no engine takes is refused, and not cut off', async () => {
  const body = new Uint8Array(65 * 1024 * 1024);
  const answer = await fetch(`${base()}topics/a`, { method: 'POST', body });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toEqual({
    ...{ error_code: 413, message: 'body: must be at most 4194304 bytes' },
  });
});
