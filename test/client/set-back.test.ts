// A clock that is set back an hour: what was to be in a moment is not in an hour.

import { expect, test } from 'vitest';
import type { Consumer } from '../../client/consumer/consumer.ts';
import type { Host } from '../../client/host.ts';
import type { Producer } from '../../client/producer/producer.ts';
import { isProduce, refusal } from './producer/logs.ts';
import { newWire, type Wire } from './wire.ts';

const topic = 'orders';
const backMillis = 3_600_000;

function skewed({ host }: Wire): { readonly host: Host; setBack: () => void } {
  let skew = 0;
  const { clock } = host;
  return {
    host: {
      ...host,
      clock: {
        now: () => clock.now() + skew,
        sleep: (millis, wake) => clock.sleep(millis, wake),
        turn: () => clock.turn(),
      },
    },
    setBack: () => {
      skew = -backMillis;
    },
  };
}

type Story = {
  readonly wire: Wire;
  readonly time: Wire['world']['time'];
  readonly producer: Producer;
  readonly consumer: Consumer;
  readonly setBack: () => void;
};

/** Of a client whose clock alone is set back. */
async function inStory(tell: (story: Story) => Promise<void>): Promise<void> {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const client = wire.newClient({}, host);
  const producer = client.producer();
  await producer.connect();
  const consumer = client.consumer({ groupId: 'shop' });
  await time.run(tell({ wire, time, producer, consumer, setBack }));
}

test('what was gathered goes at once', () =>
  inStory(async ({ time, producer, setBack }) => {
    await producer.send({ topic, messages: [{ value: 'a' }] });
    const began = time.now();
    const sent = producer.send({ topic, messages: [{ value: 'b' }] });
    await time.sleep(1);
    setBack();
    await sent;
    expect(time.now() - began).toBeLessThan(10_000);
  }));

test('a topic is not asked for until the clock is where it was', () =>
  inStory(async ({ wire, time, producer, setBack }) => {
    const send = () => producer.send({ topic, messages: [{ value: 'a', partition: 9 }] });
    const first = send();
    await time.sleep(1);
    const sends = [first, send()];
    setBack();
    for (const sent of sends) await expect(sent).rejects.toThrow('partition');
    expect(wire.sent.length).toBeLessThan(4);
  }));

test('what pauses since it was refused goes again at once', () =>
  inStory(async ({ wire, time, producer, setBack }) => {
    await producer.send({ topic, messages: [{ value: 'a' }] });
    const fates = [refusal(503, 50003)];
    wire.fateOf = (sent) => (isProduce(sent) ? (fates.shift() ?? 'passes') : 'passes');
    const began = time.now();
    const sent = producer.send({ topic, messages: [{ value: 'b' }] });
    await time.sleep(100);
    expect(fates).toEqual([]);
    setBack();
    await sent;
    expect(time.now() - began).toBeLessThan(10_000);
  }));

test('a consumer is heard of, and commits', () =>
  inStory(async ({ wire, time, producer, consumer, setBack }) => {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const { promise: seen, resolve: see } = Promise.withResolvers<void>();
    await consumer.run({ eachMessage: () => see() });
    await producer.send({ topic, messages: [{ value: 'a' }] });
    await seen;
    consumer.pause([{ topic }]);
    await time.sleep(25_000);
    setBack();
    const { length } = wire.sent;
    await time.sleep(60_000);
    expect(wire.sent.slice(length).length).toBeGreaterThan(10);
    consumer.resume([{ topic }]);
    const commits = () => wire.sent.filter(({ path }) => path.endsWith('/offsets')).length;
    const before = commits();
    await producer.send({ topic, messages: [{ value: 'b' }] });
    await time.sleep(10_000);
    expect(commits()).toBe(before + 1);
    await consumer.disconnect();
  }));

test('a handler that has failed is called again', () =>
  inStory(async ({ time, producer, consumer, setBack }) => {
    await producer.send({ topic, messages: [{ value: 'a' }] });
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const { promise: again, resolve: isCalledAgain } = Promise.withResolvers<void>();
    const began = time.now();
    let calls = 0;
    await consumer.run({
      eachMessage: () => {
        if (++calls > 1) return isCalledAgain();
        time.after(100, setBack);
        throw new Error('fails once');
      },
    });
    await again;
    expect(time.now() - began).toBeLessThan(10_000);
    await consumer.disconnect();
  }));
