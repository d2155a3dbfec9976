// Events of AWS's sources, posted as they are, and folders as the stand-ins of buckets: over real
// sockets and real files, what comes is in its topic once.

import { appendFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { ask, until } from './subscriptions.ts';

let parent: string;
let folder: string;
let otherFolder: string;
let engine: Embedded;
let url: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-ingest-'));
  folder = join(parent, 'in box');
  otherFolder = join(parent, 'other');
  for (const made of [folder, otherFolder]) await mkdir(made);
  await start();
  await createTopic(url, 'others');
});
afterEach(async () => {
  await engine.stop();
  await rm(parent, { recursive: true });
});

async function start(): Promise<void> {
  engine = await startEmbedded({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'directory', directory: join(parent, 'data') },
    triggers: {
      functions: new Map(),
      folders: new Map([
        [folder, 'files'],
        [otherFolder, 'others'],
      ]),
      sqsEndpoint: undefined,
    },
  });
  url = `http://127.0.0.1:${engine.port}`;
}

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

/** What a topic of files holds, without the folder's own name, by name. */
async function filesTold(): Promise<readonly string[]> {
  const keys = (await storedIn('files')).map(({ key }) => String(key).replace('in box/', ''));
  return keys.toSorted();
}

/** A file that is there already has been brought by then, at least once: others are looked at as
 * often. */
async function severalLooks(): Promise<void> {
  const before = await endOffset(url, 'others');
  for (const look of [1, 2]) {
    await writeFile(join(otherFolder, `${look}`), '');
    await until(async () => (await endOffset(url, 'others')) === before + look);
  }
}

test('files that come into a folder are records of its topic, as S3 would say', async () => {
  await writeFile(join(folder, 'first order.json'), 'first');
  await severalLooks();
  await createTopic(url, 'files');
  await until(async () => (await endOffset(url, 'files')) === 1);
  await mkdir(join(folder, 'été/sub'), { recursive: true });
  await writeFile(join(folder, 'été/sub/☀ + 1.json'), 'second');
  await until(async () => (await endOffset(url, 'files')) === 2);
  await appendFile(join(folder, 'first order.json'), ' and more');
  await until(async () => (await endOffset(url, 'files')) === 3);
  const [first, second, changed] = await storedIn('files');
  expect(first).toMatchObject({
    key: 'in box/first order.json',
    headers: { 'aws.source': 's3', 'aws.event-name': 'ObjectCreated:Put' },
  });
  const { object } = JSON.parse(first?.value ?? '').s3;
  expect(object).toMatchObject({ key: 'first+order.json', size: 5 });
  const { mtime } = await stat(join(folder, 'été/sub/☀ + 1.json'));
  const timestamp = mtime.getTime();
  expect(second).toMatchObject({ key: 'in box/été/sub/☀ + 1.json', timestamp });
  expect(changed?.key).toBe(first?.key);
  expect(JSON.parse(changed?.value ?? '').s3.object.size).toBe(14);
});

test('a file that its topic does not take is brought until it does', async () => {
  const config = (value: number) => ({ name: 'max.message.bytes', value: `${value}` });
  const topics = `${url}/v3/clusters/sluice/topics`;
  const headers = { 'Content-Type': 'application/json' };
  const topic = { topic_name: 'files', partitions_count: 1, configs: [config(10)] };
  const asked = (body: object) => ({ method: 'POST', headers, body: JSON.stringify(body) });
  expect((await fetch(topics, asked(topic))).status).toBe(201);
  await writeFile(join(folder, 'large'), 'x');
  await severalLooks();
  expect(await endOffset(url, 'files')).toBe(0);
  const altered = await fetch(
    `${topics}/files/configs:alter`,
    asked({ data: [config(1_000_000)] }),
  );
  expect(altered.status).toBe(204);
  await until(async () => (await endOffset(url, 'files')) === 1);
});

test('what came while no engine ran is found by the next, and nothing twice', async () => {
  await createTopic(url, 'files');
  await writeFile(join(folder, 'before'), '1');
  await until(async () => (await endOffset(url, 'files')) === 1);
  await engine.stop();
  await writeFile(join(folder, 'meanwhile'), '2');
  await start();
  await until(async () => (await endOffset(url, 'files')) >= 2);
  // By the time that it is told of this, all that was there before has been looked at.
  await writeFile(join(folder, 'afterwards'), '3');
  await until(async () => (await filesTold()).includes('afterwards'));
  expect(await filesTold()).toEqual(['afterwards', 'before', 'meanwhile']);
});

test('stopped, it looks no more', async () => {
  const underWay = () =>
    process.getActiveResourcesInfo().filter((kind) => /^(Timeout|FSReq)/.test(kind)).length;
  await engine.stop();
  const before = underWay();
  await start();
  await engine.stop();
  expect(underWay()).toBe(before);
});
