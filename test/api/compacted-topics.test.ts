// What callers of either surface hear of a compacted topic: its settings, and that its records must
// have keys.

import { expect, test } from 'vitest';
import { type Asked, base64, binary, json, newApi, text } from './ask.ts';

const topics = '/v3/clusters/sluice/topics';

async function compacted(): Promise<Asked> {
  const asked = await newApi();
  const body = { value: 'compact' };
  await asked.ask(`PUT ${topics}/orders/configs/cleanup.policy`, { body });
  return asked;
}

test('its settings are Kafka’s, and checked', async () => {
  const { ask } = await compacted();
  const { json: list } = await ask(`GET ${topics}/orders/configs`);
  const values = new Map(list.data.map(({ name, value }: never) => [name, value]));
  expect(values.get('delete.retention.ms')).toBe('86400000');
  expect(values.get('min.cleanable.dirty.ratio')).toBe('0.5');
  expect(values.get('min.compaction.lag.ms')).toBe('0');
  const set = async (name: string, value: string) =>
    (await ask(`PUT ${topics}/orders/configs/${name}`, { body: { value } })).status;
  for (const value of ['0', '1', '0.75', '.5', '1.0']) {
    expect(await set('min.cleanable.dirty.ratio', value)).toBe(204);
  }
  for (const value of ['1.01', '', 'half', '-0.5', '1e-1', '.']) {
    expect(await set('min.cleanable.dirty.ratio', value), value).toBe(400);
  }
  for (const name of ['delete.retention.ms', 'min.compaction.lag.ms']) {
    expect(await set(name, '0')).toBe(204);
    expect(await set(name, '-1')).toBe(400);
  }
});

test.each([
  [json, { records: [{ key: 'k', value: 1 }, { value: 2 }] }],
  [
    binary,
    {
      records: [
        { key: '', value: '' },
        { key: null, value: '' },
      ],
    },
  ],
  [
    text,
    {
      records: [
        { key: 'k', value: 'v' },
        { key: null, value: 'v' },
      ],
    },
  ],
])('v2 refuses %s whole, and names the record', async (type, body) => {
  const { ask, endOf } = await compacted();
  const { status, json: reply } = await ask('POST /topics/orders/partitions/0', { type, body });
  expect(status).toBe(422);
  expect(reply).toMatchObject({
    error_code: 42206,
    message: 'records[1].key: is required, since the topic is compacted',
  });
  expect(await endOf('orders')).toBe(0);
});

test('v2 takes no CloudEvent without a partitionkey', async () => {
  const { ask, endOf } = await compacted();
  const type = 'application/cloudevents+json';
  const event = { specversion: '1.0', id: '1', source: '/s', type: 't' };
  const { status, json: reply } = await ask('POST /topics/orders', { type, body: event });
  expect([status, reply.error_code]).toEqual([422, 42206]);
  const keyed = { ...event, partitionkey: 'k' };
  expect((await ask('POST /topics/orders', { type, body: keyed })).status).toBe(200);
  expect((await endOf('orders', 0)) + (await endOf('orders', 1))).toBe(1);
});

test('v3 refuses the record alone', async () => {
  const { ask, endOf } = await compacted();
  const value = { type: 'STRING', data: 'v' };
  const keyed = { partition_id: 0, key: { type: 'BINARY', data: base64('k') }, value };
  const body = [keyed, { partition_id: 0, value }, keyed]
    .map((one) => JSON.stringify(one))
    .join('');
  const { json: receipts } = await ask(`POST ${topics}/orders/records`, { body });
  expect(receipts).toMatchObject([{ offset: 0 }, { error_code: 400 }, { offset: 1 }]);
  expect(receipts[1].message).toMatch(/key: is required, since the topic is compacted$/);
  expect(await endOf('orders')).toBe(2);
});
