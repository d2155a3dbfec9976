// What fails, and what it does not take with it.

import { expect, test } from 'vitest';
import type { SendError } from '../../../client/producer/send.ts';
import { newWire, type Wire } from '../wire.ts';
import { isProduce, newProducer, produces, refusal, valuesIn } from './logs.ts';

const topic = 'orders';
const at = (partition: number, value: string) => ({ partition, value });

/** What becomes of requests that carry messages, one after the other; others pass. */
function fated(wire: Wire, ...fates: (ReturnType<Wire['fateOf']> | (() => void))[]): void {
  wire.fateOf = (sent) => {
    const fate = isProduce(sent) ? (fates.shift() ?? 'passes') : 'passes';
    if (typeof fate !== 'function') return fate;
    fate();
    return 'passes';
  };
}

function settle(sends: readonly Promise<unknown>[]) {
  return Promise.all(
    sends.map((sent) =>
      sent.then(
        () => 'stored',
        (error: SendError) => error.outcome,
      ),
    ),
  );
}

test('a partition that fails goes again alone, before what came later', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time, faults } = wire.world;
  await time.run(producer.send({ topic, messages: [0, 1].map((one) => at(one, 'first')) }));
  // The engine gives up on one head, and stores the other.
  fated(wire, () => faults.next('write', ...Array<'throttled'>(10).fill('throttled')));
  const sends = [0, 1].map((one) => producer.send({ topic, messages: [at(one, 'a')] }));
  await time.run(Promise.race(sends));
  expect(produces(wire).length).toBe(2);
  sends.push(producer.send({ topic, messages: [at(0, 'b'), at(1, 'b')] }));
  await time.run(Promise.all(sends));
  expect(await valuesIn(wire, 0)).toEqual(['first', 'a', 'b']);
  expect(await valuesIn(wire, 1)).toEqual(['first', 'a', 'b']);
});

test('what has time left is tried on when nobody has given an id in time', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const retry = { initialRetryTime: 1_000, multiplier: 1, factor: 0 };
  const producer = wire.newClient({ retry }).producer({ deliveryTimeout: 10_000 });
  await producer.connect();
  const began = time.now();
  const isDead = () => time.now() < began + 10_500;
  wire.fateOf = ({ path }) => (path === '/producers' && isDead() ? 'lost' : 'passes');
  const story = async () => {
    const first = producer.send({ topic, messages: [at(0, 'first')] });
    const firstOutcome = settle([first]);
    await time.sleep(9_000);
    const second = producer.send({ topic, messages: [at(1, 'second')] });
    return [...(await firstOutcome), ...(await settle([second]))];
  };
  expect(await time.run(story())).toEqual(['refused', 'stored']);
});

test('what is answered with a redirection is not asked for each message', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  wire.fateOf = (sent) => (isProduce(sent) ? new Response('moved', { status: 301 }) : 'passes');
  const messages = Array.from({ length: 100 }, (_, index) => at(index % 4, `${index}`));
  const sent = wire.world.time.run(producer.send({ topic, messages }));
  await expect(sent).rejects.toMatchObject({ outcome: 'refused', status: 301 });
  expect(produces(wire).length).toBe(1);
});

test('one message that is too large fails by itself', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const configs = [{ name: 'max.message.bytes', value: '2000' }];
  await time.run(
    wire.newConnection().askJson({
      method: 'POST',
      path: '/v3/clusters/sluice/topics',
      json: { topic_name: 'small', partitions_count: 4, configs },
    }),
  );
  const producer = await newProducer(wire, { compression: 'none' });
  const sends = Array.from({ length: 80 }, (_, index) => {
    const value = index === 41 ? 'x'.repeat(3_000) : `${index}`.padEnd(100);
    return producer.send({ topic: 'small', messages: [at(index % 4, value)] });
  });
  const outcomes = await time.run(settle(sends));
  expect(outcomes.filter((outcome) => outcome === 'stored').length).toBe(79);
  expect(outcomes[41]).toBe('refused');
  await expect(sends[41]).rejects.toMatchObject({
    message: expect.stringContaining('max.message.bytes, 2000'),
    failed: [{ topic: 'small', partition: 1, messages: 1 }],
    stored: [],
  });
  for (const partition of [0, 1, 2, 3]) {
    const values = await valuesIn(wire, partition, 'small');
    const sorted = [...values].sort((one, other) => Number(one) - Number(other));
    expect(values).toEqual(sorted);
  }
  // What was learned is kept: no batch is refused again.
  const before = producer.stats();
  const messages = Array.from({ length: 100 }, (_, index) => at(0, `${index}`.padEnd(100)));
  await time.run(producer.send({ topic: 'small', messages }));
  expect(producer.stats().failedRequests).toBe(before.failedRequests);
});

test('one message that a topic does not take fails by itself, in a batch of many', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const configs = [{ name: 'cleanup.policy', value: 'compact' }];
  await time.run(
    wire.newConnection().askJson({
      method: 'POST',
      path: '/v3/clusters/sluice/topics',
      json: { topic_name: 'states', partitions_count: 1, configs },
    }),
  );
  const producer = await newProducer(wire);
  const sends = Array.from({ length: 100 }, (_, index) => {
    const key = index === 13 ? {} : { key: `${index}` };
    return producer.send({ topic: 'states', messages: [{ ...key, value: `${index}` }] });
  });
  const outcomes = await time.run(settle(sends));
  expect(outcomes.indexOf('refused')).toBe(13);
  const values = await valuesIn(wire, 0, 'states');
  expect(values).toEqual([...Array(100).keys()].filter((index) => index !== 13).map(String));
});

