// What a consumer is told to do while it runs: to pause, to seek, to commit; and what it tells.

import { expect, test } from 'vitest';
import { placeAgainMillis } from '../../../client/consumer/fetch-plan.ts';
import { inStory, textOf } from './consumer-story.ts';

test('what is paused is not begun, and goes on where it was when it is resumed', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b', 'c');
    await produce(1, 'd');
    const consumer = await newConsumer();
    const seen: string[] = [];
    let resume: (() => void) | undefined;
    await consumer.run({
      eachMessage: ({ message, pause }) => {
        seen.push(textOf(message));
        if (textOf(message) === 'a') resume = pause();
      },
    });
    await until(() => seen.length === 2);
    await time.sleep(60_000);
    expect(seen.sort()).toEqual(['a', 'd']);
    expect(consumer.paused()).toEqual([{ topic: 'orders', partitions: [0] }]);
    resume?.();
    await time.sleep(10);
    expect(seen).toEqual(['a', 'd', 'b', 'c']);
    expect(consumer.paused()).toEqual([]);
    consumer.pause([{ topic: 'orders' }]);
    consumer.resume([{ topic: 'orders', partitions: [1] }]);
    expect(consumer.paused()).toEqual([{ topic: 'orders', partitions: [0, 2, 3] }]);
    await produce(0, 'e');
    await produce(1, 'f');
    await time.sleep(5_000);
    expect(seen.slice(4)).toEqual(['f']);
    // At once, though a fetch waits that leaves it out.
    consumer.resume([{ topic: 'orders' }]);
    await time.sleep(200);
    expect(seen.slice(4)).toEqual(['f', 'e']);
    await consumer.disconnect();
  }));

test('a message whose handler pauses and fails is not done, and comes first again', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b');
    const consumer = await newConsumer();
    const seen: string[] = [];
    await consumer.run({
      eachMessage: ({ message, pause }) => {
        seen.push(textOf(message));
        if (seen.length > 1) return;
        time.after(10_000, pause());
        throw new Error('the service behind it is busy');
      },
    });
    await until(() => seen.length === 3);
    expect(seen).toEqual(['a', 'a', 'b']);
    await consumer.disconnect();
  }));

test('it goes on where it was told to seek, and nothing of before comes any more', () =>
  inStory(async ({ newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b', 'c', 'd');
    const consumer = await newConsumer();
    const seen: string[] = [];
    const at = (offset: string) => ({ topic: 'orders', partition: 0, offset });
    await consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(textOf(message));
        await time.sleep(100);
        if (seen.length === 1) consumer.seek(at('3'));
      },
    });
    await until(() => seen.length === 2);
    await time.sleep(1_000);
    consumer.seek(at('1'));
    await until(() => seen.length === 5);
    consumer.seek(at('-2'));
    await until(() => seen.length === 6);
    consumer.seek(at('-1'));
    await time.sleep(1_000);
    await produce(0, 'new');
    await until(() => seen.includes('new'));
    expect(seen).toEqual(['a', 'd', 'b', 'c', 'd', 'a', 'new']);
    expect(() => consumer.seek(at('-3'))).toThrow('offset: -3 must be an offset');
    await consumer.disconnect();
  }));

test('a seek holds while the engine is asked where to begin, since one before it failed', () =>
  inStory(async ({ wire, newConsumer, produce, until, time }) => {
    await produce(0, 'a', 'b', 'c', 'd');
    const consumer = await newConsumer({ maxWaitTimeInMs: 0 });
    const seen: string[] = [];
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message }) => seen.push(textOf(message)),
    });
    await until(() => seen.length === 4);
    const failedAt = time.now();
    wire.fateOf = ({ path }) => {
      if (!path.endsWith('/fetch')) return 'lost';
      if (time.now() < failedAt + placeAgainMillis) return 'passes';
      // This one leaves it to the engine.
      wire.fateOf = () => 'passes';
      consumer.seek({ topic: 'orders', partition: 0, offset: '2' });
      return 'passes';
    };
    consumer.seek({ topic: 'orders', partition: 0, offset: '-1' });
    await time.sleep(2 * placeAgainMillis);
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'c', 'd']);
    await consumer.disconnect();
  }));

test('a commit names the next message, never goes back, and is refused for what is another’s', () =>
  inStory(async ({ newConsumer, produce, committed, until }) => {
    await produce(0, 'a', 'b', 'c');
    const consumer = await newConsumer();
    let seen = 0;
    await consumer.run({ autoCommit: false, eachMessage: () => ++seen });
    await until(() => seen === 3);
    const at = (offset: string, partition = 0) => ({ topic: 'orders', partition, offset });
    expect(await committed()).toEqual([-1, -1, -1, -1]);
    await consumer.commitOffsets([at('0')]);
    expect(await committed()).toEqual([0, -1, -1, -1]);
    await consumer.commitOffsets([at('2')]);
    await consumer.commitOffsets([at('1')]);
    expect(await committed()).toEqual([2, -1, -1, -1]);
    const refused = consumer.commitOffsets([at('1', 1), at('3')]);
    await expect(refused).rejects.toMatchObject({ code: 42206 });
    const other = await newConsumer();
    const news: Readonly<Record<string, readonly number[]>>[] = [];
    other.on('consumer.group_join', ({ payload }) => news.push(payload.memberAssignment));
    await other.run({ autoCommit: false, eachMessage: () => undefined });
    await until(() => (news.at(-1)?.['orders']?.length ?? 0) > 0);
    const [lost = -1] = news.at(-1)?.['orders'] ?? [];
    expect(lost).not.toBe(0);
    const late = consumer.commitOffsets([at('0', lost), at('3')]);
    await expect(late).rejects.toMatchObject({ type: 'ILLEGAL_STATE' });
    expect((await committed())[0]).toBe(3);
    await consumer.disconnect();
    await other.disconnect();
  }));

