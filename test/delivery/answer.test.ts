// What a target's answer means for the records that it was given.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerOfEndpoint, answerOfFunction, answerOfQueue } from '../../shared/delivery/answer.ts';
import type { Sent } from '../../shared/ports/targets.ts';

const place = { topic: 'orders', partition: 3 };
const offsets = [10, 11, 15, 20];
const delivered = { kind: 'delivered' };
const malformed = {
  kind: 'failed',
  reason: 'batchItemFailures is malformed, or names a record that was not given',
};

function returned(payload: unknown) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return answerOfFunction({ kind: 'returned', payload: text }, place, offsets);
}

function failing(...failures: readonly unknown[]) {
  return returned({ batchItemFailures: failures });
}

const identifier = (offset: unknown, partition: unknown = 'orders-3') => ({
  itemIdentifier: { partition, offset },
});

test('a function that says nothing of failures has taken all', () => {
  const silent = ['', 'null', '"text"', '7', 'true', '[]', '[1]', '{}', 'no JSON', '{"batchItem'];
  expect(silent.map(returned)).toEqual(silent.map(() => delivered));
  const others = [{ batchItemFailures: [] }, { batchItemFailures: null }, { statusCode: 500 }];
  expect(others.map(returned)).toEqual(others.map(() => delivered));
});

test('of those it names the least counts', () => {
  expect(failing(identifier(15))).toEqual({
    kind: 'failed-from',
    offset: 15,
    reason: 'it is among batchItemFailures',
  });
  expect(failing(identifier(20), identifier(11), identifier(15))).toMatchObject({ offset: 11 });
  expect(failing(identifier(10), identifier(10))).toMatchObject({ offset: 10 });
});

test('one that was not given, or is not said as it must be, fails all', () => {
  const wrong = [
    identifier(12),
    identifier(-1),
    identifier('15'),
    identifier(null),
    identifier(15, 'orders-4'),
    identifier(15, 'ORDERS-3'),
    identifier(15, 3),
    { itemIdentifier: { offset: 15 } },
    { itemIdentifier: 'orders-3/15' },
    { itemIdentifier: null },
    { itemIdentifier: [identifier(15)] },
    {},
    null,
    'text',
    15,
    [],
  ];
  expect(wrong.map((one) => failing(one))).toEqual(wrong.map(() => malformed));
  expect(wrong.map((one) => failing(identifier(10), one))).toEqual(wrong.map(() => malformed));
});

test('a list of failures that is none fails all', () => {
  for (const batchItemFailures of ['', 0, false, {}, identifier(15), 'orders-3']) {
    expect(returned({ batchItemFailures })).toEqual(malformed);
  }
});

test('whatever JSON it returns, it is an answer', () => {
  const run = fc.property(fc.json(), fc.json(), (payload, failures) => {
    const kinds = ['delivered', 'failed', 'failed-from'];
    expect(kinds).toContain(returned(payload).kind);
    expect(kinds).toContain(returned(`{"batchItemFailures": ${failures}}`).kind);
  });
  fc.assert(run, { numRuns: 1_000 });
});

test('a function that throws, or is not reached, has taken none', () => {
  const thrown = { kind: 'function-error', reason: 'TypeError' } as const;
  expect(answerOfFunction(thrown, place, offsets)).toEqual({ kind: 'failed', reason: 'TypeError' });
  const undelivered = [
    { kind: 'busy', retryAfterMillis: 3_000 },
    { kind: 'busy', retryAfterMillis: undefined },
    { kind: 'too-large' },
    { kind: 'failed', reason: 'ECONNRESET' },
  ] as const;
  for (const one of undelivered) {
    expect(answerOfFunction(one, place, offsets)).toEqual(one);
    expect(answerOfQueue(one, offsets)).toEqual({ taken: 0, answer: one });
  }
});

test('an endpoint says by its status whether, later, or less', () => {
  const status = (status: number, body = '', retryAfterMillis?: number) =>
    answerOfEndpoint({ kind: 'answered', status, retryAfterMillis, body }, place, offsets);
  expect([200, 201, 202, 204, 299].map((each) => status(each))).toEqual(Array(5).fill(delivered));
  expect(status(200, 'thanks')).toEqual(delivered);
  const body = JSON.stringify({ batchItemFailures: [identifier(15)] });
  expect(status(200, body)).toMatchObject({ kind: 'failed-from', offset: 15 });
  expect(status(500, body)).toEqual({ kind: 'failed', reason: 'status 500' });
  for (const busy of [429, 503]) {
    expect(status(busy, '', 7_000)).toEqual({ kind: 'busy', retryAfterMillis: 7_000 });
    expect(status(busy)).toEqual({ kind: 'busy', retryAfterMillis: undefined });
  }
  expect(status(413)).toEqual({ kind: 'too-large' });
  for (const failed of [100, 199, 300, 301, 400, 401, 404, 408, 410, 500, 502, 504]) {
    expect(status(failed)).toEqual({ kind: 'failed', reason: `status ${failed}` });
  }
  const lost = { kind: 'failed', reason: 'ECONNREFUSED' } as const;
  expect(answerOfEndpoint(lost, place, offsets)).toEqual(lost);
});

test('of a queue what was taken up to the first that was not, and what was said of it', () => {
  const busy = { kind: 'busy', retryAfterMillis: 1_000 } as const;
  const failed = { kind: 'failed', reason: 'InvalidMessageContents' } as const;
  const answer = (...results: Extract<Sent, { kind: 'sent' }>['results']) =>
    answerOfQueue({ kind: 'sent', results }, offsets);
  expect(answer('done', 'done', 'done', 'done')).toEqual({ taken: 4, answer: delivered });
  expect(answer('done', busy, 'done', failed)).toEqual({ taken: 1, answer: busy });
  expect(answer(busy, busy, busy, busy)).toEqual({ taken: 0, answer: busy });
  expect(answer('done', 'done', failed, busy)).toEqual({
    taken: 2,
    answer: { kind: 'failed-from', offset: 15, reason: 'InvalidMessageContents' },
  });
  expect(answer(failed, 'done', 'done', 'done')).toMatchObject({
    taken: 0,
    answer: { kind: 'failed-from', offset: 10 },
  });
  const tooLarge = { kind: 'too-large' } as const;
  expect(answer('done', tooLarge, 'done', 'done')).toEqual({ taken: 1, answer: tooLarge });
});
