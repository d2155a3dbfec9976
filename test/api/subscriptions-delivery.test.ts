// What is delivered, what fails, and what becomes of it: a subscription's progress, its dead
// letters, and putting them back.

import { expect, test } from 'vitest';
import { deadLetterOf } from '../../shared/delivery/dead-letter.ts';
import { wakeUpFor } from '../../shared/delivery/subscription.ts';
import { deliver } from '../../shared/engine/delivery/deliver.ts';
import { findSubscription } from '../../shared/engine/delivery/find-subscription.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import type { Posting } from '../../shared/ports/targets.ts';
import { encodeBatch } from '../../shared/record/encode-batch.ts';
import { newReceiver, type Reaction, type Received } from '../world/delivery-story.ts';
import { type Asked, base64, newApi } from './ask.ts';

const target = { type: 'lambda', function: 'bill' };
const billing = { name: 'billing', topic: 'orders', target, starting_position: 'earliest' };
const batches = 'application/vnd.sluice.batches';

/** The topic orders, and dead for what is given up of it. */
async function newStory(more: object = {}): Promise<Asked> {
  const api = await newApi();
  await api.world.time.run(api.world.createTopic({ name: 'dead', partitions: 1 }));
  await api.ask('POST /subscriptions', { body: { ...billing, ...more } });
  return api;
}

/** A worker's turn with partition 0. */
async function delivered({ world }: Asked, react?: Reaction, posted: Posting[] = []) {
  const engine = world.newEngine();
  const receiver = newReceiver(world, react);
  const targets = {
    ...receiver.targets,
    post: async (posting: Posting) => {
      posted.push(posting);
      return { kind: 'answered', status: 200, retryAfterMillis: undefined, body: '' } as const;
    },
  };
  const turn = async () => {
    const found = await findSubscription(engine, world.call(engine), 'billing');
    if (found === undefined) throw new Error('there is no subscription');
    await deliver(engine, world.call(engine), targets, wakeUpFor(found, 0));
  };
  await world.time.run(turn());
  return receiver.received;
}

const valuesIn = (received: readonly Received[]) => received.flatMap(({ values }) => values);

/** It takes all but those. */
const refusing =
  (...bad: (string | undefined)[]): Reaction =>
  ({ values }) =>
    values.some((value) => bad.includes(value))
      ? { kind: 'function-error', reason: 'TypeError' }
      : undefined;

test('how far it is, and what holds it up', async () => {
  const api = await newStory({ retry_min_ms: 30_000 });
  const { ask, store, world } = api;
  await store('orders', 'a', 'b', 'c');
  const partition = async () => (await ask('GET /subscriptions/billing')).json.partitions[0];
  expect(valuesIn(await delivered(api, refusing('"b"')))).toEqual(['"a"', '"b"', '"c"']);
  const held = await partition();
  expect(held).toMatchObject({ committed_offset: 0, lag: 3, last_error: 'TypeError' });
  expect(held.retry_at).toBeGreaterThan(world.time.now());
  await world.time.run(world.time.sleep(60_000));
  await delivered(api);
  const { lag_ms, ...free } = await partition();
  expect(free).toEqual({
    partition: 0,
    committed_offset: 3,
    log_end_offset: 3,
    lag: 0,
    attempts: 0,
    last_error: null,
    retry_at: null,
  });
});

test('paused, it is given nothing, and nothing is lost', async () => {
  const api = await newStory();
  const { ask, store } = api;
  await ask('POST /subscriptions/billing/pause');
  await store('orders', 'a');
  expect(await delivered(api)).toEqual([]);
  await ask('POST /subscriptions/billing/resume');
  expect(valuesIn(await delivered(api))).toEqual(['"a"']);
});

test('changed, it delivers as it is then: to whom, what, and signed by both secrets', async () => {
  const api = await newStory();
  const { ask, store } = api;
  const change = (body: object) => ask('PATCH /subscriptions/billing', { body });
  await change({ filter: { value: { total: [{ numeric: ['>', 1] }] } }, batch_size: 1 });
  await store('orders', { total: 1 }, { total: 2 }, { total: 3 });
  expect((await delivered(api)).map(({ offsets }) => offsets)).toEqual([[1], [2]]);
  const { json: made } = await change({
    target: { type: 'https', url: 'https://hooks.example.com/' },
    filter: null,
  });
  const { json: rotated } = await ask('POST /subscriptions/billing/rotate-secret');
  await store('orders', { total: 0 });
  const posted: Posting[] = [];
  expect(await delivered(api, undefined, posted)).toEqual([]);
  const secrets = [rotated.secret, made.secret];
  expect(posted).toMatchObject([{ url: 'https://hooks.example.com/', secrets }]);
});

