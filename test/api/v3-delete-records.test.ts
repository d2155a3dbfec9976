// DELETE on what a partition holds: v3's way to Kafka's deleteRecords.

import { expect, test } from 'vitest';
import { newApi } from './ask.ts';

const topic = '/v3/clusters/sluice/topics/orders';
const records = `${topic}/partitions/0/records`;

test('it is answered as the partition’s offsets are, and those say the same then', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2, 3);
  await store('orders', 4, 5);
  const { status, json } = await ask(`DELETE ${records}?before_offset=2`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    kind: 'KafkaPartitionOffset',
    topic_name: 'orders',
    partition_id: 0,
    earliest_offset: 2,
    latest_offset: 5,
  });
  expect((await ask(`GET ${topic}/partitions/0/offset`)).json).toEqual(json);
  const again = await ask(`DELETE ${records}?before_offset=1`);
  expect([again.status, again.json.earliest_offset]).toEqual([200, 2]);
  const all = await ask(`DELETE ${records}/?before_offset=-1`);
  expect([all.status, all.json.earliest_offset, all.json.latest_offset]).toEqual([200, 5, 5]);
});

test('who asks for what is gone is told where the log starts', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2, 3);
  await ask(`DELETE ${records}?before_offset=2`);
  const fetched = await ask('GET /topics/orders/partitions/0/records?offset=1');
  expect([fetched.status, fetched.json.error_code]).toEqual([416, 41601]);
  expect(fetched.headers.get('sluice-log-start-offset')).toBe('2');
  const first = await ask('GET /topics/orders/partitions/0/records');
  expect(first.json).toMatchObject([{ offset: 2 }]);
  const other = await ask('GET /topics/orders/partitions/1/offsets');
  expect(other.json).toEqual({ beginning_offset: 0, end_offset: 0 });
});

test('what is refused changes nothing', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1, 2, 3);
  const refusals = [
    [records, 400, 40002, /^before_offset: is required/],
    [`${records}?before_offset=`, 400, 40002, /^before_offset: must be an integer/],
    [`${records}?before_offset=x`, 400, 40002, /^before_offset: must be an integer/],
    [`${records}?before_offset=1.5`, 400, 40002, /^before_offset: must be an integer/],
    [`${records}?before_offset=-2`, 400, 40002, /^before_offset: must be at least -1/],
    [`${records}?before_offset=9007199254740993`, 400, 40002, /^before_offset: /],
    [`${records}?before_offset=4`, 416, 41601, /offset 4 is out of range: the log holds 0 to 3/],
    [`${topic}/partitions/2/records?before_offset=0`, 404, 40402, /^partition_id: .* no 2/],
    [`${topic}/partitions/x/records?before_offset=0`, 404, 404, /Not Found/],
    [`${records.replace('orders', 'none')}?before_offset=0`, 404, 40401, /none does not exist/],
    [`${records.replace('sluice', 'other')}?before_offset=0`, 404, 404, /^cluster_id: /],
  ] as const;
  for (const [path, status, code, says] of refusals) {
    const answer = await ask(`DELETE ${path}`);
    expect([path, answer.status, answer.json.error_code]).toEqual([path, status, code]);
    expect(answer.json.message, path).toMatch(says);
  }
  const offsets = await ask('GET /topics/orders/partitions/0/offsets');
  expect(offsets.json).toEqual({ beginning_offset: 0, end_offset: 3 });
});

test('an offset above the end is refused with both bounds and its field', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1);
  const accept = 'application/problem+json';
  const answer = await ask(`DELETE ${records}?before_offset=7`, { accept });
  expect([answer.status, answer.json.field]).toEqual([416, 'before_offset']);
  expect(answer.headers.get('sluice-log-start-offset')).toBe('0');
  expect(answer.headers.get('sluice-high-watermark')).toBe('1');
});

test('a topic that compacts alone refuses it', async () => {
  const { ask, store } = await newApi();
  await store('orders', 1);
  const config = { body: { value: 'compact' } };
  expect((await ask(`PUT ${topic}/configs/cleanup.policy`, config)).status).toBe(204);
  const answer = await ask(`DELETE ${records}?before_offset=1`);
  expect([answer.status, answer.json.error_code]).toEqual([400, 40002]);
  expect(answer.json.message).toMatch(/cleanup\.policy is compact alone/);
});
