// An engine that knows its callers by API keys and binds them by ACLs, over real sockets: as
// docs/access.md says it, and with keys that are not quite good.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { readOptions } from '../../local/options.ts';
import { produceBodyBytesMax } from '../../shared/limits.ts';
import { answersOfAll, everyRequest } from './answers-of-all.ts';
import { runKeys } from './child-programs.ts';
import { json } from './conversation.ts';
import { openConnection, rawExchange } from './raw-connection.ts';
import { commandsIn } from './session.ts';

const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined);
let directory = '';
let section = '';
let engine: Embedded;
let url: string;
let admin = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-access-'));
  const page = await readFile('docs/access.md', 'utf8');
  [, section = ''] = /^## The embedded engine\n(.*?)^## The stack/ms.exec(page) ?? [];
  const [, made = ''] = /ADMIN=\$\(npm run --silent keys -- (.*)\)$/m.exec(section) ?? [];
  admin = (await runKeys(...made.split(' '), '--data', directory)).out.trim();
  const [, started = ''] = /npm start -- (--auth api-keys .*)$/m.exec(section) ?? [];
  const words = [...started.split(' '), '--port', '0', '--data', directory];
  const read = readOptions(words, {});
  if (read.kind !== 'options') throw new Error(read.text);
  engine = await startEmbedded(read.options);
  url = `http://127.0.0.1:${engine.port}`;
});
afterAll(async () => {
  await engine.stop();
  expect(logged.mock.calls).toEqual([]);
  await rm(directory, { recursive: true });
});

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** @param route `METHOD PATH`. @param authorization a key; or with a scheme, the header. */
async function ask(authorization: string, route: string, body?: object): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const isProduce = /^\/topics\/\w+$/.test(path);
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: authorization.includes(' ') ? authorization : `Bearer ${authorization}`,
      'Content-Type': isProduce ? json : 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse((await response.text()) || '{}') };
}

async function keyOf(principal: string, more: object = {}): Promise<string> {
  const { body } = await ask(admin, 'POST /keys', { principal, ...more });
  return String(body['key']);
}

function allow(principal: string, type: string, name: string, operation: string) {
  return ask(admin, 'POST /v3/clusters/sluice/acls', {
    ...{ resource_type: type, resource_name: name, pattern_type: 'LITERAL' },
    ...{ principal, operation, permission: 'ALLOW' },
  });
}

const clusters = '/v3/clusters/sluice';
const one = { records: [{ value: 1 }] };
const basic = (key: string) => `Basic ${Buffer.from(key.replace('.', ':')).toString('base64')}`;

test('it goes as the page says: a key for another, and what he may do', async () => {
  const session = section
    .replaceAll('http://127.0.0.1:8082', url)
    .replaceAll('"Authorization: Bearer $ADMIN"', `'Authorization: Bearer ${admin}'`);
  const answers: string[] = [];
  const commands = commandsIn(session);
  expect(commands).toHaveLength(3);
  for (const { url: at, request, printed } of commands) {
    const response = await fetch(at, request);
    expect(response.ok, at).toBe(true);
    answers.push(await response.text());
    expect(answers.at(-1), at).toMatch(printed);
  }
  const shop = JSON.parse(answers[0] ?? '').key as string;
  for (const name of ['orders', 'refunds']) {
    const refused = await ask(shop, `POST ${clusters}/topics`, { topic_name: name });
    expect([refused.status, refused.body['error_code']]).toEqual([403, 40301]);
    expect((await ask(admin, `POST ${clusters}/topics`, { topic_name: name })).status).toBe(201);
  }
  for (const credential of [shop, `bearer ${shop}`, basic(shop)]) {
    expect((await ask(credential, 'POST /topics/orders', one)).status).toBe(200);
    expect((await ask(credential, 'POST /topics/refunds', one)).status).toBe(403);
  }
  const records = 'GET /topics/orders/partitions/0/records?offset=0';
  expect((await ask(shop, records)).status, 'to write is not to read').toBe(403);
  expect((await ask(shop, 'GET /topics')).body).toEqual(['orders']);
  for (const route of [`GET ${clusters}/acls`, 'GET /keys']) {
    expect((await ask(shop, route)).status).toBe(403);
  }
  expect((await ask(admin, `DELETE ${clusters}/acls?principal=User:shop`)).status).toBe(200);
  expect((await ask(shop, 'POST /topics/orders', one)).status, 'at once').toBe(403);
});

