// `sluice bench`: messages through the engine at hand, by this client: how fast, and what they
// cost. It is of this machine, this network and this engine together; what an engine alone does,
// `npm run bench` of its sources measures. Store operations are what is paid for, so these are told
// by message.

import { type Command, Option } from 'commander';
import type { Host } from '../client/host.ts';
import type { ProducerStats } from '../client/producer/stats.ts';
import type { Sluice } from '../client/sluice.ts';
import { TopicReader } from './consume/read-topic.ts';
import type { Context } from './context.ts';
import { withExamples } from './examples.ts';
import { whole } from './option-values.ts';
import { SendAll } from './produce/send-all.ts';
import type { Shell } from './shell.ts';
import { counted } from './texts.ts';

export function addBench(program: Command, shell: Shell): void {
  const bench = program.command('bench');
  bench.description('send and read messages, and say how fast that is and what it costs');
  bench.option('-t, --topic <name>', 'to that topic, and leave it there (one of its own)');
  bench.option('-n, --messages <n>', 'how many', whole(1), 100_000);
  bench.option('-b, --bytes <n>', 'of each', whole(1, 1_000_000), 1_000);
  bench.option('-p, --partitions <n>', 'of a topic of its own', whole(1), 4);
  bench.option('--rate <n>', 'messages a second, at most', whole(1));
  bench.option('--linger <ms>', 'how long a message waits for others (5)', whole());
  bench.addOption(
    new Option('--compression <codec>', 'of batches (zstd)').choices(['zstd', 'gzip', 'none']),
  );
  withExamples(
    bench.action(shell.runs(run)),
    'sluice bench',
    'sluice bench --messages 10000 --rate 500 --linger 50 # fewer requests, later',
    'sluice bench --profile prod --json | jq .produce.perThousand',
  );
}

type Options = {
  readonly topic?: string;
  readonly messages: number;
  readonly bytes: number;
  readonly partitions: number;
  readonly rate?: number;
  readonly linger?: number;
  readonly compression?: 'zstd' | 'gzip' | 'none';
};

type Measured = {
  readonly messages: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
};

async function run(context: Context, options: Options): Promise<void> {
  const host = await context.host();
  const client = await context.client();
  const admin = client.admin();
  const ownTopic = `bench-${Buffer.from(host.chance.bytes(6)).toString('hex')}`;
  const topic = options.topic ?? ownTopic;
  if (topic === ownTopic) {
    await admin.createTopics({ topics: [{ topic, numPartitions: options.partitions }] });
  }
  const work = { context, client, host, topic };
  try {
    const before = await admin.fetchTopicOffsets(topic);
    const produced = await measureProduce(work, options);
    const begins = new Map(before.map(({ partition, high }) => [partition, Number(high)]));
    const consumed = await measureConsume(work, begins, options.bytes);
    await tell(context, { topic, bytes: options.bytes, produced, consumed });
  } finally {
    if (topic === ownTopic) await admin.deleteTopics({ topics: [topic] });
  }
}

type Bench = {
  readonly context: Context;
  readonly client: Sluice;
  readonly host: Host;
  readonly topic: string;
};

type Produced = Measured & { readonly stats: ProducerStats };

async function measureProduce(
  { context, client, host, topic }: Bench,
  { messages, bytes, rate, linger, compression }: Options,
): Promise<Produced> {
  const producer = client.producer({
    ...(linger !== undefined && { lingerMs: linger }),
    ...(compression !== undefined && { compression }),
  });
  await producer.connect();
  const startedAt = host.clock.now();
  const sent = await new SendAll({
    ...{ producer, topic, clock: host.clock, perSecond: rate, onStored: () => undefined },
    interrupted: context.terminal.interrupts(),
  }).run(chunksOf(host, messages, bytes));
  const millis = host.clock.now() - startedAt;
  await producer.disconnect();
  if (sent.failure !== undefined) throw sent.failure;
  return { ...measured(sent.messages, millis, bytes), stats: producer.stats() };
}

const chunkMessages = 500;

/** Letters in all are more than a batch holds of it: what is a message's own is no other's of its
 * batch. A host draws no more than 64 KiB at once. */
const draws = { count: 32, bytes: 32 * 1024 } as const;

/** Half of each is as that of all, as fields of records are; half of it is its own. */
async function* chunksOf({ chance }: Host, messages: number, bytes: number) {
  const drawn = Array.from({ length: draws.count }, () => chance.bytes(draws.bytes));
  const pool = Buffer.concat(drawn).toString('hex');
  const template = '{"id":"","status":"shipped","total":1999,"currency":"EUR","lines":[]}';
  const same = template.repeat(Math.ceil(bytes / template.length)).slice(0, Math.ceil(bytes / 2));
  for (let sent = 0; sent < messages; sent += chunkMessages) {
    const length = Math.min(chunkMessages, messages - sent);
    const chunk = Array.from({ length }, (_, index) => {
      const ownLength = bytes - same.length;
      const at = ((sent + index) * ownLength) % (pool.length - ownLength);
      return { key: `key-${sent + index}`, value: same + pool.slice(at, at + ownLength) };
    });
    yield { messages: chunk };
  }
}

async function measureConsume(
  { context, client, host, topic }: Bench,
  begins: ReadonlyMap<number, number>,
  bytes: number,
): Promise<Measured> {
  let messages = 0;
  const admin = client.admin();
  const ends = await admin.fetchTopicOffsets(topic);
  const startedAt = host.clock.now();
  const reader = new TopicReader({
    ...{ connection: await context.connection(), admin, topic },
    interrupted: context.terminal.interrupts(),
    take: async (_, read) => {
      messages += read.length;
      return true;
    },
  });
  await reader.read(
    ends.map(({ partition, high }) => {
      const [from, to] = [begins.get(partition) ?? 0, Number(high)];
      return { partition, from, to, end: to };
    }),
  );
  return measured(messages, host.clock.now() - startedAt, bytes);
}

function measured(messages: number, millis: number, bytes: number): Measured {
  const seconds = Math.max(millis, 1) / 1_000;
  return {
    messages,
    seconds,
    messagesPerSecond: Math.round(messages / seconds),
    megabytesPerSecond: rounded((messages * bytes) / seconds / 1e6),
  };
}

type Told = {
  readonly topic: string;
  readonly bytes: number;
  readonly produced: Produced;
  readonly consumed: Measured;
};

async function tell(context: Context, { topic, bytes, produced, consumed }: Told): Promise<void> {
  const { stats, ...produce } = produced;
  const each = (count = 0) => rounded((1_000 * count) / Math.max(1, stats.messages));
  const perThousand = {
    requests: each(stats.requests),
    objectPuts: each(stats.operations['objectPuts']),
    tableWrites: each(stats.operations['tableWrites']),
    tableReads: each(stats.operations['tableReads']),
  };
  const told = { topic, bytes, produce: { ...produce, perThousand }, consume: consumed };
  await context.show(told, () => [
    ...context.table([
      { '': 'produce', ...cellsOf(produce) },
      { '': 'consume', ...cellsOf(consumed) },
    ]),
    '',
    `A thousand messages of ${counted(bytes, 'byte')} took ${perThousand.requests} requests,` +
      ` ${perThousand.objectPuts} PUTs, ${perThousand.tableWrites} table writes` +
      ` and ${perThousand.tableReads} table reads.`,
  ]);
}

function cellsOf({ messages, seconds, messagesPerSecond, megabytesPerSecond }: Measured) {
  return { messages, seconds, 'messages/s': messagesPerSecond, 'MB/s': megabytesPerSecond };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
