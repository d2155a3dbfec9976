// What a consumer instance reads: topics by name or by pattern, shared with its group, or
// partitions assigned by hand; one of the three at a time.

import { expect, test } from 'vitest';
import {
  topicNameLengthMax,
  topicPatternLengthMax,
  topicsPerSubscriptionMax,
} from '../../shared/limits.ts';
import { type Asked, json, newApi } from './ask.ts';
import { type Consumer, first, newConsumer, newReader, second } from './consumer.ts';

const onlyOneWay =
  'IllegalStateError: You must choose only one way to configure your consumer: (1) subscribe to ' +
  'specific topics by name, (2) subscribe to topics matching a regex pattern, (3) assign itself ' +
  'specific topic-partitions.';

async function newTopics({ world }: Asked, ...names: string[]): Promise<void> {
  for (const name of names) await world.time.run(world.createTopic({ name }));
}

async function topicsOf({ ask }: Consumer): Promise<string[]> {
  const { status, json: answer } = await ask('GET /subscription');
  expect([status, Object.keys(answer)]).toEqual([200, ['topics']]);
  return answer.topics.toSorted();
}

async function partitionsOf({ ask }: Consumer): Promise<unknown[]> {
  const { status, json: answer } = await ask('GET /assignments');
  expect([status, Object.keys(answer)]).toEqual([200, ['partitions']]);
  return answer.partitions;
}

test('topics by their names, told and given up', async () => {
  const asked = await newApi();
  const consumer = await newConsumer(asked);
  expect(await topicsOf(consumer)).toEqual([]);
  const body = { topics: ['orders', 'alarms', 'orders'], topic_pattern: null };
  const { status, bytes } = await consumer.subscribe(body);
  expect([status, bytes.length]).toEqual([204, 0]);
  expect(await topicsOf(consumer)).toEqual(['alarms', 'orders']);
  expect(await partitionsOf(consumer), 'polls settle who has what').toEqual([]);
  await consumer.poll('?timeout=0');
  expect(await partitionsOf(consumer)).toEqual([first, second]);
  await consumer.subscribe({ topics: ['alarms'] });
  expect(await topicsOf(consumer)).toEqual(['alarms']);
  expect((await consumer.ask('DELETE /subscription/')).status).toBe(204);
  expect([await topicsOf(consumer), await partitionsOf(consumer)]).toEqual([[], []]);
  expect((await consumer.ask('DELETE /subscription')).status, 'of nothing').toBe(204);
});

test('an empty list is Kafka’s way to unsubscribe', async () => {
  const consumer = await newReader(await newApi());
  expect((await consumer.subscribe({ topics: [] })).status).toBe(204);
  expect(await topicsOf(consumer)).toEqual([]);
  expect((await consumer.assign(first)).status).toBe(204);
});

test('a topic that is not there yet is read from when it is', async () => {
  const asked = await newApi();
  const consumer = await newConsumer(asked, { format: 'json', 'auto.offset.reset': 'earliest' });
  await consumer.subscribe({ topics: ['later'] });
  expect(await consumer.values()).toEqual([]);
  await newTopics(asked, 'later');
  await asked.store('later', 'here');
  for (let polls = 0; polls < 35; polls++) {
    const values = await consumer.values();
    if (values.length > 0) return expect(values).toEqual(['here']);
  }
  throw new Error('never given');
});

test('topics by a pattern, which a whole name matches', async () => {
  const asked = await newApi();
  await newTopics(asked, 'ord', 'ordinal', 'disorder');
  const consumer = await newConsumer(asked);
  expect((await consumer.subscribe({ topic_pattern: 'ord.*' })).status).toBe(204);
  await consumer.poll('?timeout=0');
  expect(await topicsOf(consumer)).toEqual(['ord', 'orders', 'ordinal']);
});

test('a pattern that would take a backtracking engine for ever takes no time', async () => {
  const asked = await newApi();
  const name = `${'a'.repeat(topicNameLengthMax - 1)}-`;
  await newTopics(asked, name, 'aaa');
  const consumer = await newConsumer(asked);
  for (const pattern of ['(a+)+$', '(a|aa)+$', '(.*a){20}']) {
    expect((await consumer.subscribe({ topic_pattern: pattern })).status).toBe(204);
    await consumer.poll('?timeout=0');
    expect(await topicsOf(consumer)).not.toContain('orders');
  }
});

test('two instances of a group share a topic', async () => {
  const asked = await newApi();
  const [one, two] = [await newReader(asked), await newReader(asked)];
  for (const consumer of [one, two, one, two]) await consumer.poll('?timeout=0');
  const shares = [await partitionsOf(one), await partitionsOf(two)];
  expect(shares.map(({ length }) => length)).toEqual([1, 1]);
  expect(shares.flat()).toEqual(expect.arrayContaining([first, second]));
  for (const partition of [0, 1]) {
    const body = { records: [{ value: partition }] };
    await asked.ask(`POST /topics/orders/partitions/${partition}`, { type: json, body });
  }
  const given = [await one.values(), await two.values()];
  expect(given.flat().toSorted()).toEqual([0, 1]);
  expect(given.map(({ length }) => length)).toEqual([1, 1]);
  await one.end();
  for (let polls = 0; polls < 2; polls++) await two.poll('?timeout=0');
  expect(await partitionsOf(two)).toHaveLength(2);
});