test('no route is open to a key that is not quite good', async () => {
  const gone = await keyOf('User:admin');
  const ended = await keyOf('User:admin');
  const [goneId = '', endedId = ''] = [gone, ended].map((key) => key.split('.')[0]);
  expect((await ask(gone, 'GET /topics')).status).toBe(200);
  await ask(admin, `DELETE /keys/${goneId}`);
  const { body } = await ask(admin, `POST /keys/${endedId}/rotate`);
  await ask(admin, `DELETE /keys/${endedId}/secrets/1`);
  const [id = '', secret = ''] = admin.split('.');
  const authorizations: Readonly<Record<string, string>> = {
    'a wrong secret': `Bearer ${id}.${'A'.repeat(43)}`,
    'the secret of another': `Bearer ${id}.${body['secret']}`,
    'an unknown id': `Bearer ${'A'.repeat(16)}.${secret}`,
    'a deleted key': `Bearer ${gone}`,
    'a secret that was ended': `Bearer ${ended}`,
    'an id alone': `Bearer ${id}`,
    'a secret alone': `Bearer ${secret}`,
    'no scheme': admin,
    'an unknown scheme': `Digest ${admin}`,
    'Basic of a whole key': `Basic ${admin}`,
    'Basic without a password': `Basic ${Buffer.from(`${admin}:`).toString('base64')}`,
    'two in one': `Bearer ${admin} ${admin}`,
    empty: '',
  };
  const table: Record<string, Readonly<Record<string, number>>> = {};
  for (const [what, authorization] of Object.entries(authorizations)) {
    table[what] = await answersOfAll(url, { Authorization: authorization });
  }
  table['no header'] = await answersOfAll(url, {});
  table['in the query'] = await answersOfAll(url, {}, `?key=${admin}&access_token=${admin}`);
  console.table(table);
  for (const [what, answers] of Object.entries(table)) {
    expect([what, answers]).toEqual([what, { '401 40101': everyRequest.length }]);
  }
  expect((await ask(String(body['key']), 'GET /topics')).status, 'the new one is good').toBe(200);
});

test('who brings events must write, and a key does only what it is narrowed to', async () => {
  await ask(admin, `POST ${clusters}/topics`, { topic_name: 'incoming' });
  const source = await keyOf('User:source');
  const reader = await keyOf('User:source', { operations: ['READ'] });
  const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm1', body: 'a', ...sqs }] };
  expect((await ask(source, 'POST /_ingest/incoming', event)).status).toBe(403);
  await allow('User:source', 'TOPIC', 'incoming', 'ALL');
  expect((await ask(reader, 'POST /_ingest/incoming', event)).status).toBe(403);
  expect((await ask(source, 'POST /_ingest/incoming', event)).status).toBe(200);
  const records = 'GET /topics/incoming/partitions/0/records?offset=0';
  expect((await ask(reader, records)).status).toBe(200);
});

const sqs = { eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:in', attributes: {} };

test('a stranger is answered before his body comes, and cut off if it does not end', async () => {
  const head = 'POST /topics/orders HTTP/1.1\r\nHost: localhost\r\n';
  const connection = await openConnection(engine.port);
  await connection.write(`${head}Content-Length: ${produceBodyBytesMax}\r\n\r\n{`);
  const answer = await connection.answer();
  expect([answer?.status, JSON.parse(answer?.body ?? '').error_code]).toEqual([401, 40101]);
  connection.close();
  const endless = await openConnection(engine.port);
  await endless.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
  let isClosed = false;
  const closing = endless
    .answer()
    .then((first) => expect(first?.status).toBe(401))
    .then(() => endless.answer())
    .finally(() => {
      isClosed = true;
    });
  while (!isClosed) await endless.write(chunk);
  expect(await closing).toBeUndefined();
});

test('a page of another site may not call, whoever’s key its browser sends along', async () => {
  const request = (origin: string) =>
    `GET /topics HTTP/1.1\r\nHost: localhost:${engine.port}\r\nOrigin: ${origin}\r\n` +
    `Authorization: ${basic(admin)}\r\n\r\n`;
  const own = await rawExchange(engine.port, request(`http://localhost:${engine.port}`));
  expect(own?.status).toBe(200);
  const foreign = await rawExchange(engine.port, request('http://evil.example'));
  expect(foreign?.status).toBe(403);
});
