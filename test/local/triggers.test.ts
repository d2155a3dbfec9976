// Subscriptions of the embedded engine, over real sockets: what is produced is given to functions,
// in order; what fails comes again, or is given up and put back; and it stops between two of them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '../../local/embedded.ts';
import { startSqsFake } from '../emulators/sqs-fake.ts';
import { createTopic, fetchAll, produce } from './conversation.ts';
import { beginStory, type Order, story } from './functions/take-orders.ts';
import { ask, caughtUp, heldUp, progressOf, subscribe, until } from './subscriptions.ts';

const file = fileURLToPath(new URL('./functions/take-orders.ts', import.meta.url));

let directory: string;
let engine: Embedded;
let url: string;

async function start(): Promise<void> {
  engine = await startWith({ bill: file, audit: file });
  url = `http://127.0.0.1:${engine.port}`;
}

function startWith(
  functions: Readonly<Record<string, string>>,
  sqsEndpoint?: string,
): Promise<Embedded> {
  const options: EmbeddedOptions = {
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    stores: { kind: 'directory', directory: join(directory, 'data') },
    triggers: {
      functions: new Map(Object.entries(functions)),
      folders: new Map(),
      sqsEndpoint,
    },
  };
  return startEmbedded(options);
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-triggers-'));
  beginStory();
  await start();
});
afterEach(async () => {
  await engine.stop();
  await rm(directory, { recursive: true });
});

const values = (orders: readonly Order[]) => orders.map(({ value }) => value);
const takenBy = (name: string) => story.taken.filter(({ by }) => by === name);
const send = (...all: readonly string[]) =>
  produce(
    url,
    'topics/orders',
    all.map((value) => ({ value })),
  );

/** It takes no delivery with that value in it. */
const refusing = (bad: string) => async (delivery: readonly Order[]) => {
  if (values(delivery).includes(bad)) throw new RangeError(bad);
};

test('what is produced is given to the function once, in order, and committed', async () => {
  const partitions = [0, 1, 2];
  await createTopic(url, 'orders', partitions.length);
  await produce(url, 'topics/orders/partitions/1', [{ value: 'before' }]);
  await subscribe(url, { name: 'bill', topic: 'orders', batch_size: 7 });
  await subscribe(url, { name: 'audit', topic: 'orders', starting_position: 'latest' });
  const producers = partitions.map(async (partition) => {
    for (let number = 0; number < 30; number++) {
      const records = [{ value: `${number} a` }, { value: `${number} b` }];
      await produce(url, `topics/orders/partitions/${partition}`, records);
    }
  });
  await Promise.all(producers);
  for (const name of ['bill', 'audit']) await caughtUp(url, name);
  for (const partition of partitions) {
    const all = (await fetchAll(url, 'orders', partition)).map(({ value }) => value);
    const own = (name: string) => takenBy(name).filter((order) => order.partition === partition);
    expect(values(own('bill'))).toEqual(all);
    expect(values(own('audit'))).toEqual(all.filter((value) => value !== 'before'));
  }
  expect(story.given.every((delivery) => delivery.length <= 100)).toBe(true);
  const ofBill = story.given.filter(([order]) => order?.by === 'bill');
  expect(Math.max(...ofBill.map(({ length }) => length))).toBeLessThanOrEqual(7);
  const committed = (await progressOf(url, 'bill')).map((one) => one.committed_offset);
  expect(committed).toEqual([60, 61, 60]);
});

test('a topic without subscriptions costs its producers what it did before', async () => {
  await createTopic(url, 'orders');
  await send('a');
  const before = { ...engine.operations };
  for (let number = 0; number < 5; number++) await send('b');
  const { tableReads, tableQueries, tableWrites } = engine.operations;
  expect([tableReads, tableQueries]).toEqual([before.tableReads, before.tableQueries]);
  expect(tableWrites).toBe(before.tableWrites + 5);
});

test('paused, nothing is given to it, and to others it is; resumed, it goes on', async () => {
  await createTopic(url, 'orders');
  for (const name of ['bill', 'audit']) await subscribe(url, { name, topic: 'orders' });
  await send('a');
  await caughtUp(url, 'bill');
  const paused = await ask(url, 'POST /subscriptions/bill/pause');
  expect([paused.status, paused.json.state]).toEqual([200, 'paused']);
  await send('b', 'c');
  await until(() => takenBy('audit').length === 3);
  expect(values(takenBy('bill'))).toEqual(['a']);
  expect(await progressOf(url, 'bill')).toMatchObject([{ committed_offset: 1, lag: 2 }]);
  await ask(url, 'POST /subscriptions/bill/resume');
  await caughtUp(url, 'bill');
  expect(values(takenBy('bill'))).toEqual(['a', 'b', 'c']);
});

test('what cannot be taken is given up, and once put back, taken once', async () => {
  for (const topic of ['orders', 'dead']) await createTopic(url, topic);
  story.react = refusing('poison');
  const giving = { dead_letter_topic: 'dead', max_attempts: 2 };
  await subscribe(url, { name: 'bill', topic: 'orders', ...giving });
  await subscribe(url, { name: 'audit', topic: 'orders', filter: { value: [{ prefix: 'g' }] } });
  await send('good 0', 'good 1', 'poison', 'good 3', 'good 4');
  for (const name of ['bill', 'audit']) await caughtUp(url, name);
  const good = ['good 0', 'good 1', 'good 3', 'good 4'];
  expect(values(takenBy('bill'))).toEqual(good);
  const { json } = await ask(url, 'GET /subscriptions/bill/dead-letters');
  const letter = { source_topic: 'orders', source_partition: 0, source_offset: 2, attempts: 2 };
  const value = Buffer.from('poison').toString('base64');
  expect(json.dead_letters).toMatchObject([{ ...letter, reason: 'RangeError', value }]);
  expect(json.dead_letters).toHaveLength(1);

  beginStory();
  const redriven = async () => (await ask(url, 'POST /subscriptions/bill/redrive')).json;
  expect(await redriven()).toEqual({ redriven: 1, done: true });
  expect(await redriven()).toEqual({ redriven: 0, done: true });
  // By being put back alone.
  await caughtUp(url, 'bill');
  await send('good 6');
  for (const name of ['bill', 'audit']) await caughtUp(url, name);
  expect(values(takenBy('bill'))).toEqual(['poison', 'good 6']);
  expect(values(takenBy('audit')), 'it was put back for one alone').toEqual(['good 6']);
  expect(await fetchAll(url, 'dead')).toHaveLength(1);
  const left = await ask(url, 'GET /subscriptions/bill/dead-letters');
  expect(left.json).toEqual({ dead_letters: [] });
});

