// The trace that a request is in goes on in the headers of its records, and changes nothing else:
// what is refused, what is a repeat, what is raw.

import { describe, expect, test } from 'vitest';
import { batchesType } from '../../shared/api/media-types.ts';
import { headersPerRecordMax } from '../../shared/limits.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { type Asked, base64, json, newApi, type Question } from './ask.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const other = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
const tracestate = 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE';
const inTrace = { traceparent };

const toOne = 'POST /topics/orders/partitions/0';
const ofOne = 'GET /topics/orders/partitions/0/records?offset=0';

type Said = { readonly key: string; readonly value: string | null };

/** The headers of each record, as text. */
async function headersStored({ ask }: Asked, from = ofOne): Promise<Record<string, string>[]> {
  const { json: records } = await ask(from);
  return records.map(({ headers = [] }: { headers?: Said[] }) =>
    Object.fromEntries(
      headers.map(({ key, value }) => [key, Buffer.from(value ?? '', 'base64').toString()]),
    ),
  );
}

async function storedBy(question: Question, route = toOne) {
  const asked = await newApi();
  const { status, json: answer } = await asked.ask(route, question);
  return { status, answer, headers: await headersStored(asked) };
}

const records = (count: number, more = {}) => ({
  records: Array.from({ length: count }, (_, value) => ({ value, ...more })),
});

describe('a request in a trace', () => {
  test('gives it to each of its records, with what systems add to it', async () => {
    const headers = { traceparent, tracestate };
    const stored = await storedBy({ type: json, headers, body: records(2) });
    expect(stored).toMatchObject({ status: 200, headers: [headers, headers] });
  });

  test('gives it to records of v3, of streams and batches', async () => {
    const record = { partition_id: 0, value: { type: 'STRING', data: 'a' } };
    const path = 'POST /v3/clusters/sluice/topics/orders/records';
    const streamed = await storedBy(
      { type: 'application/json', headers: inTrace, body: record },
      path,
    );
    expect(streamed.headers).toEqual([inTrace]);
    const body = { entries: [{ id: 'a', ...record }] };
    const batch = await storedBy(
      { type: 'application/json', headers: inTrace, body },
      `${path}:batch`,
    );
    expect(batch.headers).toEqual([inTrace]);
  });

  test('gives it to those of a transaction', async () => {
    const headers = { ...inTrace, 'idempotency-key': 'k' };
    const body = { records: [{ topic: 'orders', partition: 0, value: 1 }] };
    const stored = await storedBy({ type: json, headers, body }, 'POST /transactions');
    expect(stored).toMatchObject({ status: 200, headers: [inTrace] });
  });

  test('leaves a record that says its own', async () => {
    const own = [{ key: 'traceparent', value: base64(other) }];
    const body = { records: [{ value: 1, headers: own }, { value: 2 }] };
    const stored = await storedBy({ type: json, headers: { traceparent, tracestate }, body });
    expect(stored.headers).toEqual([{ traceparent: other }, { traceparent, tracestate }]);
  });

  test('leaves raw batches byte for byte', async () => {
    const record = { timestamp: 0, key: null, value: Buffer.from('a'), headers: [] };
    const body = encodeBatch({ records: [record], compression: 'none' });
    const stored = await storedBy({ type: batchesType, headers: inTrace, body });
    expect(stored.headers).toEqual([{}]);
  });
});

