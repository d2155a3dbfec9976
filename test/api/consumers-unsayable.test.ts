// Records that cannot be said in an instance's format, or not in a reply: it stops before them, and
// nothing is passed over unseen.

import { expect, test } from 'vitest';
import { base64, binary, json, newApi, text } from './ask.ts';
import { first, newReader } from './consumer.ts';

const ofFirst = 'POST /topics/orders/partitions/0';

test('a record that no reply can hold is refused before the position moves', async () => {
  const asked = await newApi();
  await asked.store('orders', 'good');
  // Each is six bytes of JSON.
  const records = [{ value: base64('\u0001'.repeat(1_000_000)) }];
  const stored = await asked.ask(ofFirst, { type: binary, body: { records } });
  expect(stored.status).toBe(200);
  await asked.store('orders', 'after');
  const reader = await newReader(asked, { format: 'text' });
  expect(await reader.values()).toEqual(['"good"']);
  for (let times = 0; times < 2; times++) {
    const { status, json: answer } = await reader.poll();
    expect([status, answer.error_code]).toEqual([422, 42203]);
    expect(answer.message).toMatch(/^record of orders-0, offset 1: /);
  }
  expect(await reader.committed(first)).toEqual([1]);
  await reader.ask('POST /positions', { body: { offsets: [{ ...first, offset: 2 }] } });
  expect(await reader.values()).toEqual(['"after"']);
});

test('one of several megabytes too', async () => {
  const asked = await newApi();
  const configs = new Map([['max.message.bytes', String(4 * 1024 * 1024)]]);
  const { world } = asked;
  await world.time.run(world.createTopic({ name: 'large', configs }));
  const records = [{ value: base64('\u0001'.repeat(3_000_000)) }];
  const route = 'POST /topics/large/partitions/0';
  expect((await asked.ask(route, { type: binary, body: { records } })).status).toBe(200);
  const reader = await newReader(asked, { format: 'text' });
  await reader.ask('DELETE /subscription');
  await reader.subscribe({ topics: ['large'] });
  const { status, json: answer } = await reader.poll();
  expect([status, answer.error_code]).toEqual([422, 42203]);
  expect(answer.message).toMatch(/^record of large-0, offset 0: /);
  expect(await reader.committed({ topic: 'large', partition: 0 })).toEqual([]);
});

test('a record that is not of the format keeps other partitions from nothing', async () => {
  const asked = await newApi();
  const bad = { records: [{ value: '{' }] };
  expect((await asked.ask(ofFirst, { type: text, body: bad })).status).toBe(200);
  const ofSecond = 'POST /topics/orders/partitions/1';
  const store = (value: string) =>
    asked.ask(ofSecond, { type: json, body: { records: [{ value }] } });
  await store('a');
  const reader = await newReader(asked);
  expect(await reader.values()).toEqual(['a']);
  const { status, json: answer } = await reader.poll();
  expect([status, answer.message]).toEqual([422, expect.stringMatching(/^value of orders-0/)]);
  await store('b');
  expect(await reader.values()).toEqual(['b']);
});
