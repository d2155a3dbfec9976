// Queues and endpoints: what each is given, and what is committed of what it has taken.

import { expect, test } from 'vitest';
import type { Subscription } from '../../../shared/delivery/subscription.ts';
import type { Posted, Posting, Sending, Sent, Targets } from '../../../shared/ports/targets.ts';
import {
  offsetsBelow,
  progressOf,
  sparedEngine,
  subscription,
  type Wanted,
  woken,
} from '../../world/delivery-story.ts';
import { produce, readAll } from '../../world/story.ts';
import { inWorld, type World } from '../../world/world.ts';

type Results = Extract<Sent, { kind: 'sent' }>['results'];

type Told = {
  readonly sendings: Sending[];
  readonly postings: Posting[];
  readonly billing: Subscription;
  readonly wake: () => Promise<void>;
};

/** undefined: it takes them. */
type Answers = {
  readonly send?: (offsets: readonly number[]) => Sent | undefined;
  readonly post?: (posting: Posting) => Posted;
};

const standard = { kind: 'sqs', queueUrl: 'https://sqs.example/1/orders' } as const;
const fifo = { kind: 'sqs', queueUrl: 'https://sqs.example/1/orders.fifo' } as const;
const endpoint = { kind: 'https', url: 'https://example.com/hook', secrets: ['s1', 's2'] } as const;

async function told(world: World, count: number, wanted: Wanted, answers: Answers = {}) {
  await world.createTopic({ name: 'orders', partitions: 1 });
  await world.createTopic({ name: 'dead', partitions: 1 });
  const engine = sparedEngine(world);
  const sendings: Sending[] = [];
  const postings: Posting[] = [];
  const targets: Targets = {
    invoke: () => Promise.reject(new Error('no function')),
    send: async (sending) => {
      sendings.push(sending);
      const results: Results = sending.messages.map(() => 'done' as const);
      return answers.send?.(offsetsIn(sending)) ?? { kind: 'sent', results };
    },
    post: async (posting) => {
      postings.push(posting);
      const taken = {
        kind: 'answered',
        status: 204,
        retryAfterMillis: undefined,
        body: '',
      } as const;
      return answers.post?.(posting) ?? taken;
    },
  };
  const billing = await subscription(world, engine, wanted);
  const values = offsetsBelow(count).map((offset) => `v${offset}`);
  if (count > 0) await produce(world, engine, values);
  const receiver = { targets, received: [], react: () => undefined };
  const wake = () => woken(world, receiver, billing);
  return { sendings, postings, billing, wake } satisfies Told;
}

function offsetsIn({ messages }: Sending): readonly number[] {
  return messages.map(({ body }) => (JSON.parse(body) as { offset: number }).offset);
}

test('a queue gets each record as a message, ten at a time', () =>
  inWorld(1, async (world) => {
    const { sendings, wake } = await told(world, 23, { target: standard });
    await wake();
    expect(sendings.map(offsetsIn)).toEqual([
      offsetsBelow(10),
      offsetsBelow(20).slice(10),
      [20, 21, 22],
    ]);
    const [message] = sendings[0]?.messages ?? [];
    expect(message?.fifo).toBeUndefined();
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      topic: 'orders',
      partition: 0,
      offset: 0,
      value: Buffer.from('v0').toString('base64'),
    });
    expect(await progressOf(world)).toMatchObject([{ committed: 23 }]);
  }));

test('messages that are too large together are sent apart', () =>
  inWorld(2, async (world) => {
    const { sendings, wake } = await told(world, 0, { target: standard });
    await produce(world, sparedEngine(world), Array(5).fill('x'.repeat(300_000)));
    await wake();
    expect(sendings.map(offsetsIn)).toEqual([[0, 1], [2, 3], [4]]);
  }));

test('a FIFO queue gets them one by one, in one group, and the same again as such', () =>
  inWorld(3, async (world) => {
    let isFirst = true;
    const send = (): Sent | undefined => {
      const [result, was] = [{ kind: 'failed', reason: 'InternalError' } as const, isFirst];
      isFirst = false;
      return was ? result : undefined;
    };
    const { sendings, wake } = await told(world, 3, { target: fifo }, { send });
    await wake();
    expect(sendings.map(offsetsIn)).toEqual([[0], [0], [1], [2]]);
    const ids = sendings.map(({ messages }) => messages[0]?.fifo);
    expect(new Set(ids.map((id) => id?.groupId)).size).toBe(1);
    expect(ids[0]).toEqual(ids[1]);
    expect(new Set(ids.map((id) => id?.deduplicationId)).size).toBe(3);
  }));

