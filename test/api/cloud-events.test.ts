// CloudEvents over HTTP become records as the Kafka binding says.

import { expect, test } from 'vitest';
import { type Asked, base64, newApi, type Question } from './ask.ts';

const event = { specversion: '1.0', id: '1', source: '/s', type: 't', partitionkey: 'k' };

/** One partition, so that all is found in it. */
async function newEvents(): Promise<Asked> {
  const asked = await newApi();
  await asked.world.time.run(asked.world.createTopic({ name: 'events' }));
  return asked;
}

async function stored({ ask }: Asked, question: Question) {
  const { status } = await ask('POST /topics/events', question);
  expect(status).toBe(200);
  const { json } = await ask('GET /topics/events/partitions/0/records');
  return json.map(({ key, value, headers }: Record<string, unknown>) => ({ key, value, headers }));
}

function headersOf(record: { headers: { key: string; value: string }[] }) {
  const pairs = record.headers.map(({ key, value }) => [
    key,
    Buffer.from(value, 'base64').toString(),
  ]);
  return Object.fromEntries(pairs);
}

test('binary: attributes are headers, the body is the value', async () => {
  const headers = {
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '"/s\\"x"',
    'ce-type': 'caf%C3%A9%20100%',
    'ce-partitionkey': 'k',
    'ce-myextension': 'e',
  };
  const type = 'application/json';
  const [record] = await stored(await newEvents(), { type, headers, body: '{"a": 1}' });
  expect(record).toMatchObject({ key: base64('k'), value: base64('{"a": 1}') });
  expect(headersOf(record)).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: '1',
    ce_source: '/s"x',
    ce_type: 'café 100%',
    ce_partitionkey: 'k',
    ce_myextension: 'e',
  });
});

test('binary: an event without data has a null value', async () => {
  const headers = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't' };
  const [record] = await stored(await newEvents(), { headers });
  expect(record).toMatchObject({ key: null, value: null });
});

test('structured: the event is the value, as it came', async () => {
  const body = JSON.stringify({ ...event, data: { a: 1 } }, undefined, 2);
  const type = 'application/cloudevents+json; charset=utf-8';
  const [record] = await stored(await newEvents(), { type, body });
  expect(record).toMatchObject({ key: base64('k'), value: base64(body) });
  expect(headersOf(record)).toEqual({
    'content-type': 'application/cloudevents+json; charset=UTF-8',
  });
});

test('batch: each event is a record', async () => {
  const first = JSON.stringify(event);
  const second = first.replace('{', '{"data":12345678901234567890,').replace('"k"', '"l"');
  const body = `[${first}, ${second}]`;
  const type = 'application/cloudevents-batch+json';
  const records = await stored(await newEvents(), { type, body });
  expect(records).toMatchObject([{ key: base64('k') }, { key: base64('l') }]);
  expect(Buffer.from(records[1].value, 'base64').toString()).toBe(second);
  expect(headersOf(records[1])['content-type']).toMatch(/^application\/cloudevents\+json/);
});

test('what is no CloudEvent', async () => {
  const { ask, endOf } = await newEvents();
  const structured = (body: unknown) => ({ type: 'application/cloudevents+json', body });
  const batch = (body: unknown) => ({ type: 'application/cloudevents-batch+json', body });
  const binary = (headers: Record<string, string>) => ({
    headers: {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/',
      'ce-type': 't',
      ...headers,
    },
  });
  const refusals = [
    [structured({ ...event, id: undefined }), 422, /^id: is required/],
    [structured({ ...event, source: '' }), 422, /^source: must be at least 1/],
    [structured({ ...event, type: 7 }), 400, /^type: must be a string/],
    [structured({ ...event, specversion: '0.3' }), 422, /^specversion: /],
    [structured([event]), 400, /^body: must be an object/],
    [structured('{'), 400, /JSON/],
    [batch([]), 422, /^body: must be at least 1 long/],
    [batch(event), 400, /^body: must be a list/],
    [batch([event, { ...event, id: undefined }]), 422, /^\[1\]\.id: is required/],
    [binary({ 'ce-id': '' }), 422, /^id: /],
    [binary({ 'ce-specversion': '2' }), 422, /^specversion: /],
    [binary({ 'ce-my-extension': 'x' }), 400, /^ce-my-extension: /],
    [binary({ 'ce-type': '%ff' }), 400, /^ce-type: .*UTF-8/],
    [{ type: 'application/cloudevents+avro', body: '' }, 415, /Media Type/],
  ] as const;
  for (const [question, status, says] of refusals) {
    const answer = await ask('POST /topics/events', question);
    expect([question, answer.status]).toEqual([question, status]);
    expect(answer.json.message).toMatch(says);
  }
  expect(await endOf('events')).toBe(0);
});
