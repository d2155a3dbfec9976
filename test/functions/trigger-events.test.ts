// What the stream and the queues bring, in the engine's words, and in which order it is worked on.

import type { DynamoDBStreamEvent, SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendedIn, forEachWakeUp, wakeUpsIn } from '../../functions/trigger-events.ts';
import { wakeUpText } from '../../shared/aws/wake-up-text.ts';
import type { EpochMillis, TopicId } from '../../shared/ids.ts';
import type { WakeUp } from '../../shared/ports/wake-ups.ts';
import { dynamoDbEvent, firstOfGroup, insertRecord } from '../ingest/events.ts';

const topicId = 'AAAAAAAAAAAAAAAAAAAAAA' as TopicId;
const wakeUp = (partition: number): WakeUp => {
  return { subscription: 'billing', topicId, partition, queue: partition };
};

function streamOf(...pks: string[]): DynamoDBStreamEvent {
  const Records = pks.map((pk) => {
    const Keys = { pk: { S: pk }, sk: { S: 'head' } };
    return { ...insertRecord, dynamodb: { ...insertRecord.dynamodb, Keys } };
  });
  return { Records };
}

type Message = { readonly id: string; readonly group: string; readonly body: string };

function queueOf(messages: readonly Message[]): SQSEvent {
  const Records = messages.map(({ id, group, body }) => {
    const attributes = { ...firstOfGroup.attributes, MessageGroupId: group };
    return { ...firstOfGroup, messageId: id, body, attributes };
  });
  return { Records };
}

const timed = (partition: number, notBefore?: number): Message => ({
  id: `m${partition}`,
  group: 'g',
  body: wakeUpText({ wakeUp: wakeUp(partition), notBefore: notBefore as EpochMillis | undefined }),
});

describe('the router', () => {
  test('finds the partitions that were appended to', () => {
    const event = streamOf(`part#${topicId}#0`, `part#${topicId}#12`, `part#${topicId}#0`);
    expect(appendedIn(event)).toEqual([
      { topicId, partition: 0 },
      { topicId, partition: 12 },
      { topicId, partition: 0 },
    ]);
    expect(wakeUpsIn(event)).toEqual([]);
  });

  test('passes over what is no partition’s', () => {
    expect(appendedIn(streamOf('topics', 'group#part', `part#${topicId}`))).toEqual([]);
    expect(appendedIn(dynamoDbEvent)).toEqual([]);
  });

  test('finds the wake-ups that waited, each with its time', () => {
    const junk = { id: 'x', group: 'g', body: 'hello' };
    const event = queueOf([timed(1, 5), junk, timed(2)]);
    expect(wakeUpsIn(event)).toEqual([
      { wakeUp: wakeUp(1), notBefore: 5 },
      { wakeUp: wakeUp(2), notBefore: undefined },
    ]);
    expect(appendedIn(event)).toEqual([]);
  });
});

describe('a worker', () => {
  /** @param bad partitions whose wake-ups fail. */
  async function work(messages: readonly Message[], bad: ReadonlySet<number> = new Set()) {
    const done: number[] = [];
    const reported: unknown[] = [];
    const answer = await forEachWakeUp(
      queueOf(messages),
      async ({ partition }) => {
        if (bad.has(partition)) throw new Error(`p${partition}`);
        done.push(partition);
      },
      (fault) => reported.push(fault),
    );
    const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    return { done, failed, reported };
  }

  test('works on what it is woken for', async () => {
    const { done, failed } = await work([timed(3), timed(4)]);
    expect(done).toEqual([3, 4]);
    expect(failed).toEqual([]);
  });

  test('is not kept by what is no wake-up', async () => {
    const junk = { id: 'junk', group: 'g', body: '{}' };
    expect(await work([junk, timed(1)])).toMatchObject({ done: [1], failed: [] });
  });

  test('says why it failed', async () => {
    const { reported } = await work([timed(7)], new Set([7]));
    expect(reported).toEqual([new Error('p7')]);
  });

  test('gives back what failed, and what comes after it in its group alone', async () => {
    const message = fc.record({ group: fc.constantFrom('a', 'b', 'c'), isBad: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 10 }), async (drawn) => {
        const messages = drawn.map(({ group }, at) => ({ ...timed(at), group }));
        const bad = new Set([...drawn.keys()].filter((at) => drawn[at]?.isBad));
        const { done, failed } = await work(messages, bad);
        const expected = [...drawn.keys()].filter((at) => {
          return ![...bad].some((one) => one <= at && drawn[one]?.group === drawn[at]?.group);
        });
        expect(done.toSorted((one, other) => one - other)).toEqual(expected);
        const rest = messages.filter((_, at) => !expected.includes(at)).map(({ id }) => id);
        expect(failed.toSorted()).toEqual(rest.toSorted());
      }),
    );
  });
});
