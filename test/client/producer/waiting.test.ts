// When a call waits, and how it ends: room, flush, disconnect, abort; and what is found before
// anything is sent.

import { expect, test } from 'vitest';
import { CompressionTypes, type Message } from '../../../client/producer/messages.ts';
import type { SendError } from '../../../client/producer/send.ts';
import { headersPerRecordMax, timestampMax } from '../../../shared/limits.ts';
import { newWire } from '../wire.ts';
import { isProduce, newProducer, produces, valuesIn } from './logs.ts';

const topic = 'orders';
const at = (partition: number, value: string) => ({ partition, value });

test('when the buffer is full, send waits, and all goes in the order of the calls', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { bufferBytes: 5_000, compression: 'none' });
  const { time } = wire.world;
  const values = Array.from({ length: 50 }, (_, index) => `${index}:${'x'.repeat(1_000)}`);
  let largest = 0;
  producer.on(producer.events.REQUEST, ({ payload }) => {
    largest = Math.max(largest, payload.bytes);
  });
  await time.run(
    Promise.all(values.map((value) => producer.send({ topic, messages: [at(0, value)] }))),
  );
  expect(await valuesIn(wire, 0)).toEqual(values);
  expect(largest).toBeLessThan(8_000);
  // One call may hold more than there is room for.
  await time.run(producer.send({ topic, messages: values.map((value) => at(1, value)) }));
  expect(await valuesIn(wire, 1)).toEqual(values);
});

test('who waits for room has what is gathered sent at once', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { bufferBytes: 1_000, lingerMs: 60_000 });
  const { time } = wire.world;
  const began = time.now();
  const messages = Array.from({ length: 9 }, () => at(0, 'x'.repeat(400)));
  const sent = producer.send({ topic, messages });
  await time.run(producer.flush().then(() => sent));
  void producer.send({ topic, messages: messages.slice(0, 6) });
  await time.run(time.sleep(5_000));
  expect((await valuesIn(wire, 0)).length).toBeGreaterThanOrEqual(12);
  expect(time.now() - began).toBeLessThan(60_000);
});

test('who waits for room has no more time than others', async () => {
  const wire = await newWire();
  const options = { bufferBytes: 1_000, compression: 'none', deliveryTimeout: 10_000 } as const;
  const producer = await newProducer(wire, options);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  wire.fateOf = (sent) => (isProduce(sent) ? 'lost' : 'passes');
  const began = time.now();
  const ends: (readonly [string, number])[] = [];
  const send = async (...messages: Message[]) => {
    const error = await producer.send({ topic, messages }).catch((fault: SendError) => fault);
    ends.push([(error as SendError).outcome, time.now() - began]);
    return error as SendError;
  };
  const value = 'x'.repeat(900);
  const story = async () => {
    const sends = [at(0, value), at(1, value), at(2, value)].map((message) => send(message));
    await time.sleep(5_000);
    // A part of it is gathered once the others are over, and another is not.
    const last = send(at(0, value), at(1, value), at(2, value), { value });
    await Promise.all(sends);
    return last;
  };
  const { failed } = await time.run(story());
  expect(ends.map(([outcome]) => outcome)).toEqual(['unknown', 'unknown', 'refused', 'unknown']);
  for (const [index, [, millis]] of ends.entries()) {
    expect(Math.round(millis / 1_000)).toBe(index < 3 ? 10 : 15);
  }
  expect(failed.map(({ error: { outcome } }) => outcome)).toEqual([
    ...['unknown', 'unknown'],
    ...['refused', 'refused'],
  ]);
  expect(failed.map(({ partition }) => partition)).toEqual([0, 1, 2, -1]);
});

test('flush does not linger, and waits for what was sent before it', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { lingerMs: 60_000 });
  const { time } = wire.world;
  const began = time.now();
  let stored = 0;
  for (const partition of [0, 1, 2]) {
    void producer.send({ topic, messages: [at(partition, 'a')] }).then(() => stored++);
  }
  await time.run(producer.flush());
  expect([stored, produces(wire).length]).toEqual([3, 1]);
  await time.run(producer.flush());
  expect(time.now() - began).toBeLessThan(60_000);
});

test('disconnect sends what is gathered, and nothing is taken after it', async () => {
  const wire = await newWire();
  const told: string[] = [];
  const { time } = wire.world;
  const producer = wire.newClient().producer({ lingerMs: 60_000 });
  const { CONNECT, DISCONNECT } = producer.events;
  for (const type of [CONNECT, DISCONNECT] as const) {
    producer.on(type, (event) => {
      told.push(`${event.id}:${event.type}`);
    });
  }
  await expect(producer.send({ topic, messages: [at(0, 'a')] })).rejects.toThrow('not connected');
  {
    await using disposed = producer;
    await disposed.connect();
    void disposed.send({ topic, messages: [at(0, 'a')] });
    await time.run(disposed.disconnect());
  }
  await expect(producer.send({ topic, messages: [at(0, 'b')] })).rejects.toThrow('not connected');
  await expect(producer.transaction()).rejects.toThrow('not connected');
  expect(await valuesIn(wire, 0)).toEqual(['a']);
  expect(told).toEqual(['0:producer.connect', '1:producer.disconnect']);
});

