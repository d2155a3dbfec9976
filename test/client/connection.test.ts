// One request, and what becomes of it when the wire, or the engine, fails it.

import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { apiKey, bearer } from '../../client/auth.ts';
import { refusal } from './producer/logs.ts';
import { newWire, type Wire } from './wire.ts';

const topics = { method: 'GET', path: '/topics' } as const;

function fated(wire: Wire, ...fates: ReturnType<Wire['fateOf']>[]): void {
  wire.fateOf = () => fates.shift() ?? 'passes';
}

test('what is lost on the way, either way, is asked again', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  const dead = new Response('{"message":"Internal Server Error"}', { status: 500 });
  const portal = new Response('<html>Sign in</html>');
  fated(wire, 'lost', 'unheard', new Response('Bad gateway', { status: 502 }), dead, portal);
  const names = await wire.world.time.run(connection.askJson(topics));
  expect(names).toEqual(['orders']);
  expect(wire.sent.length).toBe(6);
});

test('an answer that is not the engine’s is asked for again, with pauses', async () => {
  for (const said of ['<html>Sign in</html>', '', '{}']) {
    const wire = await newWire();
    const connection = wire.newConnection();
    const { time } = wire.world;
    wire.fateOf = () => new Response(said);
    const began = time.now();
    const asked = connection.askJson<readonly unknown[]>(
      { ...topics, deadline: began + 20_000 },
      (reply) => reply.length > 0,
    );
    await expect(time.run(asked)).rejects.toMatchObject({ outcome: 'unknown', retriable: true });
    expect(time.now() - began).toBeGreaterThan(10_000);
    expect(wire.sent.length).toBeLessThan(15);
  }
});

test('what must not be done twice is asked once when its outcome is unknown', async () => {
  for (const fate of ['lost', 'unheard', refusal(503, 50004), refusal(504, 504)] as const) {
    const wire = await newWire();
    const connection = wire.newConnection();
    fated(wire, fate);
    const asked = connection.ask({ ...topics, again: 'unsafe' });
    await expect(wire.world.time.run(asked)).rejects.toMatchObject({ outcome: 'unknown' });
    expect(wire.sent.length).toBe(1);
  }
});

test('what was refused for now is asked again, and not before the engine says so', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  fated(wire, refusal(429, 429, { 'Retry-After': '7' }), refusal(503, 50003));
  const began = wire.world.time.now();
  await wire.world.time.run(connection.ask({ ...topics, again: 'unsafe' }));
  expect(wire.world.time.now() - began).toBeGreaterThanOrEqual(7_000);
});

test('who asks it to come back in a day is asked again in a minute', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  fated(wire, refusal(503, 503, { 'Retry-After': '86400' }));
  const began = wire.world.time.now();
  await wire.world.time.run(connection.ask(topics));
  expect(wire.world.time.now() - began).toBeLessThan(61_000);
  expect(wire.world.time.now() - began).toBeGreaterThanOrEqual(60_000);
});

test('what is refused for good is told with its code, and Kafka’s name for it', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  const asked = connection.ask({ method: 'GET', path: '/topics/none/partitions' });
  await expect(wire.world.time.run(asked)).rejects.toMatchObject({
    name: 'SluiceError',
    code: 40401,
    status: 404,
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
    outcome: 'refused',
    retriable: false,
  });
  expect(wire.sent.length).toBe(1);
});

test('what is refused after a try that may have been done may have been done', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  fated(wire, 'unheard', refusal(404, 40401));
  const asked = connection.ask(topics);
  await expect(wire.world.time.run(asked)).rejects.toMatchObject({
    code: 40401,
    type: 'UNKNOWN_TOPIC_OR_PARTITION',
    outcome: 'unknown',
  });
});

test('after so many tries, or when its time is over, what failed last is told', async () => {
  const wire = await newWire();
  const connection = wire.newConnection({ retry: { retries: 2 } });
  wire.fateOf = () => 'lost';
  const { time } = wire.world;
  await expect(time.run(connection.ask(topics))).rejects.toMatchObject({ retriable: true });
  expect(wire.sent.length).toBe(3);
  const deadline = time.now() + 60_000;
  await expect(time.run(connection.ask({ ...topics, deadline }))).rejects.toThrow('closed');
  expect(time.now()).toBeGreaterThanOrEqual(deadline);
});

test('a try that is not answered in its time is given up, and asked again', async () => {
  const wire = await newWire();
  const connection = wire.newConnection({ requestTimeout: 1_000, retry: { retries: 0 } });
  const path = '/topics/orders/partitions/0/records?offset=0&timeout=5000';
  const { time } = wire.world;
  const short = connection.ask({ method: 'GET', path });
  await expect(time.run(short)).rejects.toThrow('no answer within 1000 ms');
  await time.run(connection.ask({ method: 'GET', path, waitMillis: 5_000 }));
});

test('a try ends with its deadline, and none begins that would have no time', async () => {
  const wire = await newWire();
  const connection = wire.newConnection({ requestTimeout: 30_000 });
  const { time } = wire.world;
  const path = '/topics/orders/partitions/0/records?offset=0&timeout=9000';
  const poll = { method: 'GET', path } as const;
  const began = time.now();
  const hanging = connection.ask({ ...poll, deadline: began + 4_000 });
  await expect(time.run(hanging)).rejects.toThrow('no answer within 4000 ms');
  expect(time.now() - began).toBe(4_000);
  expect(wire.sent.length).toBe(1);
  // It is known that nothing was done, and stays so.
  wire.fateOf = () => refusal(429, 429, { 'Retry-After': '3' });
  const refused = connection.ask({ ...topics, deadline: time.now() + 3_500 });
  await expect(time.run(refused)).rejects.toMatchObject({ code: 429, outcome: 'refused' });
  expect(wire.sent.length).toBe(2);
  // Once it is tried, though nothing is left.
  wire.fateOf = () => 'passes';
  await time.run(connection.ask({ ...topics, deadline: time.now() - 5 }));
  await time.run(connection.ask({ ...poll, deadline: 0 }));
});

test('whoever aborts is told so at once, also in a pause', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  fated(wire, refusal(429, 429, { 'Retry-After': '1000' }));
  const abort = new AbortController();
  const { time } = wire.world;
  const began = time.now();
  time.after(5, () => abort.abort(new Error('enough')));
  const asked = connection.ask({ ...topics, signal: abort.signal });
  await expect(time.run(asked)).rejects.toThrow('enough');
  expect(time.now() - began).toBeLessThan(1_000);
});

test('a signal that lives long keeps nothing of what was asked with it', async () => {
  const wire = await newWire();
  const connection = wire.newConnection();
  const { signal } = new AbortController();
  const kept = () => [
    ...Object.getOwnPropertySymbols(signal).map(String),
    getEventListeners(signal, 'abort').length,
  ];
  const before = kept();
  await wire.world.time.run(connection.ask({ ...topics, signal }));
  expect(kept()).toEqual(before);
});

test('every try says who calls, as of then', async () => {
  const wire = await newWire();
  let drawn = 0;
  const connection = wire.newConnection({ auth: bearer(() => `token-${++drawn}`) });
  fated(wire, 'lost');
  await wire.world.time.run(connection.ask(topics));
  await wire.world.time.run(wire.newConnection({ auth: apiKey('id.secret') }).ask(topics));
  const said = wire.sent.map(({ headers }) => headers.get('authorization'));
  expect(said).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer id.secret']);
});
