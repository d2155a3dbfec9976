// Events of AWS's sources, posted as they are: over real sockets, what comes is in its topic once.

import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Embedded, startEmbedded } from '../../local/embedded.ts';
import {
  dynamoDbEvent,
  eventBridgeEvent,
  fifoEvent,
  kinesisEvent,
  kinesisSequences,
  s3Event,
  s3TestEvent,
  snsEvent,
  snsRecord,
  sqsEvent,
  sqsMessage,
  tenantMessage,
} from '../ingest/events.ts';
import { recordsInText } from '../ingest/read-records.ts';
import { createTopic, endOffset, text } from './conversation.ts';
import { ask } from './subscriptions.ts';

let engine: Embedded;
let url: string;

beforeEach(async () => {
  const stores = { kind: 'memory' } as const;
  engine = await startEmbedded({ host: '127.0.0.1', port: 0, allowedHosts: [], stores });
  url = `http://127.0.0.1:${engine.port}`;
});
afterEach(() => engine.stop());

type Stored = {
  readonly key: string | null;
  readonly value: string;
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string>>;
};

type SaidHeader = { readonly key: string; readonly value: string };

/** Of a topic of one partition. */
async function storedIn(topic: string): Promise<readonly Stored[]> {
  const path = `${url}/topics/${topic}/partitions/0/records?offset=0`;
  const response = await fetch(path, { headers: { Accept: text } });
  const records = (await response.json()) as (Stored & { headers: readonly SaidHeader[] })[];
  return records.map(({ key, value, timestamp, headers }) => {
    const own = headers.map((header) => [header.key, Buffer.from(header.value, 'base64')] as const);
    const said = own.map(([name, bytes]) => [name, bytes.toString()]);
    return { key, value, timestamp, headers: Object.fromEntries(said) };
  });
}

const bring = (topic: string, event: unknown, query = '') =>
  ask(url, `POST /_ingest/${topic}${query}`, event);

const nothingFailed = { status: 200, json: { batchItemFailures: [] } };

test('every source’s event, brought twice, is there once, as its mapping says', async () => {
  const events = {
    sqs: sqsEvent,
    fifo: fifoEvent,
    sns: snsEvent,
    s3: s3Event,
    eventbridge: eventBridgeEvent,
    kinesis: kinesisEvent,
    dynamodb: dynamoDbEvent,
  };
  const start = Date.now();
  for (const [topic, event] of Object.entries(events)) {
    await createTopic(url, topic);
    for (let times = 0; times < 2; times++) {
      expect(await bring(topic, event), topic).toEqual(nothingFailed);
    }
    const stored = await storedIn(topic);
    const wanted = recordsInText(event).map(({ key, value, headers, timestamp }) => {
      return { key, value, headers, timestamp: timestamp ?? expect.any(Number) };
    });
    expect(stored, topic).toEqual(wanted);
  }
  const [first] = await storedIn('sqs');
  expect(first).toMatchObject({
    key: null,
    value: sqsMessage.body,
    timestamp: 1_545_082_649_183,
    headers: { 'trace-id': 'abc', 'aws.source': 'sqs', 'aws.id': sqsMessage.messageId },
  });
  const [, removal] = await storedIn('dynamodb');
  expect(removal?.key).toBe('{"9":{"S":"x"},"Id":{"N":"101"}}');
  expect(removal?.timestamp, 'one that says no time').toBeGreaterThanOrEqual(start);
});

test('of a batch, what is bad is named, and what is in order behind it', async () => {
  await createTopic(url, 'orders');
  const { body, ...bad } = sqsMessage;
  const [first, ...more] = kinesisEvent.Records;
  const badRecord = { ...first, kinesis: { ...first?.kinesis, data: '!' } };
  const named = (...names: string[]) => ({
    status: 200,
    json: { batchItemFailures: names.map((itemIdentifier) => ({ itemIdentifier })) },
  });
  const messages = { Records: [bad, tenantMessage] };
  expect(await bring('orders', messages)).toEqual(named(sqsMessage.messageId));
  const shard = { Records: [badRecord, ...more] };
  expect(await bring('orders', shard)).toEqual(named(...kinesisSequences));
  const values = async () => (await storedIn('orders')).map(({ value }) => value);
  expect(await values()).toEqual([tenantMessage.body]);
  expect(await bring('orders', sqsEvent)).toEqual(nothingFailed);
  expect(await values()).toEqual([tenantMessage.body, body]);
});

test('what would fail the function fails the request', async () => {
  await createTopic(url, 'orders');
  const badNotice = { ...snsRecord, Sns: { ...snsRecord.Sns, Message: 7 } };
  const refused: readonly (readonly [string, string, unknown, number, RegExp])[] = [
    ['orders', '', { Records: [badNotice] }, 422, /^body: record 0 of sns .*Sns\.Message/],
    ['orders', '', {}, 422, /^body: it has no Records/],
    ['orders', '', [], 422, /^body: /],
    ['orders', '', { Records: [{ eventSource: 'aws:ses' }] }, 422, /^body: none of its Records/],
    ['orders', '?key=a.b', sqsEvent, 422, /^key: must be/],
    ['nowhere', '', sqsEvent, 404, /nowhere/],
  ];
  for (const [topic, query, event, status, message] of refused) {
    const answer = await bring(topic, event, query);
    expect([answer.status, answer.json.message]).toEqual([status, expect.stringMatching(message)]);
  }
  const junk = await fetch(`${url}/_ingest/orders`, { method: 'POST', body: '{"Records":' });
  expect(junk.status).toBe(400);
  expect(await bring('orders', s3TestEvent)).toEqual(nothingFailed);
  expect(await endOffset(url, 'orders')).toBe(0);
});

test('the key may be another, or none', async () => {
  await createTopic(url, 'orders');
  const query = (key: string) => `?key=${encodeURIComponent(key)}`;
  await bring('orders', sqsEvent, query('$.orderId'));
  await bring('orders', fifoEvent, query('none'));
  await bring('orders', eventBridgeEvent, query('$.detail.order-id'));
  const keys = (await storedIn('orders')).map(({ key }) => key);
  expect(keys).toEqual(['o-17', null, null, null, '4711']);
});
