// v3's produce: concatenated records and batches, each answering for itself.

import { expect, test } from 'vitest';
import { base64, newApi } from './ask.ts';

const path = 'POST /v3/clusters/sluice/topics/orders/records';
const string = (data: string) => ({ type: 'STRING', data });

test('one record is answered by one receipt', async () => {
  const { ask } = await newApi();
  const body = {
    partition_id: 1,
    headers: [{ name: 'h', value: base64('v') }, { name: 'none' }],
    key: { type: 'BINARY', data: base64('key') },
    value: { type: 'JSON', data: { a: 1 } },
    timestamp: '2026-02-03T04:05:06.007+01:00',
  };
  const { status, json } = await ask(path, { body });
  expect(status).toBe(200);
  expect(json).toEqual({
    error_code: 200,
    cluster_id: 'sluice',
    topic_name: 'orders',
    partition_id: 1,
    offset: 0,
    timestamp: '2026-02-03T03:05:06.007Z',
    key: { type: 'BINARY', size: 3 },
    value: { type: 'JSON', size: 7 },
  });
  const { json: records } = await ask('GET /topics/orders/partitions/1/records');
  expect(records).toMatchObject([
    {
      key: base64('key'),
      value: base64('{"a":1}'),
      headers: [
        { key: 'h', value: base64('v') },
        { key: 'none', value: null },
      ],
    },
  ]);
});

test('concatenated records share one batch, and are answered in order', async () => {
  const { ask } = await newApi();
  const records = ['a', 'bb}{"', 'ccc'].map((data) => ({ partition_id: 0, value: string(data) }));
  const [one, two, three] = records.map((record) => JSON.stringify(record));
  const { headers, json } = await ask(path, { body: `${one}${two}\n \t${three}\r\n` });
  expect(json).toMatchObject([
    { offset: 0, value: { size: 1 } },
    { offset: 1, value: { size: 5 } },
    { offset: 2, value: { size: 3 } },
  ]);
  expect(headers.get('server-timing')).toMatch(/objectPuts;desc="1"/);
});

test('a bad record is refused alone', async () => {
  const { ask, endOf } = await newApi();
  const good = { partition_id: 0, value: string('good') };
  const pieces = [
    good,
    '{"value": no}',
    { ...good, value: { type: 'BINARY', data: '*' } },
    { ...good, value: { type: 'AVRO', data: 1 } },
    { ...good, value: string('x'.repeat(1_100_000)) },
    { ...good, timestamp: 'yesterday' },
    { ...good, timestamp: '1969-12-31T23:59:59Z' },
    { ...good, headers: 'h' },
    { ...good, more: 1 },
    { ...good, partition_id: -1 },
    { ...good, partition_id: 2 },
    { ...good, key: { type: 'STRING', data: null } },
    `[${JSON.stringify(good)}]`,
  ];
  const body = pieces.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('');
  const { status, json } = await ask(path, { body });
  expect(status).toBe(200);
  const codes = json.map((receipt: { error_code: number }) => receipt.error_code);
  expect(codes).toEqual([200, ...Array(9).fill(400), 40402, 200, 400]);
  const messages = json.flatMap((receipt: { message?: string }) => receipt.message ?? []);
  expect(messages).toEqual([
    'The body must be JSON',
    expect.stringMatching(/^value\.data: must be base64/),
    expect.stringMatching(/^value\.type: /),
    'record: larger than max.message.bytes, 1048588',
    expect.stringMatching(/^timestamp: /),
    expect.stringMatching(/^timestamp: /),
    'headers: must be a list',
    'more: is unknown',
    'partition_id: must be at least 0',
    'partition_id: topic orders has 2 partitions, and no 2',
    'body: must be an object',
  ]);
  expect(await endOf('orders', 0)).toBe(2);
});

