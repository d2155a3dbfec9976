// What makes a request safe to send again, as callers meet it: producers' numbers, Idempotency-Key,
// transactions; and what is refused of them, with nothing stored.

import { expect, test } from 'vitest';
import { producerEpochMax, sequenceMax } from '../../shared/limits.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { base64, json, newApi, type Question } from './ask.ts';

const batches = 'application/vnd.sluice.batches';
const producer = { producer_id: 5, producer_epoch: 0 };

test('a producer is told its id, and a name’s next holder a higher epoch', async () => {
  const { ask } = await newApi();
  const take = async (body?: unknown) => (await ask('POST /producers', { body })).json;
  const first = await take();
  const second = await take({});
  expect(second.producer_id).toBe(first.producer_id + 1);
  const named = await take({ name: 'shop' });
  expect(named).toEqual({ producer_id: second.producer_id + 1, producer_epoch: 0 });
  expect(await take({ name: 'shop' })).toEqual({ ...named, producer_epoch: 1 });
  for (const name of ['', 'x'.repeat(250), 7]) {
    expect((await ask('POST /producers', { body: { name } })).status).toBeGreaterThanOrEqual(400);
  }
});

test('a repeat of a producer’s batch answers as the first try did, and says so', async () => {
  const { ask, endOf } = await newApi();
  const send = (sequence: number, records: object[]) =>
    ask('POST /topics/orders/partitions/1', {
      type: json,
      body: { records, ...producer, sequence },
    });
  const first = await send(0, [{ value: 1 }, { value: 2 }]);
  expect(first.json.offsets).toEqual([
    { partition: 1, offset: 0, error_code: null, error: null },
    { partition: 1, offset: 1, error_code: null, error: null },
  ]);
  const again = await send(0, [{ value: 1 }, { value: 2 }]);
  expect(again.json.offsets).toMatchObject([
    { offset: 0, duplicate: true },
    { offset: 1, duplicate: true },
  ]);
  await send(2, [{ value: 3 }]);
  expect((await send(0, [{ value: 1 }, { value: 2 }])).json.offsets).toMatchObject([
    { offset: -1, duplicate: true },
    { offset: -1, duplicate: true },
  ]);
  expect(await endOf('orders', 1)).toBe(3);
  expect(await send(9, [{ value: 9 }])).toMatchObject({
    status: 409,
    json: { error_code: 40904 },
  });
  const newer = { ...producer, producer_epoch: 1, sequence: 0 };
  await ask('POST /topics/orders/partitions/1', {
    type: json,
    body: { records: [{ value: 4 }], ...newer },
  });
  expect(await send(3, [{ value: 9 }])).toMatchObject({ status: 409, json: { error_code: 40905 } });
});

test('a request to many partitions has a sequence for each of them, and no other', async () => {
  const { ask, endOf } = await newApi();
  const records = [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 1 },
  ];
  const sequences = [
    { partition: 0, sequence: 0 },
    { partition: 1, sequence: 0 },
  ];
  const send = (body: object) => ask('POST /topics/orders', { type: json, body });
  const bad: readonly (readonly [object, string])[] = [
    [{ records, ...producer, sequences: sequences.slice(1) }, 'sequences'],
    [{ records: records.slice(1), ...producer, sequences }, 'sequences'],
    [{ records, ...producer, sequences: [...sequences, sequences[0]] }, 'sequences'],
    [{ records, ...producer }, 'sequences'],
    [{ records, sequences }, 'producer_id'],
    [{ records: [{ value: 'x' }], ...producer, sequences }, 'records[0].partition'],
    [{ records, ...producer, producer_epoch: producerEpochMax + 1, sequences }, 'producer_epoch'],
    [{ records, ...producer, producer_id: -1, sequences }, 'producer_id'],
    [
      { records, ...producer, sequences: [{ partition: 0, sequence: sequenceMax + 1 }] },
      'sequences[0].sequence',
    ],
  ];
  for (const [body, field] of bad) {
    const { status, json: said } = await send(body);
    expect([status, said.message.split(':')[0]]).toEqual([422, field]);
  }
  expect([await endOf('orders', 0), await endOf('orders', 1)]).toEqual([0, 0]);
  const { json: stored } = await send({ records, ...producer, sequences });
  expect(stored.offsets).toMatchObject([{ offset: 0 }, { offset: 0 }]);
});