test('a message that is refused costs those of other partitions a few requests', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { compression: 'none', batchBytes: 10_000_000 });
  const { time } = wire.world;
  const large = 'x'.repeat(2_000_000);
  const sends = ['a', large, 'c', 'd'].map((value, partition) =>
    producer.send({ topic, messages: [at(partition, value)] }),
  );
  expect(await time.run(settle(sends))).toEqual(['stored', 'refused', 'stored', 'stored']);
  // All four; two and two; the bad one and its neighbour.
  expect(produces(wire).length).toBe(5);
  const again = [0, 1, 2, 3].map((one) => producer.send({ topic, messages: [at(one, 'e')] }));
  await time.run(Promise.all(again));
  expect(produces(wire).length).toBe(6);
});

test('a call that is stored in part says which, and is not called refused', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { compression: 'none', batchBytes: 10_000_000 });
  const messages = [at(0, 'a'), at(1, 'x'.repeat(5_000_000)), at(2, 'c')];
  const sent = producer.send({ topic, messages });
  await expect(wire.world.time.run(sent)).rejects.toMatchObject({
    name: 'SendError',
    outcome: 'unknown',
    failed: [{ topic, partition: 1, messages: 1, error: { outcome: 'refused' } }],
    stored: [
      { partition: 0, baseOffset: '0' },
      { partition: 2, baseOffset: '0' },
    ],
  });
});

test('what cannot be told in time is unknown, and what comes after it goes on', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { deliveryTimeout: 2_000 });
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  fated(wire, 'unheard', ...Array<'lost'>(30).fill('lost'));
  const lost = producer.send({ topic, messages: [at(0, 'lost')] });
  await expect(time.run(lost)).rejects.toMatchObject({ outcome: 'unknown' });
  fated(wire);
  await time.run(producer.send({ topic, messages: [at(0, 'next')] }));
  expect(await valuesIn(wire, 0)).toEqual(['first', 'lost', 'next']);
  expect(wire.sent.filter(({ path }) => path === '/producers').length).toBe(2);
});

test('what was refused until its time was over is refused', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { deliveryTimeout: 2_000 });
  const { time } = wire.world;
  wire.fateOf = (sent) => (isProduce(sent) ? refusal(429, 429) : 'passes');
  const refused = producer.send({ topic, messages: [at(0, 'a')] });
  await expect(time.run(refused)).rejects.toMatchObject({ outcome: 'refused', code: 50004 });
  fated(wire);
  await time.run(producer.send({ topic, messages: [at(0, 'b')] }));
  expect(await valuesIn(wire, 0)).toEqual(['b']);
  expect(wire.sent.filter(({ path }) => path === '/producers').length).toBe(1);
});

test('a try after one that nobody heard of cannot make it refused', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  fated(wire, 'unheard', refusal(403, 40301));
  const sent = producer.send({ topic, messages: [at(0, 'a')] });
  await expect(wire.world.time.run(sent)).rejects.toMatchObject({ outcome: 'unknown' });
  expect(await valuesIn(wire, 0)).toEqual(['a']);
});

test('a topic that was made anew is written to as by another producer', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'a')] }));
  const connection = wire.newConnection();
  const path = '/v3/clusters/sluice/topics';
  await time.run(connection.ask({ method: 'DELETE', path: `${path}/orders` }));
  const json = { topic_name: 'orders', partitions_count: 4 };
  await time.run(connection.askJson({ method: 'POST', path, json }));
  wire.restart();
  await time.run(producer.send({ topic, messages: [at(0, 'b')] }));
  expect(await valuesIn(wire, 0)).toEqual(['b']);
});

test('the engine’s pause is kept, and messages gather meanwhile', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  await time.run(producer.send({ topic, messages: [at(0, 'first')] }));
  fated(wire, refusal(429, 429, { 'Retry-After': '7' }));
  const began = time.now();
  const sends = [producer.send({ topic, messages: [at(0, 'a')] })];
  for (let index = 0; index < 10; index++) {
    await time.run(time.sleep(100));
    sends.push(producer.send({ topic, messages: [at(0, `${index}`)] }));
  }
  await time.run(Promise.all(sends));
  expect(time.now() - began).toBeGreaterThanOrEqual(7_000);
  expect(produces(wire).length).toBe(3);
});

test('without sequences what is sent again may be there twice', async () => {
  const wire = await newWire();
  const producer = await newProducer(wire, { idempotent: false });
  expect(producer.isIdempotent()).toBe(false);
  fated(wire, 'unheard');
  await wire.world.time.run(producer.send({ topic, messages: [at(0, 'a')] }));
  expect(await valuesIn(wire, 0)).toEqual(['a', 'a']);
  expect(wire.sent.some(({ path }) => path === '/producers')).toBe(false);
});