test('a function that does not answer is given the same again after its time', async () => {
  await createTopic(url, 'orders');
  story.react = () => new Promise(() => undefined);
  await subscribe(url, { name: 'bill', topic: 'orders', timeout_ms: 100 });
  await send('a');
  const held = await heldUp(url, 'bill');
  expect(held).toMatchObject({ committed_offset: 0, lag: 1, last_error: 'no answer in time' });
  story.react = async () => undefined;
  await caughtUp(url, 'bill');
  expect(values(story.taken)).toEqual(['a']);
  expect(story.given.length).toBeGreaterThan(1);
});

test('one that the engine was started without is said, and is found when it is there', async () => {
  await createTopic(url, 'orders');
  const target = { type: 'lambda', function: 'ship' };
  await subscribe(url, { name: 'shipping', topic: 'orders', target });
  await send('a');
  expect(await heldUp(url, 'shipping')).toMatchObject({
    lag: 1,
    last_error: 'this engine was started without a function ship',
  });
  await engine.stop();
  engine = await startWith({ ship: file });
  url = `http://127.0.0.1:${engine.port}`;
  await caughtUp(url, 'shipping');
  expect(story.taken).toEqual([{ by: 'ship', partition: 0, offset: 0, value: 'a' }]);
});

test('a queue gets each record as a message, once there are queues', async () => {
  await createTopic(url, 'orders');
  const target = { type: 'sqs', queue_url: 'http://127.0.0.1:9324/000000000000/orders' };
  await subscribe(url, { name: 'queued', topic: 'orders', target });
  await send('a');
  const { last_error: error } = await heldUp(url, 'queued');
  expect(error).toBe('this engine was started without --sqs-endpoint');
  await engine.stop();
  const sqs = await startSqsFake();
  engine = await startWith({}, sqs.endpoint);
  url = `http://127.0.0.1:${engine.port}`;
  await send('b', 'c');
  await caughtUp(url, 'queued');
  const messages = sqs.batches.flatMap(({ entries }) => entries);
  const bodies = messages.map(({ MessageBody: body }) => JSON.parse(body));
  const place = { topic: 'orders', partition: 0, timestampType: 'CREATE_TIME' };
  expect(bodies).toMatchObject(
    ['a', 'b', 'c'].map((value, offset) => {
      return { ...place, offset, value: Buffer.from(value).toString('base64'), headers: [] };
    }),
  );
  expect(new Set(sqs.batches.map(({ queueUrl }) => queueUrl))).toEqual(new Set([target.queue_url]));
  await sqs.stop();
});

test('it does not start with a module that is not there, or is no function', async () => {
  await engine.stop();
  const none = join(directory, 'none.mjs');
  await writeFile(none, 'export const handle = () => 1;');
  const missing = join(directory, 'missing.mjs');
  const refused = [
    [none, `function ship, ${none}: it exports no function 'handler'`],
    [missing, `function ship, ${missing}: `],
  ] as const;
  for (const [ship, complaint] of refused) {
    await expect(startWith({ bill: file, ship })).rejects.toThrow(complaint);
  }
  // Nothing of it is held.
  await start();
});

test('stopping waits for what is being delivered, and loses and repeats nothing', async () => {
  await createTopic(url, 'orders');
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  story.react = () => {
    begun.resolve();
    return mayEnd.promise;
  };
  await subscribe(url, { name: 'bill', topic: 'orders', batch_size: 1 });
  await send('a', 'b', 'c');
  await begun.promise;
  let hasStopped = false;
  const stopping = engine.stop().then(() => {
    hasStopped = true;
  });
  // It takes nothing more by then.
  await until(() =>
    fetch(url).then(
      () => false,
      () => true,
    ),
  );
  expect(hasStopped).toBe(false);
  mayEnd.resolve();
  await stopping;
  expect(values(story.taken)).toEqual(['a']);
  await start();
  await caughtUp(url, 'bill');
  expect(values(story.taken)).toEqual(['a', 'b', 'c']);
  expect(story.given).toHaveLength(3);
});

test('what is put off is put off for the next engine too, until somebody seeks', async () => {
  await createTopic(url, 'orders');
  story.react = refusing('a');
  const pauses = { retry_min_ms: 20_000, retry_max_ms: 60_000 };
  await subscribe(url, { name: 'bill', topic: 'orders', ...pauses });
  await send('a');
  expect((await heldUp(url, 'bill')).last_error).toBe('RangeError');
  await engine.stop();
  beginStory();
  await start();
  expect((await heldUp(url, 'bill')).last_error).toBe('RangeError');
  expect(story.given).toEqual([]);
  await ask(url, 'POST /subscriptions/bill/seek', { to: 'earliest' });
  await caughtUp(url, 'bill');
  expect(values(story.taken)).toEqual(['a']);
});
