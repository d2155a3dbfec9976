// What each way of sending records uses.

import { refsPerChunk } from '../../shared/limits.ts';
import { kilobytes, type Operation, one, Stage, topic } from './stage.ts';

/** Of a partition: whole chunks, each with its roll. */
const times = 6 * refsPerChunk;
const largeTimes = 2 * refsPerChunk;
const toPartition = `POST /topics/${topic}/partitions/0`;
const records = (count: number) => kilobytes.slice(0, count).map((value) => ({ value }));
const withKeys = (count: number) =>
  records(count).map((record, index) => ({ ...record, key: keyOf(index) }));
const keyOf = (index: number) => Buffer.from(`key-${index}`).toString('base64');

export function countProduce(): Promise<readonly Operation[]> {
  return Stage.open(11, async (stage) => [
    await stage.count('a record', times, () => stage.ask(toPartition, one('a'))),
    await stage.count('100 records of a KB, to one partition', largeTimes, () =>
      stage.ask(toPartition, { body: { records: records(100) } }),
    ),
    await stage.count('100 records of a KB with keys, to 8 partitions', largeTimes, () =>
      stage.ask(`POST /topics/${topic}`, { body: { records: withKeys(100) } }),
    ),
    ...(await countClients(stage)),
    await stage.count('a record, with an `Idempotency-Key`', 2 * times, (time) =>
      stage.ask(toPartition, { ...one('a'), headers: keyed(`order-${time}`) }),
    ),
    await stage.count('an id for a producer', times, () =>
      stage.ask('POST /producers', { body: {} }),
    ),
    ...(await countTransactions(stage)),
    await countWithQuota(stage),
    await stage.count(
      'a record, in a process that is new to the topic',
      times,
      () => stage.ask(toPartition, one('a')),
      async () => stage.coldStart(),
    ),
  ]);
}

/** Numbered batches, as the client sends them. */
async function countClients(stage: Stage): Promise<readonly Operation[]> {
  const producer = stage.newClient().producer();
  await producer.connect();
  const values = kilobytes.map((value) => Buffer.from(value, 'base64'));
  const messages = (count: number, keyed: boolean) =>
    Array.from({ length: count }, (_, index) => ({
      value: values[index % values.length] as Buffer,
      ...(keyed ? { key: `key-${index}` } : { partition: 0 }),
    }));
  const send = (count: number, keyed = false) =>
    producer.send({ topic, messages: messages(count, keyed) });
  await send(1);
  await send(100, true);
  const counted = [
    await stage.count('the client: a message', times, () => send(1)),
    await stage.count('the client: 100 messages of a KB, to one partition', largeTimes, () =>
      send(100),
    ),
    await stage.count(
      'the client: 1,000 messages of a KB with keys, to 8 partitions',
      refsPerChunk,
      () => send(1_000, true),
    ),
    await stage.count('the same, 3,900 of them: a full request', refsPerChunk, () =>
      send(3_900, true),
    ),
  ];
  await producer.disconnect();
  return counted;
}

async function countTransactions(stage: Stage): Promise<readonly Operation[]> {
  const orders = [0, 1].map((partition) => ({ topic, partition, value: 'YQ==' }));
  const consumer = '/consumers/billing/instances/one';
  await stage.createTopic('incoming', 1);
  for (let record = 0; record < times; record++) await stage.ask('POST /topics/incoming', one('a'));
  await stage.ask('POST /consumers/billing', { body: { name: 'one', format: 'binary' } });
  await stage.ask(`POST ${consumer}/subscription`, { body: { topics: ['incoming'] } });
  const polled = await stage.ask(`GET ${consumer}/records`);
  const generation = Number(polled.headers.get('Sluice-Generation'));
  const transact = (key: string, body: object) =>
    stage.ask('POST /transactions', { body, headers: keyed(key) });
  return [
    await stage.count('a transaction, to 2 partitions', times, (time) =>
      transact(`transaction-${time}`, { records: orders }),
    ),
    await stage.count('the same, with an offset of a group', times, (time) => {
      const offsets = [{ topic: 'incoming', partition: 0, offset: time }];
      const done = { group: 'billing', member: 'one', generation, offsets };
      return transact(`done-${time}`, { records: orders, offsets: done });
    }),
  ];
}

async function countWithQuota(stage: Stage): Promise<Operation> {
  const quota = [{ name: 'producer_byte_rate', value: '1000000' }];
  await stage.createTopic('bounded', 1, quota);
  await stage.ask('POST /topics/bounded', one('warm'));
  return stage.count('a record, to a topic with a quota', times, () =>
    stage.ask('POST /topics/bounded', one('a')),
  );
}

const keyed = (key: string) => ({ 'Idempotency-Key': key });
