// What goes together: requests are what messages cost.

import { expect, test } from 'vitest';
import { gatherMillisMax } from '../../../client/producer/accumulator.ts';
import { partitionForKey } from '../../../shared/partitioner.ts';
import { newWire } from '../wire.ts';
import { isProduce, newProducer, produces, refusal, valuesIn } from './logs.ts';

const topic = 'orders';
const at = (partition: number, value: string) => ({ partition, value });

test('what is sent at once is one request, whatever partitions it is for', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const sends = Array.from({ length: 100 }, (_, index) =>
    producer.send({ topic, messages: [at(index % 4, `${index}`)] }),
  );
  const stored = await wire.world.time.run(Promise.all(sends));
  expect(stored[7]).toEqual([{ topicName: topic, partition: 3, errorCode: 0, baseOffset: '1' }]);
  expect(produces(wire).length).toBe(1);
  expect(await valuesIn(wire, 1)).toEqual(Array.from({ length: 25 }, (_, i) => `${4 * i + 1}`));
  expect(producer.stats()).toMatchObject({
    requests: 1,
    messages: 100,
    batches: 4,
    operations: { objectPuts: 1 },
  });
});

test('a call is answered once for each partition that it reached', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const messages = [at(2, 'a'), at(0, 'b'), at(2, 'c')];
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(2, 'before')] }));
  expect(await time.run(producer.send({ topic, messages }))).toEqual([
    { topicName: topic, partition: 2, errorCode: 0, baseOffset: '1' },
    { topicName: topic, partition: 0, errorCode: 0, baseOffset: '0' },
  ]);
  expect(await time.run(producer.send({ topic, messages: [] }))).toEqual([]);
});

test('what comes within the linger goes together, and nothing waits longer', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { lingerMs: 20 });
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  const before = produces(wire).length;
  const began = time.now();
  const sends = [producer.send({ topic, messages: [at(0, 'a')] })];
  await time.run(time.sleep(15));
  sends.push(producer.send({ topic, messages: [at(1, 'b')] }));
  let sentAt = 0;
  wire.fateOf = () => {
    sentAt = time.now();
    return 'passes';
  };
  await time.run(Promise.all(sends));
  expect(sentAt - began).toBe(20);
  expect(produces(wire).length - before).toBe(1);
});

test('a full batch waits for nothing', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { lingerMs: 60_000, batchBytes: 1_024 });
  const began = wire.world.time.now();
  await wire.world.time.run(producer.send({ topic, messages: [at(0, 'x'.repeat(2_000))] }));
  expect(wire.world.time.now() - began).toBeLessThan(60_000);
});

test('while a request is on its way more gathers, but not long behind one that hangs', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  const { host } = wire;
  const sentAt: number[] = [];
  wire.fateOf = (sent) => {
    if (isProduce(sent)) sentAt.push(time.now());
    return 'passes';
  };
  // Each takes 70 ms, but the last, which takes a second.
  const takes = [70, 70, 1_000];
  const slow = wire.newClient(
    {},
    {
      ...host,
      fetch: async (url, init) => {
        const answer = await host.fetch(url, init);
        const isProduced = init.method === 'POST' && url.pathname.startsWith('/topics/');
        await time.sleep(isProduced ? (takes.shift() ?? 0) : 0);
        return answer;
      },
    },
  );
  const other = slow.producer();
  await other.connect();
  await time.run(other.flush());
  const sends: Promise<unknown>[] = [];
  for (let index = 0; index < 30; index++) {
    sends.push(other.send({ topic, messages: [at(index % 4, `${index}`)] }));
    await time.run(time.sleep(10));
  }
  await time.run(Promise.all(sends));
  const pauses = sentAt.slice(1).map((time, index) => time - (sentAt[index] ?? 0));
  expect(pauses[0]).toBeGreaterThanOrEqual(70);
  expect(pauses[1]).toBeGreaterThanOrEqual(70);
  expect(pauses[2]).toBeLessThan(gatherMillisMax + 20);
});

test('a partition never has two requests on their way, and others do not wait for it', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { batchBytes: 1_024 });
  const large = 'x'.repeat(1_100);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  let fails = 0;
  wire.fateOf = (sent) => (isProduce(sent) && fails++ === 0 ? refusal(503, 50003) : 'passes');
  const slow = producer.send({ topic, messages: [at(0, large)] });
  await time.run(time.turn());
  const later = producer.send({ topic, messages: [at(0, 'later')] });
  const other = producer.send({ topic, messages: [at(1, large)] });
  let order = '';
  void slow.then(() => {
    order += 'slow ';
  });
  void other.then(() => {
    order += 'other ';
  });
  await time.run(Promise.all([slow, later, other]));
  expect(order).toBe('other slow ');
  expect(await valuesIn(wire, 0)).toEqual(['first', large, 'later']);
});

test('a key has a partition; what has none goes to one partition until that goes', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const keys = ['a', 'b', 'ключ', 'a-key-of-some-length'];
  const { time } = wire.world;
  for (const key of keys) {
    const [stored] = await time.run(producer.send({ topic, messages: [{ key, value: key }] }));
    expect(stored?.partition).toBe(partitionForKey(Buffer.from(key), 4));
    const bytes = { key: Buffer.from(key), value: key };
    const [again] = await time.run(producer.send({ topic, messages: [bytes] }));
    expect(again?.partition).toBe(stored?.partition);
  }
  const reached = new Set<number>();
  for (let round = 0; round < 40; round++) {
    const messages = Array.from({ length: 10 }, (_, index) => ({ value: `${index}` }));
    const stored = await time.run(producer.send({ topic, messages }));
    expect(stored.length).toBe(1);
    reached.add(stored[0]?.partition ?? -1);
  }
  expect(reached.size).toBe(4);
});

test('a partitioner of one’s own is asked for every message', async () => {
  const wire = await newWire();
  const seen: unknown[] = [];
  const createPartitioner = () => (args: { readonly partitionMetadata: readonly unknown[] }) => {
    seen.push(args);
    return args.partitionMetadata.length - 1;
  };
  const producer = await newProducer(wire, { createPartitioner });
  const message = { key: 'k', value: 'v' };
  await wire.world.time.run(producer.send({ topic, messages: [message] }));
  expect(seen).toMatchObject([{ topic, message }]);
  expect(await valuesIn(wire, 3)).toEqual(['v']);
});

test('a topic that has grown is used, and one that is not there is said so', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'a')] }));
  const connection = wire.newConnection();
  const path = '/v3/clusters/sluice/topics/orders';
  await time.run(connection.askJson({ method: 'PATCH', path, json: { partitions_count: 6 } }));
  await time.run(producer.send({ topic, messages: [at(5, 'b')] }));
  expect(await valuesIn(wire, 5)).toEqual(['b']);
  await expect(time.run(producer.send({ topic, messages: [at(6, 'c')] }))).rejects.toMatchObject({
    message: 'messages[0].partition: topic orders has 6, and no 6',
  });
  await expect(
    time.run(producer.send({ topic: 'none', messages: [at(0, 'c')] })),
  ).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION', outcome: 'refused' });
});
