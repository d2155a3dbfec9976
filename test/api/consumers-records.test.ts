// A consumer instance's records: in which form, how many, from where on, and how long it waits.

import { expect, test } from 'vitest';
import { fetchBytesMax, fetchWaitMillisMax, sessionMillisDefault } from '../../shared/limits.ts';
import { type Asked, base64, binary, json, newApi, text } from './ask.ts';
import { first, newConsumer, newReader, pass, second, v2 } from './consumer.ts';

/** How long it takes, in virtual time. */
async function millisOf({ world }: Asked, work: () => Promise<unknown>): Promise<number> {
  const start = world.time.now();
  await work();
  return world.time.now() - start;
}

test('no subscription, no records', async () => {
  const consumer = await newConsumer(await newApi());
  const { status, headers, json: records } = await consumer.poll();
  expect([status, records]).toEqual([200, []]);
  expect(headers.get('content-type')).toBe(binary);
});

test('records with all that they have', async () => {
  const asked = await newApi();
  const headers = [
    { key: 'trace', value: base64('abc') },
    { key: 'none', value: null },
  ];
  const records = [
    { key: { id: 1 }, value: { much: [1.5, 12345678901234567890n] }, timestamp: 17, headers },
    { key: 'gone', value: null, timestamp: 18 },
    { value: 'ü', timestamp: 19 },
  ];
  const body = JSON.stringify({ records }, (_, value) =>
    typeof value === 'bigint' ? 'LONG' : value,
  ).replace('"LONG"', '12345678901234567890');
  await asked.ask('POST /topics/orders/partitions/1', { type: json, body });
  const { status, headers: said, bytes } = await (await newReader(asked)).poll();
  expect([status, said.get('content-type')]).toEqual([200, json]);
  expect(said.get('cache-control')).toBe('no-store');
  const at = (offset: number) => `"offset":${offset},"timestamp":${17 + offset}`;
  const place = '"topic":"orders","partition":1';
  const long = '{"much":[1.5,12345678901234567890]}';
  const listed = '[{"key":"trace","value":"YWJj"},{"key":"none","value":null}]';
  expect(bytes.toString()).toBe(
    `[{${place},"key":{"id":1},"value":${long},${at(0)},"headers":${listed}},` +
      `{${place},"key":"gone","value":null,${at(1)}},` +
      `{${place},"key":null,"value":"ü",${at(2)}}]`,
  );
});

test('in binary unless it is said, and in text', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const expected = { binary: base64('"a"'), text: '"a"', json: 'a' };
  for (const [format, value] of Object.entries(expected)) {
    const consumer = await newReader(asked, { format }, format);
    const { headers, json: records } = await consumer.poll();
    expect(headers.get('content-type')).toBe(`application/vnd.kafka.${format}.v2+json`);
    expect(records[0].value).toBe(value);
  }
  const consumer = await newConsumer(asked, { 'auto.offset.reset': 'earliest' });
  await consumer.subscribe({ topics: ['orders'] });
  expect(await consumer.values()).toEqual([expected.binary]);
  const loud = { format: 'TEXT', 'auto.offset.reset': 'EARLIEST' };
  expect(await (await newReader(asked, loud, 'loud')).values()).toEqual([expected.text]);
});

test('a type that names no format gets the instance’s, and an older name its own', async () => {
  const consumer = await newReader(await newApi());
  const older = 'application/vnd.kafka.json.v1+json';
  const accepted = {
    '*/*': json,
    'application/*': json,
    '*/json': json,
    'application/json': json,
    [v2]: json,
    'application/vnd.kafka.v1+json': json,
    [json]: json,
    [older]: older,
    [`${binary}, ${json};q=0.1`]: json,
    [`${binary}, */*;q=0.1`]: json,
    'application/problem+json': json,
  };
  for (const [accept, type] of Object.entries(accepted)) {
    const { status, headers } = await consumer.poll('?timeout=0', accept);
    expect([accept, status, headers.get('content-type')]).toEqual([accept, 200, type]);
  }
});