test('one that begins at the end commits that, and nothing of later is passed over', () =>
  inStory(async ({ client, produce, committed, until, time }) => {
    await produce(0, 'old');
    const newConsumer = async () => {
      const consumer = client.consumer({ groupId: 'shop' });
      await consumer.subscribe({ topic: 'orders' });
      return consumer;
    };
    const first = await newConsumer();
    const seen: string[] = [];
    await first.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    // Not only when it stops: it might not come to that.
    await time.sleep(500);
    expect(await committed()).toEqual([1, 0, 0, 0]);
    await first.disconnect();
    await produce(0, 'new');
    await produce(1, 'first');
    const second = await newConsumer();
    await second.run({ eachMessage: ({ message }) => seen.push(textOf(message)) });
    await until(() => seen.length === 2);
    expect(seen.sort()).toEqual(['first', 'new']);
    await second.disconnect();
  }));

test('it tells of its life, and describes its group', () =>
  inStory(async ({ newConsumer, produce, until }) => {
    await produce(3, 'a', 'b');
    const consumer = await newConsumer();
    const told: [string, unknown][] = [];
    for (const name of Object.values(consumer.events)) {
      consumer.on(name, ({ type, payload }) => told.push([type, payload]));
    }
    await consumer.run({ eachBatch: () => undefined });
    await until(() => told.some(([type]) => type === 'consumer.end_batch_process'));
    expect(await consumer.describeGroup()).toMatchObject({
      groupId: 'shop',
      state: 'Stable',
      members: [{ memberId: expect.stringContaining('rest-consumer') }],
    });
    await consumer.disconnect();
    await until(() => told.some(([type]) => type === 'consumer.disconnect'));
    const first = (type: string) => told.find(([one]) => one === type)?.[1];
    expect(first('consumer.group_join')).toMatchObject({
      groupId: 'shop',
      memberAssignment: { orders: [0, 1, 2, 3] },
    });
    expect(first('consumer.start_batch_process')).toMatchObject({ partition: 3, batchSize: 2 });
    expect(first('consumer.commit_offsets')).toMatchObject({
      topics: [{ topic: 'orders', partitions: [{ partition: 3, offset: '2' }] }],
    });
    const order = [...new Set(told.map(([type]) => type.replace('consumer.', '')))];
    expect(order[0]).toBe('connect');
    expect(order.slice(-3)).toEqual(['commit_offsets', 'stop', 'disconnect']);
    expect(order).toEqual(expect.arrayContaining(['fetch_start', 'fetch', 'heartbeat']));
    const untold = ['crash', 'rebalancing'].map((name) => `consumer.${name}`);
    const names: readonly string[] = Object.values(consumer.events);
    expect([...told.map(([type]) => type), ...untold]).toEqual(expect.arrayContaining([...names]));
    const never = 'consumer.network.request' as 'consumer.stop';
    expect(() => consumer.on(never, () => undefined)).toThrow('eventName');
  }));

test('what makes no sense is refused', () =>
  inStory(async ({ client, newConsumer }) => {
    expect(() => client.consumer({ groupId: '' })).toThrow('groupId: must be a name');
    expect(() => client.consumer({ groupId: 'g', sessionTimeout: 1 })).toThrow('sessionTimeout');
    const idle = client.consumer({ groupId: 'shop' });
    await expect(idle.run({ eachMessage: () => undefined })).rejects.toThrow('topics');
    await expect(idle.run()).rejects.toThrow('topics');
    for (const none of [{}, { topics: 'orders' }, { topics: [] }, { topics: [''] }]) {
      await expect(idle.subscribe(none as { topic: string })).rejects.toThrow('topics: ');
    }
    expect(() => idle.pause([{ topic: 'orders' }])).toThrow('does not run');
    const consumer = await newConsumer();
    const unlike = consumer.subscribe({ topic: 'bills', fromBeginning: false });
    await expect(unlike).rejects.toThrow('fromBeginning');
    await expect(consumer.run()).rejects.toThrow('eachMessage');
    const many = { eachMessage: () => undefined, partitionsConsumedConcurrently: 0 };
    await expect(consumer.run(many)).rejects.toThrow('partitionsConsumedConcurrently');
    await consumer.run({ eachMessage: () => undefined });
    const late = consumer.subscribe({ topic: 'bills', fromBeginning: true });
    await expect(late).rejects.toThrow('running');
    await consumer.disconnect();
  }));

test('a pattern finds topics, those that come later too', () =>
  inStory(async ({ client, produce, wire, until }) => {
    await produce(0, 'order');
    const consumer = client.consumer({ groupId: 'shop' });
    await consumer.subscribe({ topics: [/^ord/, 'no.such'], fromBeginning: true });
    const seen: string[] = [];
    await consumer.run({
      eachMessage: ({ topic, message }) => seen.push(`${topic} ${textOf(message)}`),
    });
    await until(() => seen.length === 1);
    await wire.world.createTopic({ name: 'ordinals', partitions: 1 });
    const producer = wire.newConnection().ask({
      method: 'POST',
      path: '/topics/ordinals',
      type: 'application/vnd.kafka.text.v2+json',
      body: JSON.stringify({ records: [{ value: 'first' }] }),
    });
    await producer;
    await until(() => seen.length === 2);
    expect(seen).toEqual(['orders order', 'ordinals first']);
    await consumer.disconnect();
  }));
