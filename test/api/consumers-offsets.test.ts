// How far a group has come: what an instance commits, by itself or when told, and what is told of
// it.

import { expect, test } from 'vitest';
import { commitMetadataLengthMax } from '../../shared/limits.ts';
import { type Asked, newApi } from './ask.ts';
import { type Consumer, first, newConsumer, newReader, second } from './consumer.ts';

const byHand = { 'auto.commit.enable': 'false' };

/** What another of the group would be given. */
async function leftFor(asked: Asked, consumer: Consumer, group = 'g1'): Promise<unknown[]> {
  await consumer.end();
  const next = await newReader(asked, byHand, group);
  const values = await next.values('?timeout=0');
  await next.end();
  return values;
}

test('an offset is of the last record that is done with: the next one is committed', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b', 'c');
  const consumer = await newReader(asked, byHand);
  await consumer.poll();
  const { status, bytes } = await consumer.commit({ ...first, offset: 1, metadata: 'half' });
  expect([status, bytes.length]).toEqual([204, 0]);
  const partitions = [first, second];
  const told = await consumer.ask('POST /offsets/committed', { body: { partitions } });
  expect(told.json).toEqual({ offsets: [{ ...first, offset: 2, metadata: 'half' }] });
  expect(await leftFor(asked, consumer)).toEqual(['c']);
});

test('what is committed is told by the query, too, to any instance of the group', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newReader(asked, byHand);
  await consumer.poll();
  await consumer.commit({ ...first, offset: 0 });
  const other = await newConsumer(asked);
  const { json: told } = await other.ask('GET /offsets/?topic=orders&partition=0', {
    type: 'text/plain',
  });
  expect(told).toEqual({ offsets: [{ ...first, offset: 1, metadata: '' }] });
  const nothing = await other.ask('GET /offsets?topic=orders&partition=1');
  expect(nothing.json).toEqual({ offsets: [] });
  const elsewhere = await newConsumer(asked, {}, 'g2');
  expect(await elsewhere.committed(first, second)).toEqual([]);
});

test('without offsets, all that was given is committed', async () => {
  const asked = await newApi();
  for (const body of [undefined, {}, { offsets: null }]) {
    await asked.store('orders', 'given');
    const consumer = await newReader(asked, byHand);
    const before = await consumer.ask('POST /offsets', { body });
    expect(before.status, 'before any poll').toBe(204);
    expect(await consumer.values()).toEqual(['given']);
    await asked.store('orders', 'not yet');
    expect((await consumer.ask('POST /offsets?async=true', { body })).status).toBe(204);
    const [committed] = await consumer.committed(first);
    expect(committed).toBe((await asked.endOf('orders')) - 1);
    expect(await consumer.values()).toEqual(['not yet']);
    expect(await leftFor(asked, consumer)).toEqual(['not yet']);
    const last = await newReader(asked, byHand);
    await last.poll();
    await last.commit();
    await last.end();
  }
});

test('an empty list commits nothing', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newReader(asked, byHand);
  await consumer.poll();
  expect((await consumer.ask('POST /offsets', { body: { offsets: [] } })).status).toBe(204);
  expect(await leftFor(asked, consumer)).toEqual(['a']);
});

test('an instance commits of itself: what was given, by its next poll or its end', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const consumer = await newReader(asked);
  expect(await consumer.values()).toEqual(['a', 'b']);
  expect(await consumer.committed(first)).toEqual([]);
  await asked.store('orders', 'c');
  expect(await consumer.values()).toEqual(['c']);
  expect(await consumer.committed(first)).toEqual([2]);
  await consumer.end();
  const next = await newConsumer(asked);
  expect(await next.committed(first)).toEqual([3]);
});

test('unless it is told not to, in whatever words', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const words = [
    { 'auto.commit.enable': 'false' },
    { 'auto.commit.enable': false },
    { 'auto.commit.enable': 'False' },
    { 'enable.auto.commit': false },
    { 'enable.auto.commit': true, 'auto.commit.enable': false },
  ];
  for (const settings of words) {
    const consumer = await newReader(asked, settings);
    expect(await consumer.values()).toEqual(['a']);
    await consumer.poll('?timeout=0');
    expect(await consumer.committed(first)).toEqual([]);
    expect(await leftFor(asked, consumer)).toEqual(['a']);
  }
});

test('what is committed does not go back, and is sent again in peace', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b', 'c');
  const consumer = await newReader(asked, byHand);
  await consumer.poll();
  for (const offset of [1, 1, 0]) {
    expect((await consumer.commit({ ...first, offset })).status).toBe(204);
    expect(await consumer.committed(first)).toEqual([2]);
  }
});