test('what is no object ends the stream', async () => {
  const { ask, endOf } = await newApi();
  const good = JSON.stringify({ partition_id: 0, value: string('good') });
  for (const rest of ['junk', `"text"${good}`, '{"value":', `1 ${good}`]) {
    const { json } = await ask(path, { body: good + rest });
    expect(json).toMatchObject([{ error_code: 200 }, { error_code: 400 }]);
  }
  expect(await endOf('orders', 0)).toBe(4);
});

test('a tombstone is a null value, or none', async () => {
  const { ask } = await newApi();
  const key = string('k');
  const body = [{ key }, { key, value: null }, { key, value: { type: 'JSON', data: null } }]
    .map((record) => JSON.stringify({ ...record, partition_id: 0 }))
    .join('');
  await ask(path, { body });
  const { json: records } = await ask('GET /topics/orders/partitions/0/records');
  expect(records.map(({ value }: { value: unknown }) => value)).toEqual([null, null, null]);
});

test('requests that are refused whole', async () => {
  const { ask, endOf } = await newApi();
  const body = { partition_id: 0, value: string('x') };
  const refusals = [
    [path, {}, 400, 40002],
    [path, { body: ' \n' }, 400, 40002],
    [path, { body: Buffer.from([0x7b, 0xff]) }, 400, 40002],
    [path, { body, type: 'text/plain' }, 415, 415],
    [path, { body, accept: 'text/plain' }, 406, 406],
    [path.replace('orders', 'none'), { body }, 404, 40401],
    [path.replace('sluice', 'other'), { body }, 404, 404],
  ] as const;
  for (const [route, question, status, code] of refusals) {
    const { status: got, json } = await ask(route, question);
    expect([route, got, json.error_code]).toEqual([route, status, code]);
  }
  expect(await endOf('orders', 0)).toBe(0);
});

test('when none could be stored for want of a store, the reply has its status', async () => {
  const { ask, world } = await newApi();
  const record = JSON.stringify({ partition_id: 0, value: string('x') });
  await ask(path, { body: record });
  world.faults.next('write', 'before');
  const { status, json } = await ask(path, { body: record + record });
  expect([status, json.error_code]).toEqual([503, 50004]);
  world.faults.next('write', 'before');
  const mixed = await ask(path, { body: `${record}{"value":1}` });
  expect([mixed.status, mixed.json.error_code]).toEqual([503, 50004]);
});

test('a batch says for each entry whether it is stored', async () => {
  const { ask } = await newApi();
  const entries = [
    { id: 'one', partition_id: 0, value: string('1') },
    { id: 'bad', partition_id: 0, value: { type: 'BINARY', data: '*' } },
    { id: 'two', partition_id: 0, value: string('2') },
  ];
  const { status, json } = await ask(`${path}:batch`, { body: { entries } });
  expect(status).toBe(207);
  expect(json).toMatchObject({
    successes: [
      { id: 'one', cluster_id: 'sluice', topic_name: 'orders', partition_id: 0, offset: 0 },
      { id: 'two', offset: 1 },
    ],
    failures: [{ id: 'bad', error_code: 400, message: expect.stringMatching(/^value\.data: /) }],
  });
  expect(json.successes[0]).not.toHaveProperty('error_code');
});

test('a batch that is empty, too long, or does not tell its entries apart', async () => {
  const { ask, endOf } = await newApi();
  const entry = (id: unknown) => ({ id, partition_id: 0, value: string('x') });
  const batches = [
    {},
    { entries: [] },
    { entries: Array.from({ length: 11 }, (_, index) => entry(String(index))) },
    { entries: [entry('a'), entry('a')] },
    { entries: [entry('')] },
    { entries: [entry('a'.repeat(81))] },
    { entries: [entry(undefined)] },
    { entries: [entry(1)] },
    { entries: 'x' },
  ];
  for (const body of batches) {
    const { status, json } = await ask(`${path}:batch`, { body });
    expect([body, status, json.error_code]).toEqual([body, 422, 42208]);
  }
  expect(await endOf('orders', 0)).toBe(0);
});