test('another format than the instance’s is refused, and moves nothing', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newReader(asked);
  const refused = [
    binary,
    text,
    'application/vnd.kafka.binary.v1+json',
    'application/vnd.kafka.avro.v2+json',
    `${binary}, ${text}`,
  ];
  for (const accept of refused) {
    const { status, json: answer } = await consumer.poll('', accept);
    expect([accept, status, answer.error_code]).toEqual([accept, 406, 40601]);
    expect(answer.message).toBe(`Accept: the records of this instance are ${json}`);
  }
  for (const accept of ['image/png', 'text/*', `${json};q=0`]) {
    const { status, json: answer } = await consumer.poll('', accept);
    expect([accept, status, answer.error_code]).toEqual([accept, 406, 406]);
  }
  const { json: held } = await consumer.ask('GET /assignments');
  expect(held, 'nothing was taken').toEqual({ partitions: [] });
  expect(await consumer.values()).toEqual(['a']);
  await consumer.poll('', binary);
  expect(await consumer.committed(first), 'nor committed').toEqual([]);
});

test('who asks in another format is there all the same', async () => {
  const asked = await newApi();
  const consumer = await newReader(asked);
  for (let times = 0; times < 2; times++) {
    await pass(asked, sessionMillisDefault * 0.7);
    await consumer.poll('', binary);
  }
  expect((await consumer.poll('?timeout=0')).status).toBe(200);
});

test('what is stored and is not of the format stops the instance before it', async () => {
  const asked = await newApi();
  await asked.store('orders', 'good');
  await asked.ask('POST /topics/orders/partitions/0', {
    type: text,
    body: { records: [{ value: '{' }] },
  });
  await asked.store('orders', 'after');
  const consumer = await newReader(asked);
  expect(await consumer.values()).toEqual(['good']);
  for (let times = 0; times < 2; times++) {
    const { status, json: answer } = await consumer.poll();
    expect([status, answer.error_code]).toEqual([422, 42203]);
    expect(answer.message).toMatch(/^value of [a-z]+-0, offset 1: /);
  }
  expect(await consumer.committed(first)).toEqual([1]);
  await consumer.ask('POST /positions', { body: { offsets: [{ ...first, offset: 2 }] } });
  expect(await consumer.values()).toEqual(['after']);
});

test('max_bytes bounds a poll, and one record is always given', async () => {
  const asked = await newApi();
  await asked.store('orders', ...Array(10).fill('x'.repeat(1_000)));
  const consumer = await newReader(asked);
  const { bytes, json: some } = await consumer.poll('?max_bytes=3500');
  expect(some.length).toBeGreaterThan(1);
  expect(bytes.length).toBeLessThanOrEqual(3_500);
  expect(await consumer.values('?max_bytes=1')).toHaveLength(1);
  const rest = 10 - some.length - 1;
  expect(await consumer.values(`?max_bytes=${fetchBytesMax * 10}`)).toHaveLength(rest);
  await asked.store('orders', 'a', 'b');
  expect(await consumer.values('?max_bytes=-1'), 'as if it were not there').toEqual(['a', 'b']);
});

test('a poll that gets nothing waits its whole time, and no longer than may be', async () => {
  const asked = await newApi();
  const consumer = await newReader(asked, { 'consumer.request.timeout.ms': '3000' });
  await consumer.poll('?timeout=0');
  const waits = { '': 3_000, '?timeout=-1': 3_000, '?timeout=50': 50, '?timeout=0': 0 };
  for (const [query, millis] of Object.entries(waits)) {
    const waited = await millisOf(asked, () => consumer.poll(query));
    expect([query, Math.floor(waited / 500) * 500]).toEqual([query, millis === 50 ? 0 : millis]);
  }
  const longest = await millisOf(asked, () => consumer.poll('?timeout=900000'));
  expect(longest).toBeGreaterThanOrEqual(fetchWaitMillisMax);
  expect(longest).toBeLessThan(fetchWaitMillisMax + 1_000);
  const set = { 'consumer.request.timeout.ms': 900_000 };
  const patient = await newReader(asked, set, 'g2');
  expect(await millisOf(asked, () => patient.poll())).toBeLessThan(fetchWaitMillisMax + 1_000);
});

