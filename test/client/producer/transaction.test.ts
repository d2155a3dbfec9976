// A transaction: all of it or nothing, however often it is sent.

import { expect, test } from 'vitest';
import { GroupMembers } from '../../../client/group-members.ts';
import { newLogger } from '../../../client/logger.ts';
import type { Message } from '../../../client/producer/messages.ts';
import { producerSettings } from '../../../client/producer/options.ts';
import { Producer } from '../../../client/producer/producer.ts';
import { produceBodyBytesMax } from '../../../shared/limits.ts';
import { newWire, type Wire } from '../wire.ts';
import { newProducer, refusal, valuesIn } from './logs.ts';

const topic = 'orders';
const at = (partition: number, value: string): Message => ({ partition, value });
const isCommit = ({ path }: { readonly path: string }) => path === '/transactions';

function fated(wire: Wire, ...fates: ReturnType<Wire['fateOf']>[]): void {
  wire.fateOf = (sent) => (isCommit(sent) ? (fates.shift() ?? 'passes') : 'passes');
}

test('nothing is there before the commit, and all of it after', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  await time.run(wire.world.createTopic({ name: 'audits', partitions: 1 }));
  const producer = await newProducer(wire);
  const transaction = await producer.transaction();
  const gather = async () => {
    await transaction.send({ topic, messages: [at(2, 'a'), { key: 'k', value: 'keyed' }] });
    await transaction.sendBatch({ topicMessages: [{ topic: 'audits', messages: [at(0, 'b')] }] });
  };
  expect(transaction.isActive()).toBe(true);
  await time.run(gather());
  expect(await valuesIn(wire, 2)).toEqual([]);
  const stored = await time.run(transaction.commit());
  expect(stored).toEqual(
    expect.arrayContaining([
      { topicName: topic, partition: 2, errorCode: 0, baseOffset: '0' },
      { topicName: 'audits', partition: 0, errorCode: 0, baseOffset: '0' },
    ]),
  );
  expect(transaction.isActive()).toBe(false);
  expect(producer.stats()).toMatchObject({
    requests: 1,
    messages: 3,
    operations: { objectPuts: 1 },
  });
  expect(await valuesIn(wire, 2)).toEqual(['a']);
  expect(await valuesIn(wire, 0, 'audits')).toEqual(['b']);
  const [keyed] = await time.run(producer.send({ topic, messages: [{ key: 'k', value: 'v' }] }));
  expect(await valuesIn(wire, keyed?.partition ?? -1)).toEqual(['keyed', 'v']);
});

test('what nobody heard of is sent again with the same key, and is there once', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire);
  fated(wire, 'unheard', 'lost', refusal(503, 50004), refusal(429, 429));
  const messages = [at(0, 'a'), at(1, 'b')];
  await time.run(producer.sendTransaction({ topicMessages: [{ topic, messages }] }));
  expect([await valuesIn(wire, 0), await valuesIn(wire, 1)]).toEqual([['a'], ['b']]);
  const keys = wire.sent.filter(isCommit).map(({ headers }) => headers.get('idempotency-key'));
  expect(keys.length).toBe(5);
  expect(new Set(keys).size).toBe(1);
  await time.run(producer.sendTransaction({ topicMessages: [{ topic, messages }] }));
  expect(await valuesIn(wire, 0)).toEqual(['a', 'a']);
});

test('who disconnects waits for what is being committed', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  for (const begin of ['commit', 'sendTransaction'] as const) {
    const producer = await newProducer(wire);
    const transaction = await producer.transaction();
    const messages = [at(0, begin)];
    if (begin === 'commit') await time.run(transaction.send({ topic, messages }));
    let isStored = false;
    const work =
      begin === 'commit'
        ? transaction.commit()
        : producer.sendTransaction({ topicMessages: [{ topic, messages }] });
    void work.then(() => {
      isStored = true;
    });
    await time.run(producer.disconnect());
    expect(isStored).toBe(true);
  }
  expect(await valuesIn(wire, 0)).toEqual(['commit', 'sendTransaction']);
});

test('a commit of unknown outcome may be called again, and nothing may be added', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire, { deliveryTimeout: 1_000 });
  const transaction = await producer.transaction();
  await time.run(transaction.send({ topic, messages: [at(0, 'a')] }));
  // The last of its tries is refused, which says nothing of the first.
  fated(wire, 'unheard', ...Array.from({ length: 20 }, () => refusal(429, 429)));
  await expect(time.run(transaction.commit())).rejects.toMatchObject({ outcome: 'unknown' });
  await expect(transaction.send({ topic, messages: [] })).rejects.toThrow('committed or aborted');
  expect(transaction.isActive()).toBe(true);
  fated(wire);
  const [one, other] = await time.run(Promise.all([transaction.commit(), transaction.commit()]));
  expect(one).toBe(other);
  expect(await valuesIn(wire, 0)).toEqual(['a']);
  await expect(transaction.commit()).rejects.toThrow('committed or aborted');
});

