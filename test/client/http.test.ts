// The client's own fetch, over sockets.

import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Connection } from '../../client/connection.ts';
import { realHost } from '../../client/host.ts';
import { newFetch } from '../../client/http.ts';
import { connectionSettings, type SluiceOptions } from '../../client/options.ts';

const fetch = newFetch(process.getBuiltinModule);
let server: Server;
let origin: string;
const ports = new Set<number | undefined>();

beforeAll(async () => {
  server = createServer(async (request, response) => {
    ports.add(request.socket.remotePort);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/hang') return;
    if (request.url === '/101') {
      request.socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
      return;
    }
    if (request.url === '/break') {
      request.socket.destroy();
      return;
    }
    const status = Number(request.url?.slice(1)) || 404;
    response.writeHead(status, { 'X-Method': request.method ?? '', Location: '/200' });
    response.end(status === 204 ? undefined : Buffer.concat(chunks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function connect(options: SluiceOptions): Connection {
  return new Connection(connectionSettings(options), realHost);
}

const { signal } = new AbortController();
const ask = (path: string, body?: Uint8Array<ArrayBuffer>) =>
  fetch(new URL(origin + path), {
    method: body === undefined ? 'GET' : 'POST',
    headers: {},
    signal,
    ...(body === undefined ? {} : { body }),
  });

test('what is sent arrives, and what is answered comes back, over one connection', async () => {
  const body = new Uint8Array(3_000_000).fill(7);
  for (const status of [200, 422]) {
    const answer = await ask(`/${status}`, body);
    expect([answer.status, answer.ok]).toEqual([status, status === 200]);
    expect(answer.headers.get('x-method')).toBe('POST');
    expect(Buffer.compare(await answer.bytes(), body)).toBe(0);
  }
  expect((await (await ask('/204')).bytes()).length).toBe(0);
  expect((await ask('/302')).status).toBe(302);
  expect(ports.size).toBe(1);
});

test('a connection that breaks is told, and one that is refused is told as such', async () => {
  await expect(ask('/break')).rejects.toMatchObject({ code: 'ECONNRESET' });
  const client = connect({ url: origin, retry: { retries: 0 } });
  const asked = client.ask({ method: 'GET', path: '/break' });
  await expect(asked).rejects.toMatchObject({ outcome: 'unknown', retriable: true });
  const nobody = connect({ url: 'http://127.0.0.1:1', retry: { retries: 0 } });
  await expect(nobody.ask({ method: 'GET', path: '/200' })).rejects.toMatchObject({
    outcome: 'refused',
    retriable: true,
  });
});

test('what is aborted ends, for the reason that is given', async () => {
  const client = connect({ url: origin });
  const controller = new AbortController();
  server.once('request', () => controller.abort(new Error('enough')));
  const asked = client.ask({ method: 'GET', path: '/hang', signal: controller.signal });
  await expect(asked).rejects.toThrow('enough');
});

test('a process that asks does not load Node’s own fetch', async () => {
  const client = new URL('../../client/sluice.ts', import.meta.url);
  const program = `
    const { Sluice } = await import(${JSON.stringify(client.href)});
    const client = new Sluice({ url: ${JSON.stringify(origin)}, retry: { retries: 0 } });
    await client.admin().connect().catch(() => undefined);
    console.log(JSON.stringify(process.moduleLoadList));
  `;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program]);
  const loaded: readonly string[] = JSON.parse(stdout);
  expect(loaded).toContain('NativeModule _http_client');
  expect(loaded.filter((name) => name.includes('undici'))).toEqual([]);
});

test('an answer that nobody asked for ends the request', async () => {
  await expect(ask('/101')).rejects.toThrow('101');
});
