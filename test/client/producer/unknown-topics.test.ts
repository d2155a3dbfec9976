// Topics of which the engine does not say how many partitions they have: they hold up their own
// calls, in their order, for as long as those have, and no others.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TopicLines } from '../../../client/producer/topic-lines.ts';
import { newWire, type Wire } from '../wire.ts';
import { newProducer, refusal, valuesIn } from './logs.ts';

const at = (value: string) => ({ partition: 0, value });
const asksFor = (topic: string) => `/topics/${topic}/partitions`;

async function wireWithBills(): Promise<Wire> {
  const wire = await newWire();
  await wire.world.time.run(wire.world.createTopic({ name: 'bills', partitions: 1 }));
  return wire;
}

test('a topic that nobody answers for holds up no other, and fails in its time', async () => {
  const wire = await wireWithBills();
  const producer = await newProducer(wire, { deliveryTimeout: 20_000 });
  const { time } = wire.world;
  wire.fateOf = ({ path }) => (path === asksFor('bills') ? 'hangs' : 'passes');
  const began = time.now();
  const first = producer.send({ topic: 'bills', messages: [at('first')] });
  const ended = first.catch(() => time.now() - began);
  await time.run(producer.send({ topic: 'orders', messages: [at('a')] }));
  expect(time.now() - began).toBeLessThan(1_000);
  await time.run(time.sleep(10_000));
  const second = producer.send({ topic: 'bills', messages: [at('second')] });
  wire.fateOf = () => 'passes';
  await expect(time.run(first)).rejects.toMatchObject({ outcome: 'refused', retriable: true });
  expect(await time.run(ended)).toBe(20_000);
  // Who came later has time left.
  await time.run(second);
  expect(await valuesIn(wire, 0, 'bills')).toEqual(['second']);
});

test('calls of the same topic stay in their order, also behind one of several topics', async () => {
  const wire = await wireWithBills();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  wire.fateOf = ({ path }) => (path === asksFor('bills') ? 'hangs' : 'passes');
  const messages = [at('a')];
  await time.run(producer.send({ topic: 'orders', messages }));
  const topicMessages = ['orders', 'bills'].map((topic) => ({ topic, messages: [at('b')] }));
  const sends = [
    producer.send({ topic: 'bills', messages }),
    producer.sendBatch({ topicMessages }),
    producer.send({ topic: 'orders', messages: [at('c')] }),
    producer.send({ topic: 'bills', messages: [at('c')] }),
  ];
  await time.run(time.sleep(10_000));
  expect(await valuesIn(wire, 0)).toEqual(['a']);
  wire.fateOf = () => 'passes';
  await time.run(Promise.all(sends));
  expect(await valuesIn(wire, 0)).toEqual(['a', 'b', 'c']);
  expect(await valuesIn(wire, 0, 'bills')).toEqual(['a', 'b', 'c']);
});

test('when it may not be asked for, all that wait for it are told by one answer', async () => {
  const wire = await wireWithBills();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  wire.fateOf = ({ path }) => (path === asksFor('bills') ? refusal(403, 40301) : 'passes');
  const topicMessages = ['orders', 'bills'].map((topic) => ({ topic, messages: [at('b')] }));
  const sends = [
    producer.send({ topic: 'bills', messages: [at('a')] }),
    producer.sendBatch({ topicMessages }),
    producer.send({ topic: 'bills', messages: [at('c')] }),
  ];
  const orders = producer.send({ topic: 'orders', messages: [at('a')] });
  const ends = await time.run(Promise.allSettled(sends));
  expect(ends).toMatchObject(
    sends.map(() => ({ reason: { code: 40301, outcome: 'refused', retriable: false } })),
  );
  await time.run(orders);
  expect(wire.sent.filter(({ path }) => path === asksFor('bills')).length).toBe(1);
  await time.run(producer.disconnect());
});

test('who gives up a call of several topics holds up none of them any more', async () => {
  const wire = await wireWithBills();
  const producer = await newProducer(wire);
  const { time } = wire.world;
  await time.run(producer.send({ topic: 'orders', messages: [at('a')] }));
  wire.fateOf = ({ path }) => (path === asksFor('bills') ? 'hangs' : 'passes');
  void producer.send({ topic: 'bills', messages: [at('a')] }).catch(() => undefined);
  const topicMessages = ['orders', 'bills'].map((topic) => ({ topic, messages: [at('b')] }));
  const abort = new AbortController();
  const given = producer.sendBatch({ topicMessages, signal: abort.signal });
  const orders = producer.send({ topic: 'orders', messages: [at('c')] });
  abort.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  const began = time.now();
  await time.run(orders);
  expect(time.now() - began).toBeLessThan(1_000);
});

const topics = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('comes' as const), topics }),
    fc.record({ kind: fc.constant('is known' as const), topics }),
    fc.record({ kind: fc.constant('is given up' as const), at: fc.nat(20) }),
  ),
);

test('whatever is known when, each topic’s calls go in their order, and all go in the end', () => {
  type Call = {
    readonly id: number;
    readonly topics: readonly string[];
    send: { isOver: boolean };
  };
  fc.assert(
    fc.property(steps, (all) => {
      const lines = new TopicLines<Call>();
      const calls: Call[] = [];
      const gone: Call[] = [];
      const known = new Set<string>();
      const mayGo = (call: Call) => call.topics.every((topic) => known.has(topic));
      for (const step of all) {
        if (step.kind === 'comes') {
          const call = { id: calls.length, topics: step.topics, send: { isOver: false } };
          calls.push(call);
          const names = call.topics.map((topic) => ({ topic }));
          if (lines.holds(names) || !mayGo(call)) lines.join(call, new Set(call.topics));
          else gone.push(call);
        } else if (step.kind === 'is known') {
          for (const topic of step.topics) known.add(topic);
          for (const topic of step.topics) gone.push(...lines.advance(topic, mayGo));
        } else {
          const call = calls[step.at];
          if (call !== undefined && !gone.includes(call)) call.send.isOver = true;
        }
      }
      for (const topic of ['a', 'b', 'c']) known.add(topic);
      for (const topic of ['a', 'b', 'c']) gone.push(...lines.advance(topic, mayGo));
      const living = calls.filter(({ send }) => !send.isOver);
      for (const topic of ['a', 'b', 'c']) {
        const ofTopic = (some: readonly Call[]) => {
          return some.filter((call) => call.topics.includes(topic)).map(({ id }) => id);
        };
        expect(ofTopic(gone.filter((call) => living.includes(call)))).toEqual(ofTopic(living));
        expect(new Set(gone).size).toBe(calls.length);
        expect(lines.holds([{ topic }])).toBe(false);
      }
    }),
  );
});
