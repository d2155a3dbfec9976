// A consumer as its group sees it: whether it is there, what it gives up when, and how often it
// asks.

import { expect, test } from 'vitest';
import type { Consumer } from '../../../client/consumer/consumer.ts';
import { inStory, textOf } from './consumer-story.ts';

const sessionTimeout = 10_000;

/** What a consumer has, as it was told last. */
function watched(consumer: Consumer): { has: readonly number[] } {
  const watch: { has: readonly number[] } = { has: [] };
  consumer.on('consumer.group_join', ({ payload }) => {
    watch.has = payload.memberAssignment['orders'] ?? [];
  });
  return watch;
}

test('a handler that takes longer than a session keeps it, and its partition', () =>
  inStory(async ({ newConsumer, produce, until, time, committed }) => {
    await produce(0, 'slow', 'next');
    const consumer = await newConsumer({ sessionTimeout });
    const seen: string[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => {
        if (textOf(message) === 'slow') await time.sleep(10 * sessionTimeout);
        seen.push(textOf(message));
      },
    });
    await until(() => seen.length === 2);
    await consumer.disconnect();
    expect(await committed()).toEqual([2, -1, -1, -1]);
  }));

test('so does one that is waited for when the consumer stops', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'slow', 'next');
    const one = await newConsumer({ sessionTimeout });
    const other = await newConsumer({ sessionTimeout });
    const seen: string[] = [];
    let isBegun = false;
    await one.run({
      eachMessage: async ({ message }) => {
        isBegun = true;
        await time.sleep(5 * sessionTimeout);
        seen.push(`one ${textOf(message)}`);
      },
    });
    await until(() => isBegun);
    const stopped = one.disconnect();
    await other.run({ eachMessage: ({ message }) => seen.push(`other ${textOf(message)}`) });
    await stopped;
    await until(() => seen.length === 2);
    expect(seen).toEqual(['one slow', 'other next']);
    await other.disconnect();
  }));

test('what goes to another is finished and committed before, and the rest is not begun', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    for (const partition of [0, 1, 2, 3]) await produce(partition, 'a', 'b', 'c');
    const one = await newConsumer({ sessionTimeout });
    const other = await newConsumer({ sessionTimeout });
    const seen: string[] = [];
    let finishedAt = 0;
    let longest = 0;
    await one.run({
      partitionsConsumedConcurrently: 4,
      eachMessage: async ({ partition, message }) => {
        await time.sleep(20_000);
        seen.push(`one ${partition} ${textOf(message)}`);
        finishedAt = time.now();
      },
    });
    await until(() => seen.length === 4);
    const has = watched(other);
    await other.run({
      eachMessage: ({ partition, message }) => {
        seen.push(`other ${partition} ${textOf(message)}`);
        longest = Math.max(longest, time.now() - finishedAt);
      },
    });
    await until(() => seen.length === 12);
    expect(new Set(seen.map((one) => one.slice(-3))).size).toBe(12);
    expect(has.has.length).toBe(2);
    // Given up as soon as it was done.
    expect(longest).toBeLessThan(500);
    for (const partition of has.has) {
      const own = seen.filter((one) => one.includes(` ${partition} `));
      expect(own).toEqual([`one ${partition} a`, `one ${partition} b`, `other ${partition} c`]);
    }
    await Promise.all([one.disconnect(), other.disconnect()]);
  }));

test('it is given up when its time is over, and what its handler does then is of no use', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    for (const partition of [0, 1, 2, 3]) await produce(partition, 'a', 'b');
    const one = await newConsumer({ rebalanceTimeout: 5_000 });
    const other = await newConsumer();
    const stale: (readonly [number, boolean])[] = [];
    let begun = 0;
    await one.run({
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch, isStale, resolveOffset, heartbeat }) => {
        begun++;
        resolveOffset('0');
        await time.sleep(60_000);
        stale.push([batch.partition, isStale()]);
        if (isStale()) await expect(heartbeat()).rejects.toMatchObject({ code: 40903 });
      },
    });
    await until(() => begun === 4);
    const has = watched(other);
    const seen: string[] = [];
    const began = time.now();
    await other.run({
      eachMessage: ({ partition, message }) => seen.push(`${partition} ${textOf(message)}`),
    });
    await until(() => seen.length === 2);
    expect(time.now() - began).toBeLessThan(20_000);
    // What was done before is committed, and not done again.
    expect(seen.sort()).toEqual(has.has.map((partition) => `${partition} b`).sort());
    await until(() => stale.length === 4);
    expect(
      stale
        .filter(([, isStale]) => isStale)
        .map(([partition]) => partition)
        .sort(),
    ).toEqual([...has.has].sort());
    await Promise.all([one.disconnect(), other.disconnect()]);
  }));