test('what the instance does not hold, it does not commit', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newReader(asked, byHand);
  const { status, json: answer } = await consumer.commit({ ...first, offset: 0 });
  expect([status, answer.error_code]).toEqual([409, 40903]);
  expect(answer.message).toBe('No current assignment for partition orders-0');
  await consumer.poll();
  expect((await consumer.commit({ ...first, offset: 0 })).status).toBe(204);
});

test('a tool without a subscription commits for its group what nobody has', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const tool = await newConsumer(asked);
  expect((await tool.commit({ ...first, offset: 0 })).status).toBe(204);
  expect(await leftFor(asked, tool)).toEqual(['b']);
});

test('partitions by hand are committed and taken up like others', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a', 'b');
  const settings = { format: 'json', 'auto.offset.reset': 'earliest' };
  const consumer = await newConsumer(asked, settings);
  await consumer.assign(first);
  expect(await consumer.values()).toEqual(['a', 'b']);
  await consumer.poll('?timeout=0');
  expect(await consumer.committed(first)).toEqual([2]);
  await consumer.end();
  await asked.store('orders', 'c');
  const next = await newConsumer(asked, settings);
  await next.assign(first);
  expect(await next.values()).toEqual(['c']);
});

test('that nothing is done yet can be committed: the first is next, whatever comes', async () => {
  const asked = await newApi();
  const one = await newConsumer(asked);
  await one.ask('POST /offsets', { body: { offsets: [{ ...first, offset: -1 }] } });
  await asked.store('orders', 'a');
  const next = await newConsumer(asked, { format: 'json' });
  expect(await next.committed(first)).toEqual([0]);
  await next.assign(first);
  expect(await next.values()).toEqual(['a']);
});

test('what cannot be committed', async () => {
  const asked = await newApi();
  await asked.store('orders', 'a');
  const consumer = await newConsumer(asked);
  const offset = (more: object) => ({ offsets: [{ ...first, offset: 0, ...more }] });
  const refused: readonly (readonly [unknown, number, number, RegExp])[] = [
    [{ offsets: {} }, 422, 42206, /^offsets: must be a list/],
    [{ offsets: [first] }, 422, 42206, /^offsets\[0\]\.offset: is required/],
    [offset({ offset: -2 }), 422, 42206, /^offsets\[0\]\.offset: must be at least -1/],
    [offset({ offset: '0' }), 422, 42206, /^offsets\[0\]\.offset: must be an integer/],
    [offset({ offset: 1 }), 422, 42206, /^offset: the end of orders-0 is 1/],
    [offset({ offset: Number.MAX_SAFE_INTEGER }), 422, 42206, /^offsets\[0\]\.offset: .*most/],
    [offset({ metadata: 5 }), 422, 42206, /^offsets\[0\]\.metadata: must be a string/],
    [offset({ metadata: 'x'.repeat(commitMetadataLengthMax + 1) }), 422, 42206, /4096 char/],
    [offset({ topic: 'none' }), 404, 40401, /none/],
    [offset({ partition: 2 }), 404, 40402, /2 partitions/],
    [offset({ more: 1 }), 422, 42206, /^offsets\[0\]\.more: is unknown/],
    ['{"offsets"', 400, 400, /JSON/],
  ];
  for (const [body, status, code, says] of refused) {
    const answer = await consumer.ask('POST /offsets', { body });
    expect([body, answer.status, answer.json.error_code]).toEqual([body, status, code]);
    expect(answer.json.message).toMatch(says);
  }
  expect(await consumer.committed(first)).toEqual([]);
});

test('of what there is not, nothing is told', async () => {
  const { ask } = await newConsumer(await newApi());
  const refused = {
    'GET /offsets': [422, 42206, /^partitions: is required/],
    'GET /offsets?topic=orders': [422, 42206, /^partition: is required/],
    'GET /offsets?partition=0': [422, 42206, /^topic: is required/],
    'GET /offsets?topic=orders&partition=x': [422, 42206, /^partition: must be an integer/],
    'GET /offsets?topic=orders&partition=-1': [422, 42206, /^partition: must be at least 0/],
    'GET /offsets?topic=none&partition=0': [404, 40401, /none/],
    'GET /offsets?topic=orders&partition=2': [404, 40402, /2 partitions/],
    'POST /offsets/committed': [422, 42206, /^partitions: is required/],
  } as const;
  for (const [route, [status, code, says]] of Object.entries(refused)) {
    const answer = await ask(route);
    expect([route, answer.status, answer.json.error_code]).toEqual([route, status, code]);
    expect(answer.json.message).toMatch(says);
  }
});