test('partitions by hand are shared with nobody', async () => {
  const asked = await newApi();
  const [one, two] = [await newConsumer(asked), await newConsumer(asked)];
  for (const consumer of [one, two]) {
    const { status, bytes } = await consumer.assign(second, first, second);
    expect([status, bytes.length]).toEqual([204, 0]);
    expect(await partitionsOf(consumer)).toEqual([second, first]);
    expect(await topicsOf(consumer)).toEqual([]);
  }
  await one.assign(second);
  expect(await partitionsOf(one)).toEqual([second]);
  await one.assign();
  expect(await partitionsOf(one)).toEqual([]);
});

test('one way excludes the others, until it is given up', async () => {
  const asked = await newApi();
  const ways: Readonly<Record<string, (consumer: Consumer) => ReturnType<Consumer['assign']>>> = {
    names: ({ subscribe }) => subscribe({ topics: ['orders'] }),
    pattern: ({ subscribe }) => subscribe({ topic_pattern: 'ord.*' }),
    'by hand': ({ assign }) => assign(first),
  };
  for (const [one, choose] of Object.entries(ways)) {
    for (const [other, chooseOther] of Object.entries(ways)) {
      const consumer = await newConsumer(asked);
      await choose(consumer);
      const { status, json: answer } = await chooseOther(consumer);
      if (one === other) expect(status).toBe(204);
      else {
        expect([one, other, status, answer]).toEqual([
          one,
          other,
          409,
          { error_code: 40903, message: onlyOneWay },
        ]);
        await consumer.ask('DELETE /subscription');
        expect((await chooseOther(consumer)).status).toBe(204);
      }
    }
  }
});

test('what is no subscription', async () => {
  const consumer = await newConsumer(await newApi());
  const refused: readonly (readonly [object, RegExp])[] = [
    [{}, /^topics: either it or topic_pattern/],
    [{ topics: ['orders'], topic_pattern: 'o' }, /^topics: either it or topic_pattern/],
    [{ topics: 'orders' }, /^topics: must be a list/],
    [{ topics: null, topic_pattern: null }, /^topics: either it or topic_pattern/],
    [{ topics: ['orders', 5] }, /^topics\[1\]: must be a string/],
    [{ topics: ['a b'] }, /^topics\[0\]: a name must be made of ASCII/],
    [{ topics: [''] }, /^topics\[0\]: a name must not be empty/],
    [{ topics: Array(topicsPerSubscriptionMax + 1).fill('') }, /^topics: .* at most 200 long/],
    [{ topic_pattern: ['not', 'a', 'string'] }, /^topic_pattern: must be a string/],
    [{ topic_pattern: '' }, /^topic_pattern: must be at least 1/],
    [{ topic_pattern: 'a'.repeat(topicPatternLengthMax + 1) }, /^topic_pattern: .* 1000 char/],
    [{ topic_pattern: '[a-z]{0,1000}'.repeat(76) }, /^topic_pattern: its repetitions .* 2000/],
    [{ topic_pattern: '(' }, /^topic_pattern: must be a regular expression/],
    [{ topic_pattern: '(?=a)' }, /^topic_pattern: must be a regular expression/],
    [{ topic_pattern: '\ud800' }, /^topic_pattern: must be well-formed/],
    [{ topics: ['orders'], more: 1 }, /^more: is unknown/],
  ];
  for (const [body, says] of refused) {
    const { status, json: answer } = await consumer.subscribe(body);
    expect([body, status, answer.error_code]).toEqual([body, 422, 42206]);
    expect(answer.message).toMatch(says);
  }
  expect((await consumer.ask('POST /subscription', { body: '{' })).status).toBe(400);
  expect((await consumer.ask('POST /subscription')).status).toBe(422);
  expect(await topicsOf(consumer)).toEqual([]);
});

test('what cannot be assigned', async () => {
  const consumer = await newConsumer(await newApi());
  const partitions = (...list: unknown[]) => ({ partitions: list });
  const refused: readonly (readonly [unknown, number, number, RegExp])[] = [
    [{}, 422, 42206, /^partitions: is required/],
    [{ partitions: first }, 422, 42206, /^partitions: must be a list/],
    [partitions({ topic: 'orders' }), 422, 42206, /^partitions\[0\]\.partition: is required/],
    [partitions({ ...first, partition: '0' }), 422, 42206, /partition: must be an integer/],
    [partitions({ ...first, partition: -1 }), 422, 42206, /partition: must be at least 0/],
    [partitions({ ...first, topic: 5 }), 422, 42206, /topic: must be a string/],
    [partitions(first, { topic: 'none', partition: 0 }), 404, 40401, /none/],
    [partitions(first, { ...first, partition: 2 }), 404, 40402, /2 partitions/],
  ];
  for (const [body, status, code, says] of refused) {
    const answer = await consumer.ask('POST /assignments', { body });
    expect([body, answer.status, answer.json.error_code]).toEqual([body, status, code]);
    expect(answer.json.message).toMatch(says);
  }
  expect(await partitionsOf(consumer)).toEqual([]);
});