test('what it takes before one that it does not is committed, and that one is sent first', () =>
  inWorld(4, async (world) => {
    const failed = { kind: 'failed', reason: 'InvalidMessageContents' } as const;
    const send = (offsets: readonly number[]): Sent => {
      const results = offsets.map((offset) => (offset === 13 ? failed : ('done' as const)));
      return { kind: 'sent', results };
    };
    const wanted = {
      target: standard,
      attemptsMax: 3,
      deadLetterTopic: 'dead',
      retryMillisMin: 100,
    };
    const { sendings, wake } = await told(world, 20, wanted, { send });
    await wake();
    const sent = sendings.map(offsetsIn);
    expect(sent.slice(0, 2)).toEqual([offsetsBelow(10), offsetsBelow(20).slice(10)]);
    // With those after it, and then alone until it is given up.
    expect(sent.slice(2)).toEqual([
      [13, 14, 15, 16, 17, 18, 19],
      [13],
      [13],
      [14, 15, 16, 17, 18, 19],
    ]);
    expect(await readAll(world, 0, 'dead')).toEqual(['v13']);
    expect(await progressOf(world)).toMatchObject([{ committed: 20 }]);
  }));

test('one that has no room in the midst of a batch is no failure of what it did not take', () =>
  inWorld(5, async (world) => {
    const busy = { kind: 'busy', retryAfterMillis: undefined } as const;
    let sendings = 0;
    const send = (offsets: readonly number[]): Sent => {
      const room = sendings++ % 2 === 0 ? 4 : 0;
      const results = offsets.map((_, index) => (index < room ? ('done' as const) : busy));
      return { kind: 'sent', results };
    };
    const wanted = {
      target: standard,
      attemptsMax: 1,
      deadLetterTopic: 'dead',
      retryMillisMin: 100,
    };
    const { wake } = await told(world, 20, { ...wanted, retryMillisMax: 200 }, { send });
    await wake();
    expect(await readAll(world, 0, 'dead')).toEqual([]);
    expect(await progressOf(world)).toMatchObject([{ committed: 20, attempts: 0 }]);
  }));

test('an endpoint gets the event, signed with all secrets, and the same again as such', () =>
  inWorld(6, async (world) => {
    const statuses = [503, 500, 200];
    const post = (): Posted => {
      const status = statuses.shift() ?? 200;
      return { kind: 'answered', status, retryAfterMillis: undefined, body: '' };
    };
    const wanted = { target: endpoint, bisects: false, retryMillisMin: 100, timeoutMillis: 7_000 };
    const { postings, wake, billing } = await told(world, 2, wanted, { post });
    await wake();
    expect(postings).toHaveLength(3);
    expect(new Set(postings.map(({ id }) => id)).size).toBe(1);
    expect(postings[0]?.id).toContain(billing.id);
    expect(postings[0]).toMatchObject({
      url: endpoint.url,
      secrets: endpoint.secrets,
      timeoutMillis: 7_000,
    });
    const event = JSON.parse(postings[0]?.body ?? '') as { records: Record<string, unknown[]> };
    expect(event.records['orders-0']).toHaveLength(2);
    await produce(world, sparedEngine(world), ['c']);
    await wake();
    expect(new Set(postings.map(({ id }) => id)).size).toBe(2);
  }));

test('one that says less, or names what it did not take, is given that', () =>
  inWorld(7, async (world) => {
    const failures = [{ itemIdentifier: { partition: 'orders-0', offset: 1 } }];
    const answers = [
      { status: 413, body: '' },
      { status: 200, body: JSON.stringify({ batchItemFailures: failures }) },
    ];
    const post = (): Posted => {
      const { status, body } = answers.shift() ?? { status: 200, body: 'thanks' };
      return { kind: 'answered', status, retryAfterMillis: undefined, body };
    };
    const { postings, wake } = await told(world, 4, { target: endpoint }, { post });
    await wake();
    const given = postings.map(({ body }) => {
      const { records } = JSON.parse(body) as { records: Record<string, { offset: number }[]> };
      return records['orders-0']?.map(({ offset }) => offset);
    });
    expect(given).toEqual([[0, 1, 2, 3], [0, 1], [1], [2, 3]]);
  }));