test.each([
  ['of no form', 'abc'],
  ['of an id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['of a parent of zeros', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
  ['of the version that is none', `ff${traceparent.slice(2)}`],
  ['in capitals', traceparent.toUpperCase()],
  ['that is there twice', `${traceparent}, ${other}`],
])('a traceparent %s is none, and refuses nothing', async (_of, said) => {
  const stored = await storedBy({ type: json, headers: { traceparent: said }, body: records(1) });
  expect(stored).toMatchObject({ status: 200, headers: [{}] });
});

test('a tracestate that is too long is left out, and so is one without a trace', async () => {
  const long = { traceparent, tracestate: 'a='.padEnd(513, 'b') };
  const [stored] = (await storedBy({ type: json, headers: long, body: records(1) })).headers;
  expect(stored).toEqual(inTrace);
  const alone = await storedBy({ type: json, headers: { tracestate }, body: records(1) });
  expect(alone.headers).toEqual([{}]);
});

describe('a repeat', () => {
  const body = records(1);
  const keyed = (trace: string) => ({ 'idempotency-key': 'order-17', traceparent: trace });

  test('by its key is one, whatever trace it is in', async () => {
    const asked = await newApi();
    await asked.ask(toOne, { type: json, headers: keyed(traceparent), body });
    const again = await asked.ask(toOne, { type: json, headers: keyed(other), body });
    expect(again.json.offsets).toMatchObject([{ offset: 0, duplicate: true }]);
    expect(await headersStored(asked)).toEqual([inTrace]);
  });

  test('of a transaction is one, too', async () => {
    const asked = await newApi();
    const question = (trace: string) => {
      const headers = { 'idempotency-key': 'k', traceparent: trace };
      return { type: json, headers, body: { records: [{ topic: 'orders', value: 1, key: 1 }] } };
    };
    await asked.ask('POST /transactions', question(traceparent));
    const again = await asked.ask('POST /transactions', question(other));
    expect(again.json.offsets).toMatchObject([{ offset: 0, duplicate: true }]);
  });
});

describe('a record that has no room', () => {
  test('in its bytes is stored as it came', async () => {
    const asked = await newApi();
    const config = { configs: [{ name: 'max.message.bytes', value: '1000' }] };
    const topic = { topic_name: 'small', partitions_count: 1, ...config };
    await asked.ask('POST /v3/clusters/sluice/topics', { type: 'application/json', body: topic });
    const send = async (length: number) => {
      const body = { records: [{ value: 'v'.repeat(length) }] };
      const { status } = await asked.ask('POST /topics/small', {
        type: json,
        headers: inTrace,
        body,
      });
      return status;
    };
    const most = await greatest(async (length) => (await send(length)) === 200);
    expect(await send(most - 80)).toBe(200);
    const stored = await headersStored(asked, 'GET /topics/small/partitions/0/records?offset=0');
    expect(stored.at(-1)).toEqual(inTrace);
    expect(most).toBeGreaterThan(850);
    expect(stored.filter((headers) => headers['traceparent'] === undefined)).not.toEqual([]);
  });

  test('among its headers is stored as it came', async () => {
    const own = Array.from({ length: headersPerRecordMax }, () => ({ key: 'a', value: null }));
    const body = { records: [{ value: 1, headers: own }] };
    const stored = await storedBy({ type: json, headers: inTrace, body });
    expect(stored).toMatchObject({ status: 200, headers: [{ a: '' }] });
    expect(stored.headers[0]).not.toHaveProperty('traceparent');
  });
});

/** Of the lengths below a thousand. */
async function greatest(fits: (length: number) => Promise<boolean>): Promise<number> {
  let [least, most] = [0, 1_000];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (await fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}

describe('of a CloudEvent', () => {
  const event = { specversion: '1.0', id: '1', source: '/s', type: 't', partitionkey: 'k' };
  const from = 'GET /topics/events/partitions/0/records?offset=0';

  async function stored(question: Question) {
    const asked = await newApi();
    await asked.world.time.run(asked.world.createTopic({ name: 'events' }));
    const { status } = await asked.ask('POST /topics/events', question);
    expect(status).toBe(200);
    return (await headersStored(asked, from)).map(({ traceparent: said }) => said);
  }

  test('the event’s own trace wins, in each of its modes', async () => {
    const headers = { traceparent };
    const binary = Object.fromEntries(
      Object.entries({ ...event, traceparent: other }).map(([name, value]) => [
        `ce-${name}`,
        value,
      ]),
    );
    expect(await stored({ headers: { ...headers, ...binary } })).toEqual([other]);
    const type = 'application/cloudevents+json';
    const body = { ...event, traceparent: other };
    expect(await stored({ type, headers, body })).toEqual([other]);
    const batch = [event, { ...event, traceparent: other }, { ...event, traceparent: 7 }];
    const batched = { type: 'application/cloudevents-batch+json', headers, body: batch };
    expect(await stored(batched)).toEqual([traceparent, other, traceparent]);
  });
});

test('of so many records that it would be too much it is left out of all', async () => {
  const asked = await newApi();
  const body = { records: Array.from({ length: 16_000 }, () => ({ value: 1 })) };
  const { status } = await asked.ask(toOne, { type: json, headers: inTrace, body });
  expect(status).toBe(200);
  expect((await headersStored(asked, `${ofOne}&max_bytes=1`))[0]).toEqual({});
});
