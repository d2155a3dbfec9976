// Wake-ups over SQS: which queue each takes, and what is left when SQS does not take them.

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { groupIdOf, sqsWakeUps } from '../../shared/aws/sqs-wake-ups.ts';
import { sqsClient } from '../../shared/aws/trigger-clients.ts';
import { readWakeUp } from '../../shared/aws/wake-up-text.ts';
import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import type { WakeUp } from '../../shared/ports/wake-ups.ts';
import { emulatorCredentials } from '../emulators/credentials.ts';
import { startScriptedServer } from '../emulators/scripted-server.ts';
import { type SentBatch, type SqsAnswer, startSqsFake } from '../emulators/sqs-fake.ts';
import { seededChance } from '../world/seeded-chance.ts';

const now = 1_700_000_000_000;
const fifoQueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/wake-ups.fifo';
const delayQueueUrl = 'https://sqs.us-east-1.amazonaws.com/123456789012/later';
const topicId = 'AAAAAAAAAAAAAAAAAAAAAA' as TopicId;
const throttled = { status: 403, type: 'com.amazonaws.sqs#RequestThrottled' };
const broken = { status: 500, type: 'com.amazon.coral.service#InternalFailure' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function wakeUpsOf(count: number): WakeUp[] {
  const partitions = Array.from({ length: count }, (_, partition) => partition);
  return partitions.map((partition) => ({
    subscription: 'orders',
    topicId,
    partition,
    queue: partition % 3,
  }));
}

describe('wake-ups for now', () => {
  test('go to the FIFO queue, each in the group of its queue', async () => {
    const { wakeUps, batches } = await opened();
    await wakeUps.send(wakeUpsOf(4));
    expect(batches).toHaveLength(1);
    expect(batches[0]?.queueUrl).toBe(fifoQueueUrl);
    const entries = entriesOf(batches);
    expect(entries.map(({ MessageGroupId }) => MessageGroupId)).toEqual([
      'orders:0',
      'orders:1',
      'orders:2',
      'orders:0',
    ]);
    expect(entries.filter(({ DelaySeconds }) => DelaySeconds !== undefined)).toEqual([]);
    expect(entries.map(({ MessageBody }) => readWakeUp(MessageBody))).toEqual(
      wakeUpsOf(4).map((wakeUp) => ({ wakeUp, notBefore: undefined })),
    );
  });

  test('are never taken for one that was sent before', async () => {
    const { wakeUps, batches } = await opened();
    const [wakeUp] = wakeUpsOf(1) as [WakeUp];
    await wakeUps.send([wakeUp, wakeUp]);
    await wakeUps.send([wakeUp]);
    const ids = entriesOf(batches).map((entry) => entry.MessageDeduplicationId);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  test('that say the same are sent as the same, and others are not', async () => {
    const { wakeUps, batches } = await opened();
    const [wakeUp] = wakeUpsOf(1) as [WakeUp];
    const one = { ...wakeUp, deduplicationKey: 'life-7-held' };
    await wakeUps.send([one, { ...one }]);
    await wakeUps.send([one]);
    const [id, ...same] = entriesOf(batches).map((entry) => entry.MessageDeduplicationId);
    expect(same).toEqual([id, id]);
    const topicId = 'BBBBBBBBBBBBBBBBBBBBBB' as TopicId;
    const others = [
      { partition: 9 },
      { queue: 9 },
      { subscription: 'x' },
      { deduplicationKey: '8' },
      { topicId },
    ];
    await wakeUps.send(others.map((other) => ({ ...one, ...other })));
    const ids = entriesOf(batches).map((entry) => entry.MessageDeduplicationId);
    expect(new Set(ids).size).toBe(1 + others.length);
  });

  test('go ten at a time, and none is left out', async () => {
    const { wakeUps, batches } = await opened();
    await wakeUps.send(wakeUpsOf(95));
    expect(batches.map(({ entries }) => entries.length).toSorted((a, b) => b - a)).toEqual([
      ...new Array<number>(9).fill(10),
      5,
    ]);
    const bodies = entriesOf(batches).map(({ MessageBody }) => readWakeUp(MessageBody)?.wakeUp);
    expect(new Set(bodies.map((wakeUp) => wakeUp?.partition)).size).toBe(95);
  });

  test('begin eight requests at most before the first is answered', async () => {
    const full = Promise.withResolvers<void>();
    let come = 0;
    const { wakeUps, handle } = await opened(async (): Promise<SqsAnswer> => {
      if (++come === 8) full.resolve();
      await full.promise;
      return 'taken';
    });
    const sent = wakeUps.send(wakeUpsOf(160));
    await full.promise;
    expect(handle).toHaveBeenCalledTimes(8);
    await sent;
    expect(handle).toHaveBeenCalledTimes(16);
  });

  test('that are none ask nothing', async () => {
    const { wakeUps, batches } = await opened();
    await wakeUps.send([]);
    await wakeUps.send([], (now + 1) as EpochMillis);
    expect(batches).toEqual([]);
  });
});

describe('wake-ups with a time of their own', () => {
  test.each([
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [899_001, 900],
    [900_000, 900],
    [900_001, 900],
    [86_400_000, 900],
  ])('in %d ms are delayed by %d s, and say their time', async (millis, delaySeconds) => {
    const { wakeUps, batches } = await opened();
    const notBefore = (now + millis) as EpochMillis;
    await wakeUps.send(wakeUpsOf(11), notBefore);
    expect(batches.map((batch) => batch.queueUrl)).toEqual([delayQueueUrl, delayQueueUrl]);
    for (const entry of entriesOf(batches)) {
      expect(entry).toMatchObject({ DelaySeconds: delaySeconds });
      expect(entry).not.toHaveProperty('MessageGroupId');
      expect(entry).not.toHaveProperty('MessageDeduplicationId');
      expect(readWakeUp(entry.MessageBody)?.notBefore).toBe(notBefore);
    }
  });

  test('that has come are wake-ups for now', async () => {
    const { wakeUps, batches } = await opened();
    await wakeUps.send(wakeUpsOf(1), now as EpochMillis);
    expect(batches[0]?.queueUrl).toBe(fifoQueueUrl);
    expect(entriesOf(batches)[0]).toHaveProperty('MessageGroupId', 'orders:0');
  });
});

describe('wake-ups that SQS does not take', () => {
  const notDone = { name: 'StoreError', outcome: 'not-done', reason: 'throttled' };
  const unknown = (reason: string) => ({ name: 'StoreError', outcome: 'unknown', reason });

  test('since it throttles all of them were not sent', async () => {
    const { wakeUps } = await opened(() => throttled);
    await expect(wakeUps.send(wakeUpsOf(20))).rejects.toMatchObject(notDone);
  });

  test('since it throttles some of them are unknown', async () => {
    const { wakeUps } = await opened(({ entries }) => (entries.length < 10 ? throttled : 'taken'));
    await expect(wakeUps.send(wakeUpsOf(11))).rejects.toMatchObject(unknown('throttled'));
  });

  test('since it throttles after many were taken are unknown', async () => {
    const { wakeUps } = await opened(({ entries }) => (entries.length < 10 ? throttled : 'taken'));
    await expect(wakeUps.send(wakeUpsOf(81))).rejects.toMatchObject(unknown('throttled'));
  });

  test.each([
    ['RequestThrottled', 'throttled'],
    ['InternalError', 'unavailable'],
  ])('one of which failed for %s are unknown: %s', async (Code, reason) => {
    const { wakeUps } = await opened(() => ({ failed: [{ Id: '1', Code }] }));
    await expect(wakeUps.send(wakeUpsOf(3))).rejects.toMatchObject(unknown(reason));
  });

  test('since it is broken are unknown, by its name alone; and no more are sent', async () => {
    const { wakeUps, batches } = await opened(() => broken);
    await expect(wakeUps.send(wakeUpsOf(200))).rejects.toMatchObject({
      ...unknown('unavailable'),
      cause: { message: 'InternalFailure, status 500' },
    });
    expect(batches).toHaveLength(8);
  });

  test('since it never answers are unknown at the client’s limit', async () => {
    const server = await startScriptedServer(() => {});
    closing.push(server.stop);
    const { wakeUps } = openedAt(server.endpoint, 300);
    await expect(wakeUps.send(wakeUpsOf(1))).rejects.toMatchObject(unknown('unavailable'));
  });
});

describe('a message group', () => {
  const names = fc.stringMatching(/^[a-zA-Z0-9._-]{1,249}$/);
  const queues = fc.record({
    subscription: fc.oneof(names, fc.constantFrom('a', 'a.1', 'a-', 'x'.repeat(249))),
    queue: fc.oneof(fc.nat({ max: 1_000 }), fc.maxSafeNat()),
  });

  test('has an id of SQS’s alphabet and length', () => {
    fc.assert(
      fc.property(queues, (queue) => {
        // No space is among SQS's characters.
        expect(groupIdOf(queue)).toMatch(/^[!-~]{1,128}$/);
      }),
    );
  });

  test('is of one queue alone', () => {
    fc.assert(
      fc.property(queues, queues, (one, other) => {
        const isSame = one.subscription === other.subscription && one.queue === other.queue;
        expect(groupIdOf(one) === groupIdOf(other)).toBe(isSame);
      }),
    );
  });

  test.each([
    ['a', 11, 'a1', 1],
    ['x'.repeat(200), 1, 'x'.repeat(201), 1],
    ['x'.repeat(200), 1, 'x'.repeat(200), 2],
  ])('of %s and %d is not that of %s and %d', (subscription, queue, another, next) => {
    const one = groupIdOf({ subscription, queue });
    expect(one).not.toBe(groupIdOf({ subscription: another, queue: next }));
  });

  test('of a long name is not that of a short name which looks like it', () => {
    const long = groupIdOf({ subscription: 'x'.repeat(200), queue: 1 });
    const subscription = long.replace(/^#/, '').replace(/:1$/, '');
    expect(subscription).toMatch(/^[a-zA-Z0-9._-]+$/);
    expect(groupIdOf({ subscription, queue: 1 })).not.toBe(long);
  });
});

async function opened(answerTo?: (batch: SentBatch) => SqsAnswer | Promise<SqsAnswer>) {
  const fake = await startSqsFake(answerTo);
  closing.push(fake.stop);
  return { ...openedAt(fake.endpoint), batches: fake.batches };
}

function openedAt(endpoint: string, callMillisMax = 60_000) {
  const client = sqsClient({ endpoint, ...emulatorCredentials, callMillisMax });
  closing.push(() => client.destroy());
  const handle = vi.spyOn(client.config.requestHandler, 'handle');
  const clock = { now: () => now as EpochMillis };
  const chance = seededChance(1);
  const wakeUps = sqsWakeUps({ client, fifoQueueUrl, delayQueueUrl, clock, chance });
  return { wakeUps, handle };
}

function entriesOf(batches: readonly SentBatch[]) {
  return batches.flatMap(({ entries }) => entries);
}
