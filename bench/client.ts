// `npm run bench:client`: the client against the embedded engine in another process, over real
// HTTP: messages of 1 KB sent, all of them acknowledged, and all of them consumed. Beside it, what
// a program pays that sends each message by itself and waits for it.
//
//     npm run bench:client -- [seconds a measurement, default 5]

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProducerOptions } from '../client/producer/options.ts';
import { Sluice } from '../client/sluice.ts';
import type { Operations } from '../shared/store/counted.ts';
import { jsonValues } from './json-values.ts';
import { startServer } from './servers.ts';

const partitions = 8;
const messageBytes = 1_024;
const messagesPerSend = 1_000;
/** Calls of send that are not answered at a time: more than the buffer holds, compressed. */
const lanes = 128;

const seconds = Number(process.argv[2] ?? 5);
const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const engine = await startServer('engine-server.ts', join(directory, 'engine'));
const sluice = new Sluice({ url: `http://127.0.0.1:${engine.port}` });

type Produced = { readonly messages: number; readonly perSecond: number; readonly costs: Costs };
/** For a thousand messages. */
type Costs = { readonly requests: number; readonly puts: number; readonly writes: number };

try {
  const json = jsonValues(20_000, messageBytes);
  const random = json.map(() => randomBytes(messageBytes));
  console.log(`messages of ${messageBytes} bytes, ${partitions} partitions, ${seconds} s each`);
  const sent = await produced('json', json);
  tell('sent, JSON, zstd', sent);
  tell('sent, JSON, as it is', await produced('plain', json, { compression: 'none' }));
  tell('sent, random bytes', await produced('random', random));
  const single = await oneByOne(json);
  tell('sent one by one', single);
  console.log(`  store operations, one by one against batched: ${ratioOf(single, sent)} to 1`);
  for (const [name, each] of [
    ['eachBatch', false],
    ['eachMessage', true],
  ] as const) {
    const perSecond = await consumed('json', `by-${name}`, sent.messages, each);
    console.log(`consumed, JSON, ${name}`.padEnd(28), `${perSecond.toFixed(0)} messages/s`);
  }
  const { memoryPeakBytes } = await engine.report();
  console.log(`peak memory of the engine: ${(memoryPeakBytes / 2 ** 20).toFixed(0)} MiB`);
} finally {
  await engine.stop();
  await rm(directory, { recursive: true });
}

/** As fast as it goes, from many callers. */
async function produced(
  topic: string,
  values: readonly Buffer[],
  options: ProducerOptions = {},
): Promise<Produced> {
  await sluice.admin().createTopics({ topics: [{ topic, numPartitions: partitions }] });
  const slices = slicesOf(values.map((value) => ({ value })));
  await using producer = sluice.producer(options);
  await producer.connect();
  const before = await operationsOf();
  const began = performance.now();
  const until = began + seconds * 1_000;
  let next = 0;
  const lane = async () => {
    while (performance.now() < until) {
      await producer.send({ topic, messages: slices[next++ % slices.length] ?? [] });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const elapsed = (performance.now() - began) / 1_000;
  const { messages, requests } = producer.stats();
  return measuredOf({ messages, requests, elapsed, before, after: await operationsOf() });
}

/** Each is acknowledged before the next one is sent. */
async function oneByOne(values: readonly Buffer[]): Promise<Produced> {
  await using producer = sluice.producer({ lingerMs: 0 });
  await producer.connect();
  const before = await operationsOf();
  const began = performance.now();
  const until = began + (seconds * 1_000) / 2;
  for (let at = 0; performance.now() < until; at++) {
    const value = values[at % values.length] ?? null;
    await producer.send({ topic: 'json', messages: [{ value }] });
  }
  const elapsed = (performance.now() - began) / 1_000;
  const { messages, requests } = producer.stats();
  return measuredOf({ messages, requests, elapsed, before, after: await operationsOf() });
}

/** Messages a second of a group of one, from the first to so many. */
async function consumed(
  topic: string,
  groupId: string,
  count: number,
  byMessage: boolean,
): Promise<number> {
  await using consumer = sluice.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const done = Promise.withResolvers<void>();
  let [seen, began] = [0, 0];
  const see = (more: number) => {
    if (seen === 0) began = performance.now();
    seen += more;
    if (seen >= count) done.resolve();
  };
  await consumer.run(
    byMessage
      ? { eachMessage: async () => see(1) }
      : { eachBatch: async ({ batch }) => see(batch.messages.length) },
  );
  await done.promise;
  return (1_000 * seen) / (performance.now() - began);
}

function slicesOf<Item>(items: readonly Item[]): readonly Item[][] {
  const count = Math.floor(items.length / messagesPerSend);
  return Array.from({ length: count }, (_, at) => {
    return items.slice(at * messagesPerSend, (at + 1) * messagesPerSend);
  });
}

async function operationsOf(): Promise<Operations> {
  const { operations } = await engine.report();
  if (operations === undefined) throw new Error('the engine counts nothing');
  return operations;
}

function measuredOf({
  messages,
  requests,
  elapsed,
  before,
  after,
}: {
  readonly messages: number;
  readonly requests: number;
  readonly elapsed: number;
  readonly before: Operations;
  readonly after: Operations;
}): Produced {
  const each = (count: number) => (1_000 * count) / messages;
  const costs = {
    requests: each(requests),
    puts: each(after.objectPuts - before.objectPuts),
    writes: each(after.tableWrites - before.tableWrites),
  };
  return { messages, perSecond: messages / elapsed, costs };
}

function tell(name: string, { perSecond, costs: { requests, puts, writes } }: Produced): void {
  const megabytes = (perSecond * messageBytes) / 1e6;
  const rate = `${perSecond.toFixed(0)} messages/s, ${megabytes.toFixed(0)} MB/s`;
  const [asked, put, written] = [requests, puts, writes].map((count) => count.toFixed(2));
  const cost = `${asked} requests, ${put} PUTs, ${written} table writes for 1,000`;
  console.log(name.padEnd(28), rate.padEnd(34), cost);
}

function ratioOf({ costs: one }: Produced, { costs: other }: Produced): string {
  return ((one.puts + one.writes) / (other.puts + other.writes)).toFixed(0);
}