test('what is aborted, or refused, leaves nothing', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire);
  const aborted = await producer.transaction();
  await time.run(aborted.send({ topic, messages: [at(0, 'a')] }));
  await aborted.abort();
  expect(aborted.isActive()).toBe(false);
  await expect(aborted.commit()).rejects.toThrow('committed or aborted');
  const refused = await producer.transaction();
  await time.run(refused.send({ topic, messages: [at(0, 'a'), at(1, 'x'.repeat(1_100_000))] }));
  await expect(time.run(refused.commit())).rejects.toMatchObject({ outcome: 'refused' });
  await refused.abort();
  const tooLarge = await producer.transaction();
  const messages = [at(0, 'x'.repeat(produceBodyBytesMax))];
  await expect(time.run(tooLarge.send({ topic, messages }))).rejects.toThrow('at most');
  expect(await time.run(tooLarge.commit())).toEqual([]);
  expect(await valuesIn(wire, 0)).toEqual([]);
});

test('offsets are committed with the messages, or the messages are not stored', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const group = await joinedGroup(wire);
  const { producer, members, committed } = group;
  const partitions = [
    { partition: 0, offset: '2' },
    { partition: 1, offset: '0' },
  ];
  const offsets = { consumerGroupId: 'g', topics: [{ topic, partitions }] };
  const topicMessages = [{ topic, messages: [at(3, 'made')] }];
  await time.run(producer.sendTransaction({ topicMessages, offsets }));
  expect(await committed()).toEqual([{ topic, partition: 0, offset: 2, metadata: '' }]);
  // What was read gave nothing.
  const more = {
    consumerGroupId: 'g',
    topics: [{ topic, partitions: [{ partition: 0, offset: '3' }] }],
  };
  await time.run(producer.sendTransaction({ topicMessages: [], offsets: more }));
  expect(await committed()).toMatchObject([{ offset: 3 }]);
  // The least that it is known to have held is what is said of all.
  members.join('g', (_, partition) =>
    partition === 2 ? { member: 'm', generation: 1_000_000 } : undefined,
  );
  const both = [2, 0].map((partition) => ({ partition, offset: '4' }));
  const two = { consumerGroupId: 'g', topics: [{ topic, partitions: both }] };
  await time.run(producer.sendTransaction({ topicMessages, offsets: two }));
  // Another has it now, and this client does not know it yet.
  await time.run(group.loseAll());
  const late = {
    consumerGroupId: 'g',
    topics: [{ topic, partitions: [{ partition: 0, offset: '5' }] }],
  };
  const sent = producer.sendTransaction({ topicMessages, offsets: late });
  await expect(time.run(sent)).rejects.toMatchObject({ outcome: 'refused' });
  expect(await valuesIn(wire, 3)).toEqual(['made', 'made']);
});

test('offsets of what this client does not hold are refused, and of two members', async () => {
  const wire = await newWire();
  const { producer, members } = await joinedGroup(wire);
  const transaction = await producer.transaction();
  const of = (consumerGroupId: string, partition: number, offset = '5') => ({
    consumerGroupId,
    topics: [{ topic, partitions: [{ partition, offset }] }],
  });
  await expect(transaction.sendOffsets(of('other', 0))).rejects.toMatchObject({
    type: 'ILLEGAL_GENERATION',
  });
  await expect(transaction.sendOffsets(of('', 0))).rejects.toThrow('consumerGroupId');
  await expect(transaction.sendOffsets(of('g', 0, 'none'))).rejects.toThrow('offset');
  await transaction.sendOffsets(of('g', 0));
  const leave = members.join('other', () => ({ member: 'n', generation: 1 }));
  await expect(transaction.sendOffsets(of('other', 0))).rejects.toThrow('one consumer');
  leave();
  expect(members.memberHolding('other', topic, 0)).toBeUndefined();
});

/** A member of the group g that holds all of the topic, and a producer of its client. */
async function joinedGroup(wire: Wire) {
  const { time } = wire.world;
  const connection = wire.newConnection();
  const type = 'application/vnd.kafka.v2+json';
  const instances = '/consumers/g/instances';
  const ask = (path: string, json: object) =>
    connection.askJson<object>({ method: 'POST', path, type, json });
  const members = new GroupMembers();
  const settings = producerSettings({}, undefined);
  const producer = new Producer(settings, {
    connection,
    host: wire.host,
    members,
    logger: newLogger(wire.host),
  });
  await producer.connect();
  const messages = Array.from({ length: 10 }, (_, index) => at(2 * (index % 2), `${index}`));
  await time.run(producer.send({ topic, messages }));
  const join = async (name: string) => {
    await ask('/consumers/g', { name, format: 'binary', 'auto.offset.reset': 'earliest' });
    await ask(`${instances}/${name}/subscription`, { topics: [topic] });
    const path = `${instances}/${name}/records?timeout=0`;
    const accept = 'application/vnd.kafka.binary.v2+json';
    const { headers } = await connection.ask({ method: 'GET', path, accept });
    return Number(headers.get('sluice-generation'));
  };
  const generation = await time.run(join('m'));
  members.join('g', (_, partition) => (partition === 2 ? undefined : { member: 'm', generation }));
  const path = `${instances}/m/offsets?topic=${topic}&partition=0`;
  return {
    producer,
    members,
    committed: async () => {
      const asked = connection.askJson<{ readonly offsets: unknown }>({ method: 'GET', path });
      return (await time.run(asked)).offsets;
    },
    loseAll: async () => {
      await connection.ask({ method: 'DELETE', path: `${instances}/m` });
      await join('n');
    },
  };
}
