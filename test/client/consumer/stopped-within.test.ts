// A consumer that is stopped by what it has called, and waits for: neither waits for the other.

import { expect, test } from 'vitest';
import { inStory, textOf } from './consumer-story.ts';

test('a handler may await the end of its consumer, and what it does is committed', () =>
  inStory(async ({ newConsumer, produce, until, committed }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer();
    const told: string[] = [];
    for (const type of ['consumer.stop', 'consumer.disconnect'] as const) {
      consumer.on(type, () => told.push(type));
    }
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (textOf(message) === 'b') await consumer.disconnect();
        told.push(textOf(message));
      },
    });
    await until(() => told.includes('consumer.disconnect'));
    expect(told).toEqual(['a', 'b', 'consumer.stop', 'consumer.disconnect']);
    expect(await committed()).toEqual([2, -1, -1, -1]);
  }));

test('so may one of batches, and the consumer runs again', () =>
  inStory(async ({ newConsumer, produce, until, committed }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer();
    const seen: (string | boolean)[] = [];
    let stops = 0;
    consumer.on('consumer.stop', () => stops++);
    const run = () =>
      consumer.run({
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch: { messages }, resolveOffset, isRunning }) => {
          const [first] = messages;
          if (first === undefined) return;
          seen.push(textOf(first));
          resolveOffset(first.offset);
          await consumer.stop();
          seen.push(isRunning());
        },
      });
    await run();
    await until(() => stops === 1);
    expect(await committed()).toEqual([1, -1, -1, -1]);
    await run();
    await until(() => stops === 2);
    expect(seen).toEqual(['a', false, 'b', false]);
  }));

test('who calls in a handler that does not wait is told of the end', () =>
  inStory(async ({ wire, newConsumer, produce, until, committed, time }) => {
    await produce(0, 'a', 'b');
    const consumer = await newConsumer();
    const hasLeft: boolean[] = [];
    await consumer.run({
      autoCommitThreshold: 1,
      eachMessage: ({ message }) => {
        if (textOf(message) === 'b') {
          void consumer.stop().then(() => {
            hasLeft.push(wire.sent.some(({ method }) => method === 'DELETE'));
          });
        } else {
          // It is done by then.
          void time.sleep(5_000).then(() => consumer.disconnect());
        }
      },
    });
    await until(() => hasLeft.length === 1);
    expect(hasLeft).toEqual([true]);
    expect(await committed()).toEqual([2, -1, -1, -1]);
  }));

test('a handler waits for the end of another consumer', () =>
  inStory(async ({ client, newConsumer, produce, until }) => {
    await produce(0, 'a');
    const other = client.consumer({ groupId: 'other' });
    await other.subscribe({ topics: ['orders'] });
    await other.run({ eachMessage: () => undefined });
    const told: string[] = [];
    other.on('consumer.stop', () => told.push('stopped'));
    const consumer = await newConsumer();
    await consumer.run({
      eachMessage: async () => {
        await other.stop();
        told.push('handled');
      },
    });
    await until(() => told.length === 2);
    expect(told).toEqual(['stopped', 'handled']);
    await consumer.disconnect();
  }));

test('who is asked whether it starts again may disconnect it first', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'poison');
    const told: string[] = [];
    const restartOnFailure = async () => {
      await consumer.disconnect();
      return false;
    };
    const consumer = await newConsumer({ retry: { retries: 0, restartOnFailure } });
    consumer.on('consumer.disconnect', () => told.push('disconnected'));
    await consumer.run({
      eachMessage: () => {
        throw new Error('fails');
      },
    });
    await until(() => told.length === 1);
    await consumer.disconnect();
  }));
