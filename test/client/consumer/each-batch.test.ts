// One consumer, batch by batch: what a batch says of itself, and what of it is done when its
// handler says so, fails, or is told to stop.

import { expect, test } from 'vitest';
import type { EachBatchPayload } from '../../../client/consumer/messages.ts';
import { inStory, textOf } from './consumer-story.ts';

const retry = { retries: 2, initialRetryTime: 100 };

function textsOf({ batch }: EachBatchPayload): string {
  return batch.messages.map(textOf).join(' ');
}

test('a batch is what is there of a partition, and says how far that is behind', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(2, 'a', 'b');
    await produce(2, 'c');
    const consumer = await newConsumer();
    const batches: unknown[] = [];
    await consumer.run({
      eachBatch: async (payload) => {
        const { batch } = payload;
        batches.push({
          ...{ topic: batch.topic, partition: batch.partition, texts: textsOf(payload) },
          offsets: [batch.firstOffset(), batch.lastOffset(), batch.highWatermark],
          lags: [batch.offsetLag(), batch.offsetLagLow()],
          isEmpty: batch.isEmpty(),
        });
      },
    });
    await until(() => batches.length === 1);
    expect(batches).toEqual([
      {
        ...{ topic: 'orders', partition: 2, texts: 'a b c' },
        offsets: ['0', '2', '3'],
        lags: ['0', '2'],
        isEmpty: false,
      },
    ]);
    await consumer.disconnect();
    expect(await committed()).toEqual([-1, -1, 3, -1]);
  }));

test('what its handler has resolved is done when it fails, and the rest is tried again', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer({ retry });
    const seen: string[] = [];
    await consumer.run({
      eachBatch: async (payload) => {
        seen.push(textsOf(payload));
        payload.resolveOffset('0');
        if (seen.length < 3) throw new Error('not yet');
      },
    });
    await until(() => seen.length === 3);
    await consumer.disconnect();
    expect(seen).toEqual(['a b c', 'b c', 'b c']);
  }));

test('without being resolved by its handler’s end, what is not resolved comes again', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        seen.push(textsOf(payload));
        payload.resolveOffset(payload.batch.firstOffset() ?? '');
      },
    });
    await until(() => seen.length === 3);
    await consumer.disconnect();
    expect(seen).toEqual(['a b c', 'b c', 'c']);
    expect(await committed()).toEqual([3, -1, -1, -1]);
  }));

test('a handler that resolves nothing is given the same again, with rests', () =>
  inStory(async ({ newConsumer, produce, time, committed }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    let calls = 0;
    await consumer.run({ eachBatchAutoResolve: false, eachBatch: () => ++calls });
    await time.sleep(10_000);
    expect(calls).toBeGreaterThan(5);
    expect(calls).toBeLessThan(100);
    await consumer.disconnect();
    expect(await committed()).toEqual([-1, -1, -1, -1]);
  }));

test('it commits in between when it is told to, and not what it has not resolved', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer();
    const told: unknown[] = [];
    await consumer.run({
      autoCommitThreshold: 1,
      eachBatch: async ({ resolveOffset, uncommittedOffsets, commitOffsetsIfNecessary }) => {
        resolveOffset('1');
        told.push(uncommittedOffsets());
        await commitOffsetsIfNecessary(uncommittedOffsets());
        told.push(await committed(), uncommittedOffsets());
      },
    });
    await until(() => told.length === 3);
    expect(told).toEqual([
      { topics: [{ topic: 'orders', partitions: [{ partition: 0, offset: '2' }] }] },
      [2, -1, -1, -1],
      { topics: [] },
    ]);
    await consumer.disconnect();
    expect(await committed()).toEqual([3, -1, -1, -1]);
  }));

test('who stops waits for the batch in hand, which may end early', () =>
  inStory(async ({ newConsumer, produce, committed, until, time }) => {
    await produce(0, 'a', 'b', 'c', 'd');
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, isRunning, resolveOffset }) => {
        for (const message of batch.messages) {
          if (!isRunning()) return;
          seen.push(textOf(message));
          await time.sleep(1_000);
          resolveOffset(message.offset);
        }
      },
    });
    await until(() => seen.length === 2);
    await consumer.disconnect();
    expect(seen).toEqual(['a', 'b']);
    expect(await committed()).toEqual([2, -1, -1, -1]);
  }));
