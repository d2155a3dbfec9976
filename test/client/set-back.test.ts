// A clock that is set back an hour: what was to be in a moment is not in an hour.

import { expect, test } from 'vitest';
import type { Host } from '../../client/host.ts';
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

test('what was gathered goes at once', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const producer = wire.newClient({}, host).producer();
  await producer.connect();
  const story = async () => {
    await producer.send({ topic, messages: [{ value: 'a' }] });
    const began = time.now();
    const sent = producer.send({ topic, messages: [{ value: 'b' }] });
    await time.sleep(1);
    setBack();
    await sent;
    expect(time.now() - began).toBeLessThan(10_000);
  };
  await time.run(story());
});

test('a topic is not asked for until the clock is where it was', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const producer = wire.newClient({}, host).producer();
  await producer.connect();
  const story = async () => {
    const send = () => producer.send({ topic, messages: [{ value: 'a', partition: 9 }] });
    const first = send();
    await time.sleep(1);
    const sends = [first, send()];
    setBack();
    for (const sent of sends) await expect(sent).rejects.toThrow('partition');
  };
  await time.run(story());
  expect(wire.sent.length).toBeLessThan(4);
});

test('what pauses since it was refused goes again at once', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const producer = wire.newClient({}, host).producer();
  await producer.connect();
  const story = async () => {
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
  };
  await time.run(story());
});

test('a consumer is heard of, and commits', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const client = wire.newClient({}, host);
  const producer = client.producer();
  const consumer = client.consumer({ groupId: 'shop' });
  const story = async () => {
    await producer.connect();
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
  };
  await time.run(story());
});

test('a handler that has failed is called again', async () => {
  const wire = await newWire();
  const { time } = wire.world;
  const { host, setBack } = skewed(wire);
  const client = wire.newClient({}, host);
  const producer = client.producer();
  const consumer = client.consumer({ groupId: 'shop' });
  const story = async () => {
    await producer.connect();
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
  };
  await time.run(story());
});
