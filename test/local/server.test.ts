// The embedded server over real sockets: what it refuses, what it survives, and how it stops.

import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '../../local/embedded.ts';

import { produceBodyBytesMax } from '../../shared/limits.ts';
import { createTopic, endOffset, produce } from './conversation.ts';
import { openConnection, type RawAnswer, rawExchange } from './raw-connection.ts';

const memory: EmbeddedOptions = {
  host: '127.0.0.1',
  port: 0,
  allowedHosts: [],
  stores: { kind: 'memory' },
};

const toOrders = 'POST /topics/orders HTTP/1.1\r\nHost: localhost\r\n';
const oneRecord = '{"records":[{"value":"YQ=="}]}';
const goodRequest = `${toOrders}Content-Length: ${oneRecord.length}\r\n\r\n${oneRecord}`;
const longPoll =
  'GET /topics/orders/partitions/0/records?offset=0&timeout=20000 HTTP/1.1\r\n' +
  'Host: localhost\r\n\r\n';

let engine: Embedded;
let url: string;
let faults: { readonly mock: { readonly calls: readonly unknown[] } };

beforeEach(async () => {
  faults = vi.spyOn(console, 'error');
  engine = await startEmbedded(memory);
  url = `http://127.0.0.1:${engine.port}`;
  await createTopic(url, 'orders');
});
afterEach(async () => {
  await engine.stop();
  // Whatever a client does, an operator need not look at it.
  expect(faults.mock.calls).toEqual([]);
});

