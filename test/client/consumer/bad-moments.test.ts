// What comes at a bad moment: answers that are not the engine's, a run beside a run, a partition
// that comes back under a handler, a pause that outlives its run.

import { expect, test } from 'vitest';
import type { KafkaMessage } from '../../../client/consumer/messages.ts';
import { groupId, inStory, textOf } from './consumer-story.ts';

test('who answers before the engine does not stop it', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    const fates = [
      new Response('{"message":"Internal Server Error"}', { status: 500 }),
      new Response('<html>Sign in\n</html>'),
      new Response('{}\n'),
    ];
    wire.fateOf = ({ path }) => (path.endsWith('/fetch') ? (fates.shift() ?? 'passes') : 'passes');
    await time.sleep(60_000);
    expect(fates).toEqual([]);
    await produce(0, 'a');
    await until(() => seen.length === 1);
    await consumer.disconnect();
  }));

test.each(['', '{}', '{"instance_id":7}'])('nor does who answers %o when it joins', (said) =>
  inStory(async ({ wire, newConsumer, produce, until }) => {
    const consumer = await newConsumer();
    const seen: string[] = [];
    const crashes: boolean[] = [];
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload.restart));
    wire.fateOf = () => {
      wire.fateOf = () => 'passes';
      return new Response(said);
    };
    await produce(0, 'a');
    await consumer.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    await until(() => seen.length === 1);
    expect(crashes).toEqual([]);
    await consumer.disconnect();
  }),
);

test('whoever stops it at once, or runs it twice, finds one that runs', () =>
  inStory(async ({ wire, newConsumer, time }) => {
    const one = await newConsumer();
    const running = one.run({ eachMessage: () => undefined });
    await one.disconnect();
    await running;
    const other = await newConsumer();
    const twice = [1, 2].map(() => other.run({ eachMessage: () => undefined }));
    await Promise.all(twice);
    await other.disconnect();
    const sent = wire.sent.length;
    await time.sleep(60_000);
    expect(wire.sent.length).toBe(sent);
  }));

test('one that cannot say whether to start again does', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'a');
    const restartOnFailure = () => {
      throw new Error('no');
    };
    const consumer = await newConsumer({ retry: { retries: 0, restartOnFailure } });
    let tries = 0;
    await consumer.run({
      eachMessage: () => {
        if (tries++ === 0) throw new Error('fails once');
      },
    });
    await until(() => tries === 2);
    await consumer.disconnect();
  }));

test('what was paused before a crash goes on as soon as it is resumed', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b');
    await produce(1, 'poison');
    const consumer = await newConsumer({ retry: { retries: 0 } });
    const seen: string[] = [];
    let resume: (() => void) | undefined;
    let fails = 1;
    await consumer.run({
      partitionsConsumedConcurrently: 2,
      eachMessage: async ({ message, pause }) => {
        if (textOf(message) === 'poison' && fails-- > 0) {
          await time.sleep(2_000);
          throw new Error('fails once');
        }
        seen.push(textOf(message));
        if (textOf(message) === 'a') resume = pause();
      },
    });
    await until(() => seen.length === 2);
    await time.sleep(10_000);
    resume?.();
    await time.sleep(1_000);
    expect(seen).toEqual(['a', 'poison', 'b']);
    await consumer.disconnect();
  }));

test('a handler whose partition was another’s meanwhile commits nothing with a transaction', () =>
  inStory(async ({ newConsumer, produce, until, time, client }) => {
    for (const partition of [0, 1, 2, 3]) await produce(partition, 'a', 'b', 'c');
    await client.admin().createTopics({ topics: [{ topic: 'made', numPartitions: 1 }] });
    const producer = client.producer();
    await producer.connect();
    const make = (partition: number, messages: readonly KafkaMessage[]) => {
      const offset = `${Number(messages.at(-1)?.offset) + 1}`;
      const offsets = { topic: 'orders', partitions: [{ partition, offset }] };
      const made = messages.map((message) => ({ value: `${partition} ${textOf(message)}` }));
      return producer.sendTransaction({
        topicMessages: [{ topic: 'made', messages: made }],
        offsets: { consumerGroupId: groupId, topics: [offsets] },
      });
    };
    const gate = Promise.withResolvers<void>();
    const outcomes: string[] = [];
    let begun = 0;
    const slow = await newConsumer({ rebalanceTimeout: 5_000 });
    await slow.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch: { partition, messages } }) => {
        if (begun++ >= 4) return;
        await gate.promise;
        await make(partition, messages).then(
          () => outcomes.push('made'),
          ({ type }) => outcomes.push(type),
        );
      },
    });
    await until(() => begun === 4);
    const quick = await newConsumer();
    let done = 0;
    await quick.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => {
        if (message.offset === '0') done += (await make(partition, [message])).length;
      },
    });
    await until(() => done === 2);
    await quick.disconnect();
    await time.sleep(60_000);
    gate.resolve();
    await until(() => outcomes.length === 4);
    expect(outcomes.sort()).toEqual(['ILLEGAL_GENERATION', 'ILLEGAL_GENERATION', 'made', 'made']);
    await slow.disconnect();
  }));