test('a poll that waits is woken by what comes', async () => {
  const asked = await newApi();
  const consumer = await newReader(asked);
  const polling = consumer.values('?timeout=20000');
  await asked.store('orders', 'late');
  expect(await polling).toEqual(['late']);
});

test('fetch.min.bytes: a poll waits until there is so much, or its time is over', async () => {
  const asked = await newApi();
  const consumer = await newReader(asked, { 'fetch.min.bytes': '1000' });
  await asked.store('orders', 'small');
  const waited = await millisOf(asked, async () => {
    expect(await consumer.values('?timeout=5000')).toEqual(['small']);
  });
  expect(waited).toBeGreaterThanOrEqual(5_000);
  await asked.store('orders', ...Array(20).fill('y'));
  const atOnce = await millisOf(asked, async () => {
    const some = await consumer.values('?timeout=5000&max_bytes=900');
    expect(some.length, 'no more would fit').toBeLessThan(20);
    expect(some.length + (await consumer.values('?timeout=0')).length).toBe(20);
  });
  expect(atOnce).toBeLessThan(1_000);
});

test('where nothing is committed: from what comes next, or from the beginning', async () => {
  const asked = await newApi();
  await asked.store('orders', 'before');
  const consumer = await newConsumer(asked, { format: 'json' });
  await consumer.subscribe({ topics: ['orders'] });
  expect(await consumer.values('?timeout=0')).toEqual([]);
  await asked.store('orders', 'after');
  expect(await consumer.values()).toEqual(['after']);
  expect(await (await newReader(asked, {}, 'g2')).values()).toEqual(['before', 'after']);
});

test('auto.offset.reset none: where to begin must be committed, and be there', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const consumer = await newReader(asked, { 'auto.offset.reset': 'none' });
  const { status, json: answer } = await consumer.poll();
  expect([status, answer.error_code]).toEqual([409, 40903]);
  expect(answer.message).toBe('nothing is committed of orders-0, and auto.offset.reset is none');
  const offsets = [first, second].map((place) => ({ ...place, offset: 0 }));
  await consumer.ask('POST /positions', { body: { offsets } });
  expect(await consumer.values()).toEqual(['a', 'b']);
  await consumer.ask('POST /positions', { body: { offsets: [{ ...first, offset: 3 }] } });
  const beyond = await consumer.poll();
  expect([beyond.status, beyond.json.error_code]).toEqual([416, 41601]);
  expect(beyond.json.message).toBe('offset 3 of orders-0 is out of range: 0 to 2');
  expect(beyond.headers.get('sluice-log-start-offset')).toBe('0');
  expect(beyond.headers.get('sluice-high-watermark')).toBe('2');
});

test('each poll says in which generation of the group it was', async () => {
  const asked = await newApi();
  const generationOf = async ({ poll }: Awaited<ReturnType<typeof newReader>>) =>
    Number((await poll('?timeout=0')).headers.get('sluice-generation'));
  const one = await newReader(asked);
  const generation = await generationOf(one);
  expect(generation).toBeGreaterThan(0);
  expect(await generationOf(one)).toBe(generation);
  const two = await newReader(asked);
  expect(await generationOf(two)).toBe(generation + 1);
  expect(await generationOf(one)).toBe(generation + 1);
});

test('parameters that are none', async () => {
  const consumer = await newConsumer(await newApi());
  const refused = [
    ['timeout=soon', 400, 40001, /^timeout: must be an integer/],
    ['timeout=-2', 422, 42206, /^timeout: must be at least -1/],
    ['max_bytes=', 400, 40001, /^max_bytes: must be an integer/],
    ['max_bytes=0', 422, 42206, /^max_bytes: must be at least 1, or -1/],
  ] as const;
  for (const [query, status, code, says] of refused) {
    const answer = await consumer.poll(`?${query}`);
    expect([query, answer.status, answer.json.error_code]).toEqual([query, status, code]);
    expect(answer.json.message).toMatch(says);
  }
});

test('HEAD would take records and not give them', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newReader(asked);
  const { status, headers } = await consumer.ask('HEAD /records');
  expect([status, headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
  expect(await consumer.values()).toEqual(['a']);
});
