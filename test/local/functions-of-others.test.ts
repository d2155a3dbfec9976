// Functions that were written for Kafka event sources of AWS's Lambda, run by the embedded engine
// as they are: one by the types that AWS's users have, one by the library that AWS's users have.

import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import { createTopic, json, produce } from './conversation.ts';
import * as billOrders from './functions/bill-orders.ts';
import * as keepCustomers from './functions/keep-customers.ts';
import { ask, caughtUp, heldUp, subscribe, until } from './subscriptions.ts';

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const functions = new Map([
  ['bill', fileOf('./functions/bill-orders.ts')],
  ['customers', fileOf('./functions/keep-customers.ts')],
]);

let engine: Embedded;
let url: string;

beforeEach(async () => {
  engine = await startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'memory' },
    triggers: { functions, folders: new Map(), sqsEndpoint: undefined },
  });
  url = `http://127.0.0.1:${engine.port}`;
});
afterEach(() => engine.stop());

const base64 = (text: string) => Buffer.from(text).toString('base64');
const bytes = (text: string) => [...Buffer.from(text)];
const orders = (...ids: string[]) => ids.map((id) => ({ value: { id, total: 1 } }));
const idsOf = (billed: readonly { readonly id: string }[]) => billed.map(({ id }) => id);

test('one by AWS’s types is given what was produced, in the form that they say', async () => {
  const { events, contexts, billed } = billOrders;
  await createTopic(url, 'orders', 2);
  const first = { id: 'o-1', total: 9.5, note: 'très bien' };
  const headers = [
    { key: 'trace-id', value: base64('abc') },
    { key: 'trace-id', value: base64('é') },
    { key: 'empty', value: '' },
    { key: 'null', value: null },
  ];
  await produce(
    url,
    'topics/orders/partitions/1',
    [
      { key: { customer: 7 }, value: first, headers, timestamp: 1_545_084_650_987 },
      { value: { id: 'o-2', total: 1 }, timestamp: 0 },
    ],
    json,
  );
  await subscribe(url, { name: 'bill', topic: 'orders' });
  await caughtUp(url, 'bill');
  const place = { topic: 'orders', partition: 1, timestampType: 'CREATE_TIME' };
  expect(events).toEqual([
    {
      eventSource: 'SelfManagedKafka',
      bootstrapServers: expect.stringMatching(/^[\w.-]+:\d+$/),
      records: {
        'orders-1': [
          {
            ...place,
            offset: 0,
            timestamp: 1_545_084_650_987,
            key: base64('{"customer":7}'),
            value: base64(JSON.stringify(first)),
            headers: [
              { 'trace-id': bytes('abc') },
              { 'trace-id': bytes('é') },
              { empty: [] },
              { null: [] },
            ],
          },
          { ...place, offset: 1, timestamp: 0, value: expect.any(String), headers: [] },
        ],
      },
    },
  ]);
  expect(idsOf(billed)).toEqual(['o-1', 'o-2']);
  expect(contexts[0]).toMatchObject({ functionName: 'bill', awsRequestId: expect.any(String) });
  expect(contexts[0]?.getRemainingTimeInMillis()).toBeLessThanOrEqual(30_000);
});

test('what it names in batchItemFailures comes again, and nothing is billed before', async () => {
  const { events, billed, insolvent } = billOrders;
  await createTopic(url, 'orders');
  await produce(url, 'topics/orders', orders('p-0', 'p-1', 'p-2', 'p-3', 'p-4'), json);
  events.length = 0;
  billed.length = 0;
  for (const id of ['p-1', 'p-3']) insolvent.add(id);
  await subscribe(url, { name: 'bill', topic: 'orders' });
  expect(await heldUp(url, 'bill')).toMatchObject({
    committed_offset: 1,
    lag: 4,
    last_error: 'it is among batchItemFailures',
  });
  expect(idsOf(billed)).toEqual(['p-0']);
  insolvent.delete('p-1');
  await until(() => billed.length === 3);
  expect(idsOf(billed)).toEqual(['p-0', 'p-1', 'p-2']);
  insolvent.delete('p-3');
  await caughtUp(url, 'bill');
  expect(idsOf(billed)).toEqual(['p-0', 'p-1', 'p-2', 'p-3', 'p-4']);
});

test('one by Powertools reads keys, values and headers, and knows what was deleted', async () => {
  const { records, customers, nameless } = keepCustomers;
  await createTopic(url, 'customers');
  await subscribe(url, { name: 'customers', topic: 'customers' });
  const headers = [
    { key: 'source', value: base64('crm ✓') },
    { key: 'empty', value: '' },
  ];
  const produced = [
    { key: base64('c-1'), value: base64('{"name":"Ada"}'), headers, timestamp: 17 },
    { key: base64('c-2'), value: base64('{"name":"Åsa","vip":true}') },
    { key: base64('c-1'), value: null, timestamp: 18 },
    { value: base64('{"name":"nobody"}') },
    { value: null },
  ];
  await produce(url, 'topics/customers', produced, 'application/vnd.kafka.binary.v2+json');
  await caughtUp(url, 'customers');
  const timestamp = expect.any(Number);
  const said = [{ source: 'crm ✓' }, { empty: '' }];
  const [key, value] = [undefined, undefined];
  expect(records).toEqual([
    { offset: 0, key: 'c-1', value: { name: 'Ada' }, headers: said, timestamp: 17 },
    { offset: 1, key: 'c-2', value: { name: 'Åsa', vip: true }, headers: [], timestamp },
    { offset: 2, key: 'c-1', value, headers: [], timestamp: 18 },
    { offset: 3, key, value: { name: 'nobody' }, headers: [], timestamp },
    { offset: 4, key, value, headers: [], timestamp },
  ]);
  expect([...customers]).toEqual([['c-2', { name: 'Åsa', vip: true }]]);
  expect(nameless).toEqual([{ name: 'nobody' }, undefined]);
  const { json: described } = await ask(url, 'GET /subscriptions/customers');
  expect(described.partitions).toMatchObject([{ committed_offset: 5, lag: 0, last_error: null }]);
});