test('whoever disconnects twice waits twice', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const producer = await newProducer(wire);
  let isStored = false;
  void producer.send({ topic, messages: [{ value: 'a' }] }).then(() => {
    isStored = true;
  });
  const first = producer.disconnect();
  await time.run(producer.disconnect());
  expect(isStored).toBe(true);
  await first;
});

test('who aborts waits no more: what is gathered is sent, the rest is not', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { bufferBytes: 1_000, compression: 'none' });
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  const { signal, abort } = aborting();
  wire.fateOf = (sent) => {
    if (isProduce(sent)) abort();
    return 'passes';
  };
  const messages = Array.from({ length: 9 }, (_, index) => at(0, `${index}${'x'.repeat(600)}`));
  const sent = producer.send({ topic, messages, signal });
  await expect(time.run(sent)).rejects.toThrow('enough');
  await time.run(producer.send({ topic, messages: [at(0, 'last')] }));
  const values = await valuesIn(wire, 0);
  expect(values.map((value) => value.slice(0, 1))).toEqual(['f', '0', '1', 'l']);
  const late = producer.send({ topic, messages: [at(0, 'never')], signal });
  await expect(late).rejects.toThrow('enough');
  await time.run(producer.disconnect());
});

function aborting() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) };
}

test('without acks nobody waits, and disconnect does', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { lingerMs: 60_000 });
  const { time } = wire.world;
  const sent = producer.send({ topic, messages: [at(0, 'a')], acks: 0 });
  expect(await time.run(sent)).toEqual([]);
  expect(produces(wire).length).toBe(0);
  await time.run(producer.disconnect());
  expect(await valuesIn(wire, 0)).toEqual(['a']);
});

test('a call with a message that cannot be sent sends none of them, and says why', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  const many = Object.fromEntries(
    Array.from({ length: headersPerRecordMax + 1 }, (_, index) => [`h${index}`, 'v']),
  );
  const bad: readonly (readonly [object, string])[] = [
    [{ value: undefined }, 'messages[1].value: must be text, bytes or null'],
    [{ value: 5 }, 'messages[1].value: must be text, bytes or null'],
    [{ value: 'a', key: {} }, 'messages[1].key: must be text, bytes or null'],
    [
      { value: 'a', timestamp: 'now' },
      `messages[1].timestamp: must be milliseconds, an integer from 0 to ${timestampMax}`,
    ],
    [{ value: 'a', timestamp: timestampMax + 1 }, 'messages[1].timestamp'],
    [{ value: 'a', partition: 4 }, 'messages[1].partition: topic orders has 4, and no 4'],
    [{ value: 'a', partition: 0.5 }, 'messages[1].partition'],
    [{ value: 'a', headers: { h: 5 } }, 'messages[1].headers.h: must be text, bytes'],
    [{ value: 'a', headers: many }, `messages[1].headers: must be at most ${headersPerRecordMax}`],
    [{ value: Buffer.alloc(33 * 1024 * 1024) }, 'messages[1]: must take at most 33554432 bytes'],
  ];
  for (const [message, said] of bad) {
    const messages = [at(0, 'good'), message as Message];
    await expect(time.run(producer.send({ topic, messages }))).rejects.toMatchObject({
      message: expect.stringContaining(said),
      outcome: 'refused',
      retriable: false,
    });
  }
  expect(produces(wire).length).toBe(0);
});

test('what a message says arrives as it was said', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  const headers = { one: 'ä', two: Buffer.from([1]), many: ['a', 'b'], none: undefined };
  for (const compression of Object.values(CompressionTypes)) {
    const messages: Message[] = [
      { partition: 1, key: 'ключ', value: 'x'.repeat(9_000), timestamp: '1700000000000', headers },
      { partition: 1, key: Buffer.from([0]), value: null, timestamp: 5 },
      { partition: 1, value: Buffer.from([255]) },
    ];
    await time.run(producer.send({ topic, messages, compression }));
  }
  const path = '/topics/orders/partitions/1/records?offset=12';
  const accept = 'application/vnd.kafka.binary.v2+json';
  const ask = wire.newConnection().askJson<readonly object[]>({ method: 'GET', path, accept });
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  expect(await time.run(ask)).toMatchObject([
    {
      key: base64('ключ'),
      value: base64('x'.repeat(9_000)),
      timestamp: 1_700_000_000_000,
      headers: [
        { key: 'one', value: base64('ä') },
        { key: 'two', value: 'AQ==' },
        { key: 'many', value: base64('a') },
        { key: 'many', value: base64('b') },
        { key: 'none', value: null },
      ],
    },
    { key: 'AA==', value: null, timestamp: 5 },
    { key: null, value: '/w==' },
  ]);
});
