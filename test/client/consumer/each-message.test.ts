// One consumer, message by message: what its handler is given, in which order, and what becomes of
// it when the handler fails.

import { expect, test } from 'vitest';
import type { EachMessagePayload } from '../../../client/consumer/messages.ts';
import { inStory, textOf } from './consumer-story.ts';

const retry = { retries: 2, initialRetryTime: 100 };

test('messages come in the order of their partition, and are committed when it stops', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a', 'b', 'c');
    await produce(1, 'd');
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({
      eachMessage: ({ partition, message }: EachMessagePayload) => {
        seen.push(`${partition} ${message.offset} ${textOf(message)}`);
      },
    });
    await until(() => seen.length === 4);
    await produce(0, 'e');
    await until(() => seen.length === 5);
    expect(seen.filter((one) => one.startsWith('0'))).toEqual(['0 0 a', '0 1 b', '0 2 c', '0 3 e']);
    expect(seen).toContain('1 0 d');
    await consumer.disconnect();
    expect(await committed()).toEqual([4, 1, -1, -1]);
  }));

test('a consumer goes on in the middle of a batch, where the last one has stopped', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b', 'c');
    const seen: string[] = [];
    const first = await newConsumer();
    await first.run({
      eachMessage: ({ message }) => {
        seen.push(textOf(message));
        if (seen.length === 2) void first.stop();
      },
    });
    await until(() => seen.length === 2);
    await first.disconnect();
    const second = await newConsumer();
    const began = time.now();
    await second.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    await until(() => seen.length === 3);
    // Nobody waits for the first one's session to be over.
    expect(time.now() - began).toBeLessThan(1_000);
    await second.disconnect();
    expect(seen).toEqual(['a', 'b', 'c']);
  }));

test('a message that fails is tried again, and nothing of its partition comes before it', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'a', 'b', 'c');
    await produce(1, 'other');
    const seen: string[] = [];
    const consumer = await newConsumer({ retry });
    let failures = 2;
    await consumer.run({
      partitionsConsumedConcurrently: 2,
      eachMessage: async ({ message }) => {
        seen.push(textOf(message));
        if (textOf(message) === 'b' && failures-- > 0) throw new Error('not yet');
      },
    });
    await until(() => seen.includes('c'));
    await consumer.disconnect();
    expect(seen.filter((one) => one !== 'other')).toEqual(['a', 'b', 'b', 'b', 'c']);
    // Meanwhile others are worked on.
    expect(seen.indexOf('other')).toBeLessThan(seen.lastIndexOf('b'));
  }));

test('a handler that fails too often is a crash, and what is not committed comes again', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a', 'b', 'c');
    const seen: string[] = [];
    const crashes: unknown[] = [];
    const consumer = await newConsumer({ retry });
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload));
    let failures = 4;
    const cause = new Error('no way');
    await consumer.run({
      eachMessage: ({ message }) => {
        seen.push(textOf(message));
        if (textOf(message) === 'b' && failures-- > 0) throw cause;
      },
    });
    await until(() => seen.includes('c'));
    expect(seen).toEqual(['a', 'b', 'b', 'b', 'b', 'b', 'c']);
    expect(crashes).toMatchObject([
      { groupId: 'shop', restart: true, error: { message: 'no way', cause } },
    ]);
    await consumer.disconnect();
    expect(await committed()).toEqual([3, -1, -1, -1]);
  }));

test('after a crash for good the consumer is gone, and others have its partitions', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'a', 'b');
    const asked: Error[] = [];
    const crashes: boolean[] = [];
    const restartOnFailure = async (error: Error) => {
      asked.push(error);
      return false;
    };
    const one = await newConsumer({ retry: { ...retry, restartOnFailure } });
    one.on('consumer.crash', ({ payload }) => crashes.push(payload.restart));
    await one.run({
      eachMessage: ({ message }) => {
        if (textOf(message) === 'b') throw new Error('never');
      },
    });
    await until(() => crashes.length === 1);
    expect([crashes, asked.length]).toEqual([[false], 1]);
    const seen: string[] = [];
    const other = await newConsumer();
    await other.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    await until(() => seen.length > 0);
    expect(seen).toEqual(['b']);
    await Promise.all([one.disconnect(), other.disconnect()]);
  }));

test('what another start would not mend is told, and not tried', () =>
  inStory(async ({ client, until }) => {
    const consumer = client.consumer({ groupId: 'shop' });
    const crashes: unknown[] = [];
    consumer.on('consumer.crash', ({ payload }) => crashes.push(payload));
    await consumer.subscribe({ topics: [/(?=orders)/] });
    await consumer.run({ eachMessage: () => undefined });
    await until(() => crashes.length === 1);
    expect(crashes).toMatchObject([
      { restart: false, error: { message: expect.stringContaining('topic_pattern') } },
    ]);
    await consumer.disconnect();
  }));

test('as many partitions are worked on at once as it was told, each by one', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    for (const partition of [0, 1, 2, 3]) await produce(partition, 'a', 'b', 'c');
    const consumer = await newConsumer();
    const atWork = new Set<number>();
    let most = 0;
    let done = 0;
    await consumer.run({
      partitionsConsumedConcurrently: 3,
      eachMessage: async ({ partition }) => {
        expect(atWork.has(partition)).toBe(false);
        atWork.add(partition);
        most = Math.max(most, atWork.size);
        await time.sleep(100);
        atWork.delete(partition);
        done++;
      },
    });
    await until(() => done === 12);
    expect(most).toBe(3);
    await consumer.disconnect();
  }));

test('what is done is committed by its number, before the next begins, and by its time', () =>
  inStory(async ({ newConsumer, produce, committed, until, time }) => {
    await produce(0, 'a', 'b', 'c', 'd', 'e');
    const counting = await newConsumer();
    const seen: (number | undefined)[] = [];
    const see = async () => seen.push((await committed())[0]);
    await counting.run({
      autoCommitThreshold: 2,
      autoCommitInterval: 1_000_000,
      eachMessage: see,
    });
    await until(() => seen.length === 5);
    expect(seen).toEqual([-1, -1, 2, 2, 4]);
    await counting.disconnect();
    const timed = await newConsumer();
    await timed.run({ autoCommitInterval: 2_000, eachMessage: () => undefined });
    await produce(0, 'f');
    await time.sleep(100);
    expect((await committed())[0]).toBe(5);
    await time.sleep(2_000);
    expect((await committed())[0]).toBe(6);
    await timed.disconnect();
  }));

test('small buffers are filled as they are emptied, without a rest', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    for (let at = 0; at < 40; at++) await produce(0, `value ${at}`);
    const consumer = await newConsumer({ bufferBytes: 600 });
    let seen = 0;
    const began = time.now();
    await consumer.run({ eachMessage: () => time.sleep(5).then(() => ++seen) });
    await until(() => seen === 40);
    expect(time.now() - began).toBeLessThan(1_500);
    await consumer.disconnect();
  }));