test('dead letters are told with where they were and why, and put back once', async () => {
  const api = await newStory({ dead_letter_topic: 'dead', max_attempts: 1 });
  const { ask, store, world } = api;
  const start = world.time.now();
  const records = [
    { key: base64('k'), value: base64('bad'), timestamp: 17 },
    { value: base64('good') },
    { value: null, timestamp: 18 },
  ];
  await ask('POST /topics/orders/partitions/0', { body: { records } });
  await store('dead', 'somebody else’s');
  const taken = await delivered(api, refusing('bad', undefined));
  expect(valuesIn(taken)).toContain('good');
  const { status, json, headers } = await ask('GET /subscriptions/billing/dead-letters');
  expect([status, headers.get('content-type')]).toEqual([200, 'application/vnd.kafka.v2+json']);
  const cause = { source_topic: 'orders', source_partition: 0, attempts: 1, reason: 'TypeError' };
  const first = {
    ...cause,
    partition: 0,
    offset: 1,
    source_offset: 0,
    failed_at: expect.any(Number),
    timestamp: 17,
    key: base64('k'),
    value: base64('bad'),
  };
  const second = { ...first, offset: 2, source_offset: 2, timestamp: 18, key: null, value: null };
  expect(json).toEqual({ dead_letters: [first, second] });
  expect(json.dead_letters[0].failed_at).toBeGreaterThan(start);
  const some = await ask('GET /subscriptions/billing/dead-letters?limit=1');
  expect(some.json).toEqual({ dead_letters: [first] });

  const redrive = async (body?: object) =>
    (await ask('POST /subscriptions/billing/redrive', { body })).json;
  expect(await redrive({ limit: 1 })).toEqual({ redriven: 1, done: false });
  const left = await ask('GET /subscriptions/billing/dead-letters');
  expect(left.json).toEqual({ dead_letters: [second] });
  expect(await redrive()).toEqual({ redriven: 1, done: true });
  expect(await redrive({})).toEqual({ redriven: 0, done: true });
  expect((await ask('GET /subscriptions/billing/dead-letters')).json).toEqual({ dead_letters: [] });
  expect(valuesIn(await delivered(api))).toEqual(['bad', undefined]);
});

test('without a place for them there are no dead letters', async () => {
  const { ask } = await newStory();
  for (const route of ['GET dead-letters', 'POST redrive']) {
    const [method, path] = route.split(' ');
    expect(await ask(`${method} /subscriptions/billing/${path}`)).toMatchObject({
      status: 422,
      json: { error_code: 42206, message: expect.stringMatching(/^dead_letter_topic: /) },
    });
  }
});

test('a reply has as many dead letters as it holds, and too long ones without value', async () => {
  const { ask, world } = await newStory({ dead_letter_topic: 'dead' });
  const engine = world.newEngine();
  const found = await world.time.run(findSubscription(engine, world.call(engine), 'billing'));
  const { name: subscription = '', id: subscriptionId = '' } = found ?? {};
  const why = { attempts: 1, reason: 'x', at: 1 as EpochMillis };
  const cause = { subscription, subscriptionId, ...why };
  const append = async (size: number, offset: number) => {
    const record = { offset, timestamp: 5, key: null, value: Buffer.alloc(size), headers: [] };
    const letter = deadLetterOf(record, { topic: 'orders', partition: 1 }, cause);
    const body = encodeBatch({ records: [{ ...letter, timestamp: 1 }], compression: 'gzip' });
    const answer = await ask('POST /topics/dead/partitions/0', { type: batches, body });
    expect(answer.status).toBe(200);
  };
  for (const [index, size] of [1_000_000, 1_000_000, 1_000_000].entries()) {
    await append(size, index);
  }
  const { json } = await ask('GET /subscriptions/billing/dead-letters');
  expect(json.dead_letters.map((one: Letter) => one.source_offset)).toEqual([0, 1]);
  await ask('POST /subscriptions/billing/redrive');
  await append(8_000_000, 3);
  await append(10, 4);
  const { json: later } = await ask('GET /subscriptions/billing/dead-letters');
  expect(later.dead_letters).toMatchObject([{ source_offset: 3 }, { source_offset: 4 }]);
  expect(later.dead_letters[0]).not.toHaveProperty('value');
  expect(later.dead_letters[1]).toHaveProperty('value');
});

type Letter = { readonly source_offset: number };