test('raw batches of a producer are its next, as Kafka’s clients number them', async () => {
  const { ask, endOf } = await newApi();
  const batch = (baseSequence: number, epoch = 0, id = 9) =>
    encodeBatch({
      records: ['a', 'b'].map((value) => ({
        timestamp: 1,
        key: null,
        value: Buffer.from(value),
        headers: [],
      })),
      compression: 'none',
      producer: { id, epoch, baseSequence },
    });
  const send = (...all: Uint8Array[]) =>
    ask('POST /topics/orders/partitions/0', { type: batches, body: Buffer.concat(all) });
  expect((await send(batch(0), batch(2))).json).toEqual({ partition: 0, base_offset: 0, count: 4 });
  expect((await send(batch(0), batch(2))).json).toMatchObject({ base_offset: 0, duplicate: true });
  expect((await send(batch(4))).json).toMatchObject({ base_offset: 4 });
  for (const all of [
    [batch(6), batch(9)],
    [batch(6), batch(8, 1)],
    [batch(6), batch(0, 0, 10)],
  ]) {
    expect(await send(...all)).toMatchObject({ status: 422, json: { error_code: 42208 } });
  }
  expect(await endOf('orders')).toBe(6);
});

const keyed = (key: string, body: unknown, type: string = json): Question => ({
  type,
  body,
  headers: { 'idempotency-key': key },
});

test('an Idempotency-Key stores a request once, and answers its repeats alike', async () => {
  const { ask, endOf } = await newApi();
  const body = { records: [{ key: 'a', value: 1 }, { value: 2 }, { key: 'b', value: 3 }] };
  const first = await ask('POST /topics/orders', keyed('k1', body));
  await ask('POST /topics/orders', keyed('k2', body));
  const again = await ask('POST /topics/orders', keyed('k1', JSON.stringify(body, null, 2)));
  const places = (answer: typeof first) =>
    answer.json.offsets.map(({ partition, offset }: { partition: number; offset: number }) => [
      partition,
      offset,
    ]);
  expect(places(again)).toEqual(places(first));
  expect(again.json.offsets.every((one: { duplicate?: true }) => one.duplicate)).toBe(true);
  expect((await endOf('orders', 0)) + (await endOf('orders', 1))).toBe(6);
  const other = await ask('POST /topics/orders', keyed('k1', { records: [{ value: 4 }] }));
  expect(other).toMatchObject({ status: 422, json: { error_code: 422 } });
  expect(other.json.message).toMatch(/^Idempotency-Key: /);
});

test('every way to produce takes a key', async () => {
  const { ask, endOf } = await newApi();
  const raw = encodeBatch({
    records: [{ timestamp: 1, key: null, value: Buffer.from('x'), headers: [] }],
    compression: 'none',
  });
  const record = { partition_id: 0, value: { type: 'STRING', data: 'x' } };
  const v3 = 'POST /v3/clusters/sluice/topics/orders/records';
  const event = { specversion: '1.0', id: '1', source: 's', type: 't', partitionkey: 'a' };
  const ways: readonly (readonly [string, Question])[] = [
    ['POST /topics/orders/partitions/0', keyed('1', raw, batches)],
    [v3, keyed('2', record, 'application/json')],
    [`${v3}:batch`, keyed('3', { entries: [{ id: 'a', ...record }] }, 'application/json')],
    ['POST /topics/orders', keyed('4', event, 'application/cloudevents+json')],
    ['POST /topics/orders/partitions/0', keyed('5', { records: [{ value: 1 }] })],
  ];
  for (const [route, question] of ways) {
    const first = await ask(route, question);
    const again = await ask(route, question);
    expect([first.status < 300, again.status], route).toEqual([true, first.status]);
    expect(again.bytes.toString()).toContain('"duplicate":true');
  }
  expect((await endOf('orders', 0)) + (await endOf('orders', 1))).toBe(ways.length);
});

