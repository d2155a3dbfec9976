// A member's fetch as a client meets it: a line of JSON, and raw batches behind it.

import { expect, test } from 'vitest';
import { readBatchHeader } from '../../shared/record/batch-header.ts';
import { splitHead, splitParts } from '../../shared/record/parts.ts';
import { type Answer, newApi } from './ask.ts';

const type = 'application/vnd.kafka.v2+json';
const accept = 'application/vnd.sluice.parts';
const instance = '/consumers/shop/instances/one';
const route = `POST ${instance}/fetch`;

async function newMember() {
  const asked = await newApi();
  const settings = { name: 'one', 'auto.offset.reset': 'earliest', 'auto.commit.enable': 'false' };
  await asked.ask('POST /consumers/shop', { type, body: settings });
  const body = { topics: ['orders'] };
  await asked.ask(`POST ${instance}/subscription`, { type, body });
  return asked;
}

function partsOf({ bytes }: Answer) {
  const split = splitHead(bytes, bytes.length);
  const head = JSON.parse(Buffer.from(split?.head ?? []).toString());
  const lengths = head.partitions.map((one: { readonly bytes: number }) => one.bytes);
  return { head, parts: splitParts(split?.rest ?? bytes, lengths) };
}

test('what it holds, and the batches of each partition behind it', async () => {
  const { ask, store } = await newMember();
  await store('orders', 'a', 'b');
  await store('orders', 'c');
  const answer = await ask(route, { type, accept, body: { partitions: [], timeout: 0 } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(accept);
  const { head, parts } = partsOf(answer);
  expect(head).toEqual({
    generation: 1,
    held: [
      { topic: 'orders', partition: 0, generation: 1 },
      { topic: 'orders', partition: 1, generation: 1 },
    ],
    partitions: [
      {
        ...{ topic: 'orders', partition: 0, offset: 0, next_offset: 3 },
        ...{ log_start_offset: 0, high_watermark: 3, bytes: parts?.[0]?.length },
      },
      {
        ...{ topic: 'orders', partition: 1, offset: 0, next_offset: 0 },
        ...{ log_start_offset: 0, high_watermark: 0, bytes: 0 },
      },
    ],
  });
  const [first = new Uint8Array()] = parts ?? [];
  const read = readBatchHeader(first, 0);
  expect(read).toMatchObject({ kind: 'header', header: { baseOffset: 0, count: 2 } });
});

test('what is wrong with a request is said by its field', async () => {
  const { ask } = await newMember();
  const one = { topic: 'orders', partition: 0, generation: 1, offset: 0 };
  const cases = [
    [{}, 422, /partitions: is required/],
    [{ partitions: [one, one] }, 422, /partitions: one must not be repeated/],
    [{ partitions: [{ topic: 'orders', partition: 0 }] }, 422, /generation: is required/],
    [{ partitions: [{ ...one, offset: -1 }] }, 422, /partitions\[0\].offset/],
    [{ partitions: [], max_bytes: 0 }, 422, /max_bytes/],
    [{ partitions: [], max_bytes: 4_000_000 }, 422, /max_bytes: must be at most 3145728/],
  ] as const;
  for (const [body, status, message] of cases) {
    const answer = await ask(route, { type, body });
    expect([answer.status, answer.json.message]).toEqual([status, expect.stringMatching(message)]);
  }
  const other = await ask(route, { type, accept: 'text/html', body: { partitions: [] } });
  expect(other.status).toBe(406);
  const gone = await ask(route.replace('one', 'two'), { type, body: { partitions: [] } });
  expect([gone.status, gone.json.error_code]).toEqual([404, 40403]);
});
