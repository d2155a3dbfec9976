// The console as an embedded engine serves it, over real sockets: also where callers are to be
// known, since the page must be there to ask who they are.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { rawExchange } from './raw-connection.ts';

let folder: string;
let engine: Embedded;
let url: string;

async function start(consoleFolder: string): Promise<Embedded> {
  return startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'memory' },
    access: { callers: { kind: 'api-keys' }, acls: undefined },
    consoleFolder,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-console-'));
  await mkdir(join(folder, 'console'));
  await writeFile(join(folder, 'index.html'), 'page');
  await writeFile(join(folder, 'console', 'index-1a.js'), 'script');
  await writeFile(join(folder, '..', 'sluice-secret.js'), 'secret');
  engine = await start(folder);
  url = `http://127.0.0.1:${engine.port}`;
});

afterAll(async () => {
  await engine.stop();
  await rm(folder, { recursive: true });
  await rm(join(folder, '..', 'sluice-secret.js'));
});

test('the page and its files are given to whoever asks, in their guards', async () => {
  const page = await fetch(`${url}/console`);
  expect([page.status, await page.text()]).toEqual([200, 'page']);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  const script = await fetch(`${url}/console/index-1a.js`);
  expect([script.status, await script.text()]).toEqual([200, 'script']);
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(script.headers.get('content-encoding')).toBe('gzip');
  const moved = await fetch(`${url}/console/`, { redirect: 'manual' });
  expect([moved.status, moved.headers.get('location')]).toEqual([308, '../console']);
  const head = await fetch(`${url}/console`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('all that the page asks for is for whom the engine knows', async () => {
  for (const path of ['/topics', '/v3/clusters/sluice/topics', '/subscriptions']) {
    expect((await fetch(url + path)).status, path).toBe(401);
  }
});

test('a browser is not made to ask its reader itself, before the page can', async () => {
  const challenge = async (headers: Record<string, string>) =>
    (await fetch(`${url}/topics`, { headers })).headers.get('www-authenticate');
  expect(await challenge({})).toContain('Basic');
  expect(await challenge({ 'X-Requested-With': 'XMLHttpRequest' })).toBe('Bearer realm="sluice"');
});

test('no path leads out of it', async () => {
  const paths = [
    '/console/../sluice-secret.js',
    '/console/..%2fsluice-secret.js',
    '/console/%2e%2e/sluice-secret.js',
    '/console/..%5csluice-secret.js',
    '/console/%2e%2e%2fsluice-secret.js',
    '/console/console/../../../sluice-secret.js',
    '/console/%00index-1a.js',
    '/console//index-1a.js',
    '/console/index.html',
  ];
  for (const path of paths) {
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const answer = await rawExchange(engine.port, request);
    expect([401, 404], path).toContain(answer?.status);
    expect(answer?.body, path).not.toContain('secret');
  }
});

test('where it was not built, it is said how', async () => {
  const other = await start(join(folder, 'nowhere'));
  const answer = await fetch(`http://127.0.0.1:${other.port}/console`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('npm run console');
  await other.stop();
});