/** Waits, without a clock, until the engine has come so far. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}

function expectRefusal(answer: RawAnswer | undefined, status: number, code = status): void {
  expect(answer?.status, answer?.body).toBe(status);
  expect(answer?.headers.get('content-type')).toBe('application/json');
  expect(JSON.parse(answer?.body ?? '')).toEqual({
    error_code: code,
    message: expect.stringMatching(/./),
  });
}

test('requests to other names, and from pages of other sites, are refused', async () => {
  const { port } = engine;
  const own = `Host: localhost:${port}\r\n`;
  const refused = [
    'Host: evil.example\r\n',
    'Host: a b\r\n',
    `Host: 127.0.0.1.evil.example:${port}\r\n`,
    `${own}Origin: http://evil.example\r\n`,
    `${own}Origin: null\r\n`,
    `${own}Sec-Fetch-Site: cross-site\r\n`,
  ];
  for (const headers of refused) {
    const request = goodRequest.replace('Host: localhost\r\n', headers);
    expectRefusal(await rawExchange(port, request), 403, 40301);
  }
  for (const more of ['', `Origin: http://localhost:${port}\r\n`, 'Sec-Fetch-Site: none\r\n']) {
    const answer = await rawExchange(port, `GET / HTTP/1.1\r\n${own}${more}\r\n`);
    expect([answer?.status, answer?.body]).toEqual([200, '{}']);
  }
  expect(await endOffset(url, 'orders')).toBe(0);
});

test('what is no HTTP gets an answer in our form, and the server goes on', async () => {
  const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  const chunked = `${toOrders}Transfer-Encoding: chunked\r\n\r\n`;
  const malformed: readonly (readonly [string | Buffer, number])[] = [
    ['junk\r\n\r\n', 400],
    [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03]), 400],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nHost: localhost:99999\r\n\r\n', 400],
    ['OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['GET http://[/ HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['GET /topics\\orders HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['GET /topics/a b HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['GET /topics/a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['GET /topics/é HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    [`${get}X: a\rY: b\r\n\r\n`, 400],
    [`${get}X: a\nY: b\r\n\r\n`, 400],
    [`${get}X: a\0b\r\n\r\n`, 400],
    [`${get}X: a\r\n b\r\n\r\n`, 400],
    [`${get}X y: a\r\n\r\n`, 400],
    [`${get}X: ${'a'.repeat(100_000)}\r\n\r\n`, 431],
    [`${get}${'X: a\r\n'.repeat(20_000)}\r\n`, 431],
    [`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    [`${toOrders}Content-Length: x\r\n\r\n`, 400],
    [`${toOrders}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 400],
    [`${toOrders}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    [`${toOrders}Transfer-Encoding: gzip\r\n\r\n`, 400],
    [`${chunked}zz\r\n`, 400],
    [`${chunked}2\r\nabc\r\n`, 400],
    [`${chunked}${'f'.repeat(20)}\r\n`, 400],
    [`${chunked}1;${'a'.repeat(100_000)}\r\na\r\n`, 413],
    [`${toOrders}Expect: the unexpected\r\nContent-Length: 1\r\n\r\na`, 417],
  ];
  for (const [request, status] of malformed) {
    expectRefusal(await rawExchange(engine.port, request), status);
    expect(await endOffset(url, 'orders')).toBe(0);
  }
});

test('what comes behind a request does not take its answer', async () => {
  for (const [offset, more] of ['', 'Connection: close\r\n'].entries()) {
    const connection = await openConnection(engine.port);
    const request = goodRequest.replace('\r\n', `\r\n${more}`);
    await connection.write(`${request}and this is junk\r\n\r\n`);
    const answer = await connection.answer();
    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body ?? '').offsets[0].offset).toBe(offset);
    const next = await connection.answer();
    if (more === '') expectRefusal(next, 400);
    expect(more === '' ? await connection.answer() : next).toBeUndefined();
  }
});

test('a body that says it is above the limit is refused before it comes', async () => {
  const connection = await openConnection(engine.port);
  const declared = produceBodyBytesMax + 1;
  await connection.write(`${toOrders}Content-Length: ${declared}\r\n\r\n`);
  expectRefusal(await connection.answer(), 413);
  // Who sends it nevertheless is heard out, or cut off: it is not taken for a request.
  await connection.write(Buffer.alloc(declared, 'a'));
  await connection.write(goodRequest);
  expect([200, undefined]).toContain((await connection.answer())?.status);
  connection.close();
});

test('a body that never ends is refused where it passes the limit, and then cut off', async () => {
  const connection = await openConnection(engine.port);
  await connection.write(`${toOrders}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
  for (let sent = 0; sent < produceBodyBytesMax; sent += 0x100000) await connection.write(chunk);
  let isAnswered = false;
  const answering = connection.answer().finally(() => {
    isAnswered = true;
  });
  while (!isAnswered) await connection.write(chunk);
  expectRefusal(await answering, 413);
  let isClosed = false;
  const closing = connection.answer().finally(() => {
    isClosed = true;
  });
  while (!isClosed) await connection.write(chunk);
  expect(await closing).toBeUndefined();
  expect(await endOffset(url, 'orders')).toBe(0);
});

test('clients that go away while they send or wait do no harm', async () => {
  const { tableReads } = engine.operations;
  const half = goodRequest.slice(0, -10);
  const leavers = await Promise.all(
    [half, `${toOrders}Transfer-Encoding: chunked\r\n\r\n5\r\n{"rec\r\n`, longPoll, ''].map(
      async (sent) => {
        const connection = await openConnection(engine.port);
        await connection.write(sent);
        return connection;
      },
    ),
  );
  await until(() => engine.operations.tableReads > tableReads);
  for (const connection of leavers) connection.close();
  await produce(url, 'topics/orders', [{ value: 'after them' }]);
  expect(await endOffset(url, 'orders')).toBe(1);
});

test('stopping ends a long poll at once, with an empty answer', async () => {
  const { tableReads } = engine.operations;
  const connection = await openConnection(engine.port);
  await connection.write(longPoll);
  await until(() => engine.operations.tableReads > tableReads);
  const stopping = engine.stop();
  const answer = await connection.answer();
  expect([answer?.status, answer?.body]).toEqual([200, '[]']);
  expect(answer?.headers.get('sluice-next-offset')).toBe('0');
  expect(await connection.answer()).toBeUndefined();
  await stopping;
  await expect(openConnection(engine.port)).rejects.toThrow('ECONNREFUSED');
});

test('stopping answers what is under way', async () => {
  const connection = await openConnection(engine.port);
  await connection.write(goodRequest);
  await until(() => engine.operations.objectPuts > 0);
  const stopping = engine.stop();
  expect(engine.stop(), 'asked again, it stops once').toBe(stopping);
  const answer = await connection.answer();
  expect(JSON.parse(answer?.body ?? '').offsets[0].offset).toBe(0);
  expect(await connection.answer()).toBeUndefined();
  await stopping;
});

test('stopping does not wait for those who have sent nothing, or not all', async () => {
  const silent = await openConnection(engine.port);
  const slow = await openConnection(engine.port);
  await slow.write(goodRequest.slice(0, -1));
  const slower = await openConnection(engine.port);
  await slower.write(toOrders);
  await engine.stop();
  for (const connection of [silent, slow, slower]) {
    expect(await connection.answer()).toBeUndefined();
  }
});
