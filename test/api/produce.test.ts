// v2's produce: what is stored, in which form, and what is answered.

import { expect, test } from 'vitest';
import { base64, binary, json, newApi, text } from './ask.ts';

test('each record is answered with its partition and offset', async () => {
  const { ask } = await newApi();
  const body = {
    records: [
      { value: base64('a'), partition: 1 },
      { value: base64('b'), partition: 0 },
      { value: base64('c'), partition: 1 },
    ],
  };
  const { status, headers, json } = await ask('POST /topics/orders', { type: binary, body });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/vnd.kafka.v2+json');
  const ok = { error_code: null, error: null };
  expect(json).toEqual({
    offsets: [
      { partition: 1, offset: 0, ...ok },
      { partition: 0, offset: 0, ...ok },
      { partition: 1, offset: 1, ...ok },
    ],
    key_schema_id: null,
    value_schema_id: null,
  });
});

test('a request without keys goes to one partition, a key always to the same one', async () => {
  const { ask } = await newApi();
  const keyless = { records: Array.from({ length: 20 }, () => ({ value: 1 })) };
  const keyed = { records: [{ key: 'k', value: 1 }] };
  const partitions = async (body: unknown) => {
    const answer = await ask('POST /topics/orders', { type: json, body });
    return answer.json.offsets.map((entry: { partition: number }) => entry.partition);
  };
  expect(new Set(await partitions(keyless)).size).toBe(1);
  expect(await partitions(keyed)).toEqual(await partitions(keyed));
});

test('a partition of its own takes records of all formats, with headers and times', async () => {
  const { ask } = await newApi();
  const headers = [
    { key: 'h', value: base64('v') },
    { key: 'none', value: null },
  ];
  const record = { key: 'k', value: { id: 1 }, timestamp: 1_700_000_000_000, headers };
  const path = '/topics/orders/partitions/1';
  await ask(`POST ${path}`, { type: json, body: { records: [record] } });
  await ask(`POST ${path}`, { type: text, body: { records: [{ key: null, value: 'x"y' }] } });
  await ask(`POST ${path}`, { type: binary, body: { records: [{ value: '' }] } });
  const { json: records } = await ask(`GET ${path}/records`, { accept: binary });
  expect(records).toMatchObject([
    {
      topic: 'orders',
      partition: 1,
      offset: 0,
      key: base64('"k"'),
      value: base64('{"id":1}'),
      timestamp: 1_700_000_000_000,
      headers,
    },
    { offset: 1, key: null, value: base64('x"y') },
    { offset: 2, key: null, value: '' },
  ]);
  expect(records[1]).not.toHaveProperty('headers');
});

test('a null value is a tombstone in every format', async () => {
  const { ask } = await newApi();
  for (const type of [binary, json, text]) {
    const key = type === binary ? base64('k') : 'k';
    const body = { records: [{ key, value: null }] };
    expect((await ask('POST /topics/orders/partitions/0', { type, body })).status).toBe(200);
  }
  const { json: records } = await ask('GET /topics/orders/partitions/0/records');
  expect(records.map(({ value }: { value: unknown }) => value)).toEqual([null, null, null]);
});

test('JSON keeps its numbers, its duplicate keys’ last, and a key called __proto__', async () => {
  const { ask } = await newApi();
  const values = ['9007199254740993', '[1e400,0.12345678901234567890]', '{"__proto__":{"a":1}}'];
  const body = `{"records":[{"value": ${values.join('},{"value": ')}},{"value":{"a":1,"a" : 2}}]}`;
  await ask('POST /topics/orders/partitions/0', { type: json, body });
  const { bytes } = await ask('GET /topics/orders/partitions/0/records', { accept: json });
  for (const value of [...values, '{"a":2}'])
    expect(bytes.toString()).toContain(`"value":${value},`);
});

test('all names of a format are understood, parameters and case aside', async () => {
  const { ask } = await newApi();
  const forms = [
    [undefined, 'binary'],
    ['application/octet-stream', 'binary'],
    ['application/json', 'binary'],
    ['application/vnd.kafka.v2+json', 'binary'],
    ['application/vnd.kafka.v1+json', 'binary'],
    ['application/vnd.kafka.binary.v1+json', 'binary'],
    ['APPLICATION/vnd.kafka.Binary.v2+json; charset=utf-8', 'binary'],
    ['application/vnd.kafka.json.v1+json', 'json'],
    ['application/vnd.kafka.text.v2+json;q=1', 'text'],
  ] as const;
  for (const [type, format] of forms) {
    const body = { records: [{ value: 'YQ==' }] };
    const question = type === undefined ? { body } : { type, body };
    expect((await ask('POST /topics/orders/partitions/0', question)).status).toBe(200);
    const end = forms.findIndex((form) => form[0] === type);
    const { json: records } = await ask(`GET /topics/orders/partitions/0/records?offset=${end}`);
    const stored = { binary: 'a', json: '"YQ=="', text: 'YQ==' }[format];
    expect(records[0].value, type).toBe(base64(stored));
  }
});

test('a schema format is refused: without its schema, and with it', async () => {
  const { ask } = await newApi();
  const type = 'application/vnd.kafka.avro.v2+json';
  const codeOf = async (body: unknown) => {
    const { status, json } = await ask('POST /topics/orders', { type, body });
    return [status, json.error_code];
  };
  const records = [{ key: 1, value: 1 }];
  expect(await codeOf({ records })).toEqual([422, 42201]);
  expect(await codeOf({ records, key_schema_id: 1 })).toEqual([422, 42202]);
  expect(await codeOf({ records: [{ value: 1 }] })).toEqual([422, 42202]);
  expect(await codeOf({ records, key_schema_id: 1, value_schema: '{}' })).toEqual([415, 415]);
});

test('when nothing could be stored, the reply’s own status says so', async () => {
  const { ask, world, endOf } = await newApi();
  await ask('POST /topics/orders', { type: json, body: { records: [{ value: 1, partition: 0 }] } });
  const body = { records: [{ value: 2, partition: 1 }] };
  world.faults.next('write', 'before');
  const { status, headers, json: answer } = await ask('POST /topics/orders', { type: json, body });
  expect([status, answer.error_code]).toEqual([503, 50004]);
  expect(headers.get('retry-after')).toBe('1');
  expect(await endOf('orders', 1)).toBe(0);
});

test('records answer for themselves when one of their partitions fails', async () => {
  const { ask, world } = await newApi();
  const records = [0, 1].map((partition) => ({ value: partition, partition }));
  world.faults.next('write', undefined, 'before');
  const { status, json: answer } = await ask('POST /topics/orders', {
    type: json,
    body: { records },
  });
  expect(status).toBe(200);
  const codes = answer.offsets.map((entry: { error_code: number | null }) => entry.error_code);
  expect(codes.toSorted()).toEqual([50004, null]);
});