test('a request of which nothing can be stored leaves its key to the next', async () => {
  const { ask } = await newApi();
  const v3 = 'POST /v3/clusters/sluice/topics/orders/records';
  const bad = await ask(v3, keyed('k', { value: 1 }, 'application/json'));
  expect(bad.json.error_code).toBe(400);
  const good = { partition_id: 0, value: { type: 'STRING', data: 'x' } };
  expect((await ask(v3, keyed('k', good, 'application/json'))).json.error_code).toBe(200);
});

test('text that no store keeps is refused', async () => {
  const { ask } = await newApi();
  const half = '\ud800';
  const header = { key: half, value: null };
  const questions: readonly (readonly [string, Question])[] = [
    ['POST /producers', { body: { name: half } }],
    ['POST /transactions', keyed('k', { records: [{ topic: half, value: 1 }] })],
    ['POST /topics/orders', { type: json, body: { records: [{ value: 1, headers: [header] }] } }],
  ];
  for (const [route, question] of questions) {
    const { status } = await ask(route, question);
    expect([404, 422], route).toContain(status);
  }
});

test('a key that is no key, or beside a producer, is refused', async () => {
  const { ask, endOf } = await newApi();
  const records = [{ value: 1 }];
  const route = 'POST /topics/orders/partitions/0';
  const numbered = { records, ...producer, sequence: 0 };
  for (const question of [keyed('x'.repeat(256), { records }), keyed('k', numbered)]) {
    expect(await ask(route, question)).toMatchObject({ status: 422, json: { error_code: 42206 } });
  }
  const raw = encodeBatch({
    records: [{ timestamp: 1, key: null, value: null, headers: [] }],
    compression: 'none',
    producer: { id: 1, epoch: 0, baseSequence: 0 },
  });
  expect((await ask(route, keyed('k', raw, batches))).status).toBe(422);
  expect(await endOf('orders')).toBe(0);
});

test('a transaction stores its records in many topics, all or none, once', async () => {
  const { ask, endOf } = await newApi();
  await ask('POST /v3/clusters/sluice/topics', {
    type: 'application/json',
    body: { topic_name: 'audit' },
  });
  const records = [
    { topic: 'orders', key: base64('a'), value: base64('1') },
    { topic: 'audit', value: base64('2') },
    { topic: 'orders', partition: 1, value: base64('3') },
  ];
  const type = 'application/vnd.kafka.binary.v2+json';
  const first = await ask('POST /transactions', keyed('t', { records }, type));
  expect(first).toMatchObject({ status: 200, json: { offsets: [{ topic: 'orders' }, {}, {}] } });
  const again = await ask('POST /transactions', keyed('t', { records }, type));
  expect(again.json.offsets).toEqual(
    first.json.offsets.map((one: object) => ({ ...one, duplicate: true })),
  );
  const bad = [{ topic: 'nowhere', value: null }, records[0]];
  expect(await ask('POST /transactions', keyed('u', { records: bad }, type))).toMatchObject({
    status: 404,
    json: { error_code: 40401 },
  });
  expect((await ask('POST /transactions', { type, body: { records } })).status).toBe(422);
  const reused = await ask('POST /transactions', keyed('t', { records: [records[0]] }, type));
  expect(reused.status).toBe(422);
  const ends = await Promise.all([endOf('orders', 0), endOf('orders', 1), endOf('audit')]);
  expect(ends.reduce((sum, end) => sum + end, 0)).toBe(3);
});

test('a producer’s transaction takes its turn among the producer’s batches', async () => {
  const { ask } = await newApi();
  const send = (sequence: number, value: string) =>
    ask('POST /transactions', {
      type: json,
      body: {
        records: [0, 1].map((partition) => ({ topic: 'orders', partition, value })),
        ...producer,
        sequences: [0, 1].map((partition) => ({ topic: 'orders', partition, sequence })),
      },
    });
  const offsets = [{ offset: 0 }, { offset: 0 }];
  expect((await send(0, 'a')).json.offsets).toMatchObject(offsets);
  expect((await send(0, 'a')).json.offsets).toMatchObject(
    offsets.map((one) => ({ ...one, duplicate: true })),
  );
  await ask('POST /topics/orders/partitions/0', {
    type: json,
    body: { records: [{ value: 'b' }], ...producer, sequence: 1 },
  });
  expect(await send(1, 'c')).toMatchObject({ status: 409, json: { error_code: 40904 } });
});
