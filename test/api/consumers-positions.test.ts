// Seeking: where a consumer instance's next poll begins.

import { expect, test } from 'vitest';
import { json, newApi } from './ask.ts';
import { first, newConsumer, newReader, second } from './consumer.ts';

test('to an offset, and to a beginning or an end', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b', 'c');
  const { ask, values, poll } = await newReader(asked);
  await poll();
  const body = { offsets: [{ ...first, offset: 1, metadata: 'why' }] };
  const { status, bytes } = await ask('POST /positions', { body });
  expect([status, bytes.length]).toEqual([204, 0]);
  expect(await values()).toEqual(['b', 'c']);
  const partitions = { partitions: [first, second] };
  expect((await ask('POST /positions/beginning', { body: partitions })).status).toBe(204);
  expect(await values()).toEqual(['a', 'b', 'c']);
  await ask('POST /positions/beginning/', { body: partitions });
  expect((await ask('POST /positions/end', { body: partitions })).status).toBe(204);
  expect(await values('?timeout=0')).toEqual([]);
  await asked.store('orders', 'd');
  expect(await values()).toEqual(['d']);
});

test('to a time, as milliseconds or as a date', async () => {
  const asked = await newApi();
  const times = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 3)];
  const records = times.map((timestamp, value) => ({ value, timestamp }));
  await asked.ask('POST /topics/orders/partitions/0', { type: json, body: { records } });
  const { ask, values, poll } = await newReader(asked);
  await poll();
  const found: readonly (readonly [string | number, unknown[]])[] = [
    [Date.UTC(2026, 0, 2), [1, 2]],
    ['2026-01-02T00:00:00Z', [1, 2]],
    ['2026-01-02T00:00:00.001Z', [2]],
    ['2026-01-02T02:00:00+02:00', [1, 2]],
    ['2026-01-01T23:59:59-01:00', [2]],
    ['1950-01-01T00:00:00Z', [0, 1, 2]],
    [0, [0, 1, 2]],
    ['2027-01-01T00:00:00Z', []],
  ];
  for (const [timestamp, expected] of found) {
    const body = { timestamps: [{ ...first, timestamp }] };
    expect((await ask('POST /positions', { body })).status).toBe(204);
    expect([timestamp, await values('?timeout=0')]).toEqual([timestamp, expected]);
  }
});

test('offsets and times in one request, all or none', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const records = [{ value: 'c' }, { value: 'd' }];
  await asked.ask('POST /topics/orders/partitions/1', { type: json, body: { records } });
  const { ask, values } = await newReader(asked);
  await values();
  const offsets = [{ ...first, offset: 1 }];
  const timestamps = [{ ...second, timestamp: 0 }];
  await ask('POST /positions', { body: { offsets, timestamps } });
  expect((await values()).toSorted()).toEqual(['b', 'c', 'd']);
  const beyond = [...timestamps, { ...second, partition: 2, timestamp: 0 }];
  const { status } = await ask('POST /positions', { body: { offsets, timestamps: beyond } });
  expect(status).toBe(409);
  expect(await values('?timeout=0')).toEqual([]);
});

test('before any poll nothing is assigned, and nothing can be sought', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const { ask, values } = await newReader(asked);
  const seeks = {
    '/positions': { offsets: [{ ...first, offset: 1 }] },
    '/positions/beginning': { partitions: [first] },
    '/positions/end': { partitions: [{ topic: 'faulty', partition: 0 }] },
  };
  for (const [path, body] of Object.entries(seeks)) {
    const { status, json: answer } = await ask(`POST ${path}`, { body });
    expect([path, status, answer.error_code]).toEqual([path, 409, 40903]);
    expect(answer.message).toMatch(/^No current assignment for partition (orders|faulty)-0$/);
  }
  expect(await values()).toEqual(['a', 'b']);
});

test('what is assigned by hand can be sought at once', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const { ask, assign, values } = await newConsumer(asked, { format: 'json' });
  await assign(first);
  await ask('POST /positions/beginning', { body: { partitions: [first] } });
  expect(await values()).toEqual(['a', 'b']);
});

test('an offset that is not there is one from which the instance begins as it is set', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const { ask, values } = await newReader(asked);
  await values();
  const body = { offsets: [{ ...first, offset: 10 }] };
  expect((await ask('POST /positions', { body })).status).toBe(204);
  expect(await values()).toEqual(['a', 'b']);
});

test('who has sought back commits no more than he has been given again', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b', 'c');
  const consumer = await newReader(asked, { 'auto.commit.enable': false });
  await consumer.values();
  await consumer.ask('POST /positions', { body: { offsets: [{ ...first, offset: 1 }] } });
  await consumer.commit();
  expect(await consumer.committed(first)).toEqual([1]);
});

test('what is no position', async () => {
  const { ask, assign } = await newConsumer(await newApi());
  await assign(first);
  const offset = (more: object) => ({ offsets: [{ ...first, offset: 0, ...more }] });
  const time = (timestamp: unknown) => ({ timestamps: [{ ...first, timestamp }] });
  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['', {}, /^offsets: it or timestamps must be there/],
    ['', { partitions: [first] }, /^partitions: is unknown/],
    ['', { offsets: first }, /^offsets: must be a list/],
    ['', { offsets: [first] }, /^offsets\[0\]\.offset: is required/],
    ['', offset({ offset: -1 }), /^offsets\[0\]\.offset: must be at least 0/],
    ['', offset({ offset: '1' }), /^offsets\[0\]\.offset: must be an integer/],
    ['', offset({ offset: 2 ** 53 }), /^offsets\[0\]\.offset: /],
    ['', offset({ topic: '' }), /^offsets\[0\]\.topic: /],
    ['', time('yesterday'), /^timestamps\[0\]\.timestamp: /],
    ['', time('2026-01-01'), /^timestamps\[0\]\.timestamp: /],
    ['', time(-1), /^timestamps\[0\]\.timestamp: /],
    ['', time('9999-01-01T00:00:00Z'), /^timestamps\[0\]\.timestamp: must be before/],
    ['/beginning', {}, /^partitions: is required/],
    ['/beginning', offset({}), /^partitions: is required/],
    ['/end', { partitions: [{ topic: 'orders' }] }, /^partitions\[0\]\.partition: is required/],
  ];
  for (const [path, body, says] of refused) {
    const { status, json: answer } = await ask(`POST /positions${path}`, { body });
    expect([body, status, answer.error_code]).toEqual([body, 422, 42206]);
    expect(answer.message).toMatch(says);
  }
  expect((await ask('POST /positions', { body: '[' })).status).toBe(400);
  expect((await ask('POST /positions/end', { type: 'text/html', body: {} })).status).toBe(415);
});
