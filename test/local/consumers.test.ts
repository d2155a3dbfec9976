// A consumer over real sockets, as a client of another proxy speaks: with a body in a GET, and to
// a second process on the same data.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { createTopic, json, produce } from './conversation.ts';

let directory: string;
let engine: Embedded;
let url: string;

async function start(): Promise<void> {
  engine = await startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'directory', directory },
  });
  url = `http://127.0.0.1:${engine.port}`;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-consumers-'));
  await start();
});
afterEach(async () => {
  await engine.stop();
  await rm(directory, { recursive: true });
});

/** fetch sends no body with a GET. @param route a method and a path. */
async function ask(route: string, body?: unknown): Promise<{ status: number; answer: unknown }> {
  const [method = '', path = ''] = route.split(' ');
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/vnd.kafka.v2+json',
    'Content-Length': Buffer.byteLength(text),
  };
  const asking = request(`${url}${path}`, { method, headers }).end(text);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const status = response.statusCode ?? 0;
  return {
    status,
    answer: status === 204 ? response.resume() && undefined : await readJson(response),
  };
}

const partitions = { partitions: [{ topic: 'orders', partition: 0 }] };

test('from its making to its end, also past the end of the process', async () => {
  await createTopic(url, 'orders');
  await produce(url, 'topics/orders', [{ value: 1 }, { value: 2 }], json);
  const settings = { name: 'c1', format: 'json', 'auto.offset.reset': 'earliest' };
  const made = await ask('POST /consumers/g1', { ...settings, 'auto.commit.enable': 'false' });
  const instance = '/consumers/g1/instances/c1';
  expect(made).toEqual({
    status: 200,
    answer: { instance_id: 'c1', base_uri: `${url}${instance}` },
  });
  await ask(`POST ${instance}/subscription`, { topics: ['orders'] });
  const { answer } = await ask(`GET ${instance}/records?timeout=1000`);
  expect(answer).toMatchObject([{ value: 1 }, { value: 2 }]);
  const none = await ask(`GET ${instance}/offsets`, partitions);
  expect(none).toEqual({ status: 200, answer: { offsets: [] } });
  expect((await ask(`POST ${instance}/offsets`)).status).toBe(204);
  await engine.stop();
  await start();
  expect(await ask(`GET ${instance}/offsets`, partitions)).toEqual({
    status: 200,
    answer: { offsets: [{ topic: 'orders', partition: 0, offset: 2, metadata: '' }] },
  });
  await produce(url, 'topics/orders', [{ value: 3 }], json);
  const next = await ask(`GET ${instance}/records?timeout=1000`);
  expect(next.answer).toMatchObject([{ value: 3, offset: 2 }]);
  expect((await ask(`DELETE ${instance}`)).status).toBe(204);
  expect((await ask(`GET ${instance}/records`)).status).toBe(404);
});

test('a GET without the body that it needs, or with a bad one', async () => {
  await ask('POST /consumers/g1', { name: 'c1' });
  const path = '/consumers/g1/instances/c1/offsets';
  expect((await ask(`GET ${path}`)).status).toBe(422);
  expect((await ask(`GET ${path}`, { partitions: 'orders' })).status).toBe(422);
  expect((await ask(`GET ${path}`, partitions)).answer).toMatchObject({ error_code: 40401 });
  const large = { partitions: 'x'.repeat(300_000) };
  expect((await ask(`GET ${path}`, large)).status).toBe(413);
});

test('a poll that waits hears at once of what another connection stores', async () => {
  await createTopic(url, 'orders');
  await ask('POST /consumers/g1', { name: 'c1', format: 'json' });
  const instance = '/consumers/g1/instances/c1';
  await ask(`POST ${instance}/subscription`, { topics: ['orders'] });
  await ask(`GET ${instance}/records?timeout=0`);
  const polling = ask(`GET ${instance}/records?timeout=20000`);
  await produce(url, 'topics/orders', [{ value: 'late' }], json);
  expect((await polling).answer).toMatchObject([{ value: 'late' }]);
});