test('one that was not heard of joins again, and begins with what is committed', () =>
  inStory(async ({ wire, client, produce, until, time }) => {
    await produce(0, 'a', 'b');
    const lone = wire.newClient({ clientId: 'lone' });
    const one = lone.consumer({ groupId: 'shop', sessionTimeout });
    const other = client.consumer({ groupId: 'shop', sessionTimeout });
    for (const each of [one, other]) await each.subscribe({ topic: 'orders', fromBeginning: true });
    const seen: string[] = [];
    const told: string[] = [];
    const joins = new Set<string>();
    one.on('consumer.group_join', ({ payload }) => joins.add(payload.memberId));
    one.on('consumer.crash', () => told.push('crash'));
    await one.run({ eachMessage: ({ message }) => seen.push(`one ${textOf(message)}`) });
    await until(() => seen.length === 2);
    let isCut = true;
    wire.fateOf = ({ headers }) => {
      return isCut && headers.get('user-agent') === 'lone' ? 'lost' : 'passes';
    };
    await other.run({ eachMessage: ({ message }) => seen.push(`other ${textOf(message)}`) });
    await time.sleep(2 * sessionTimeout + 20_000);
    await produce(0, 'c');
    await until(() => seen.includes('other c'));
    isCut = false;
    await until(() => joins.size === 2);
    await other.disconnect();
    await produce(0, 'd');
    await until(() => seen.includes('one d'));
    await one.disconnect();
  }));

test('so does one that learns of it by a commit', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    const members = new Set<string>();
    consumer.on('consumer.group_join', ({ payload }) => members.add(payload.memberId));
    const body = JSON.stringify({ error_code: 40403, message: 'Consumer instance not found.' });
    let refusals = 1;
    wire.fateOf = ({ path }) => {
      const isRefused = path.endsWith('/offsets') && refusals-- > 0;
      return isRefused ? new Response(body, { status: 404 }) : 'passes';
    };
    let seen = 0;
    await consumer.run({ autoCommitThreshold: 1, eachMessage: () => ++seen });
    await until(() => seen > 0);
    await time.sleep(2_000);
    expect(members.size).toBe(2);
    await consumer.disconnect();
  }));

test('a consumer that has nothing to do asks three times a minute, and commits nothing', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    let seen = 0;
    await consumer.run({ eachMessage: () => ++seen });
    await until(() => seen === 1);
    await time.sleep(30_000);
    const before = wire.sent.length;
    await time.sleep(600_000);
    const asked = wire.sent.slice(before).map(({ path }) => path.split('/').at(-1));
    expect(asked.filter((what) => what !== 'fetch')).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(32);
    await consumer.disconnect();
  }));

test('one whose buffers are full, or whose partitions are paused, is only heard of', () =>
  inStory(async ({ newConsumer, produce, until, time, fetches }) => {
    for (const partition of [0, 1])
      for (let at = 0; at < 20; at++) await produce(partition, 'value');
    const consumer = await newConsumer({ bufferBytes: 500 });
    let begun = 0;
    let hold = Promise.withResolvers<void>();
    await consumer.run({
      eachMessage: async () => {
        begun++;
        await hold.promise;
      },
    });
    await until(() => begun === 1);
    await time.sleep(30_000);
    const whenFull = fetches();
    await time.sleep(60_000);
    // One partition is full; two others are empty, and asked about.
    expect(fetches() - whenFull).toBeLessThanOrEqual(21);
    hold.resolve();
    hold = Promise.withResolvers();
    hold.resolve();
    await until(() => begun === 40);
    consumer.pause([{ topic: 'orders' }]);
    await time.sleep(30_000);
    const whenPaused = fetches();
    await time.sleep(60_000);
    expect(fetches() - whenPaused).toBeLessThanOrEqual(21);
    await consumer.disconnect();
  }));

test('a signal stops it as it would be stopped', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a');
    const consumer = await newConsumer();
    const abort = new AbortController();
    const told: string[] = [];
    consumer.on('consumer.stop', () => told.push('stop'));
    await consumer.run({ signal: abort.signal, eachMessage: () => told.push('message') });
    await until(() => told.length === 1);
    abort.abort();
    await until(() => told.length === 2);
    expect(await committed()).toEqual([1, -1, -1, -1]);
    await produce(0, 'b');
    await consumer.run({ eachMessage: () => told.push('message') });
    await until(() => told.length === 3);
    await consumer[Symbol.asyncDispose]();
  }));