test('it may have all partitions that a group may have, and commit where each begins', () =>
  inStory(async ({ client, time, wire }) => {
    const topics = ['a', 'b', 'c', 'd'].map((one) => `${one}-${'x'.repeat(100)}`);
    await client.admin().createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: 1_000 })),
    });
    const consumer = client.consumer({ groupId });
    await consumer.subscribe({ topics });
    let has = 0;
    consumer.on('consumer.group_join', ({ payload }) => {
      has = Object.values(payload.memberAssignment).flat().length;
    });
    const crashes: Error[] = [];
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload.error));
    await consumer.run({ eachMessage: () => undefined });
    await time.sleep(30_000);
    expect(crashes).toEqual([]);
    expect(has).toBe(4_000);
    expect(wire.sent.filter(({ path }) => path.endsWith('/offsets')).length).toBeGreaterThan(0);
    await consumer.disconnect();
  }));

test('whoever asks it to come back in an hour does not keep it from leaving', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    let seen = 0;
    await consumer.run({ eachMessage: () => seen++ });
    await until(() => seen === 1);
    const headers = { 'Retry-After': '3600' };
    wire.fateOf = () => new Response('Closed for repairs', { status: 503, headers });
    const began = time.now();
    await consumer.disconnect();
    expect(time.now() - began).toBeLessThan(60_000);
  }));

test('an engine that answers no commit that is under way does not keep it from leaving', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    await consumer.run({ autoCommitInterval: 2_000, eachMessage: () => undefined });
    let isCommitting = false;
    wire.fateOf = ({ path }) => {
      isCommitting ||= path.endsWith('/offsets');
      return 'hangs';
    };
    await until(() => isCommitting);
    const began = time.now();
    await consumer.disconnect();
    expect(time.now() - began).toBeLessThan(22_000);
  }));

test('what a handler in hand commits long after the stop has its own time', () =>
  inStory(async ({ wire, newConsumer, produce, until, time, committed }) => {
    await produce(0, 'a', 'b');
    const consumer = await newConsumer();
    const outcomes: unknown[] = [];
    const commit = (offset: string) =>
      consumer.commitOffsets([{ topic: 'orders', partition: 0, offset }]).then(
        () => outcomes.push('committed'),
        ({ retriable }) => outcomes.push({ retriable, atMillis: time.now() - began }),
      );
    let began = Number.NaN;
    await consumer.run({
      autoCommit: false,
      eachBatch: async () => {
        began = time.now();
        await time.sleep(60_000);
        await commit('1');
        wire.fateOf = ({ path }) => (path.endsWith('/offsets') ? 'hangs' : 'passes');
        await Promise.all([commit('2'), commit('2')]);
        wire.fateOf = () => 'passes';
      },
    });
    await until(() => began > 0);
    await consumer.disconnect();
    const late = { retriable: true, atMillis: expect.closeTo(70_000, -3) };
    expect(outcomes).toEqual(['committed', late, late]);
    expect(await committed()).toEqual([1, -1, -1, -1]);
  }));

test('while it starts again it may be told to pause, and to resume', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'a');
    const consumer = await newConsumer({ retry: { retries: 0 } });
    let tries = 0;
    const crashed = Promise.withResolvers<void>();
    consumer.on('consumer.crash', () => crashed.resolve());
    await consumer.run({
      eachMessage: () => {
        if (tries++ === 0) throw new Error('fails once');
      },
    });
    await crashed.promise;
    consumer.pause([{ topic: 'orders' }]);
    consumer.resume([{ topic: 'orders' }]);
    await until(() => tries === 2);
    await consumer.disconnect();
  }));
