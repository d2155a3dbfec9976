// What each failure of a call leaves behind: one line each, as a write and as a read.

import { expect, test } from 'vitest';
import { AssertionError } from '../../shared/assert.ts';
import {
  CorruptAnswer,
  cancellationFailure,
  partialFailure,
  readFailure,
  writeFailure,
} from '../../shared/aws/store-errors.ts';
import { StoreError } from '../../shared/store/store-error.ts';

const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/secret';

/** An error as the SDK makes it of an answer, or Node of a socket. */
function failure(name: string, more: object): Error {
  return Object.assign(new Error(`${name} on ${arn}`), { name, ...more });
}

function answered(name: string, httpStatusCode: number): Error {
  return failure(name, { $metadata: { httpStatusCode } });
}

const refused = failure('Error', { code: 'ECONNREFUSED', syscall: 'connect' });
const reset = failure('TimeoutError', { code: 'ECONNRESET', syscall: 'read' });

const writes: readonly [Error, string][] = [
  [answered('ProvisionedThroughputExceededException', 400), 'not-done, throttled'],
  [answered('ThrottlingException', 400), 'not-done, throttled'],
  [answered('RequestLimitExceeded', 400), 'not-done, throttled'],
  [answered('SlowDown', 503), 'not-done, throttled'],
  [answered('TransactionConflictException', 400), 'not-done, conflict'],
  [answered('TransactionInProgressException', 400), 'not-done, conflict'],
  [answered('ConditionalRequestConflict', 409), 'not-done, conflict'],
  [answered('BadDigest', 400), 'not-done, corrupt'],
  [answered('AccessDeniedException', 400), 'not-done, unavailable'],
  [answered('ResourceNotFoundException', 400), 'not-done, unavailable'],
  [answered('ExpiredTokenException', 403), 'not-done, unavailable'],
  [answered('NoSuchBucket', 404), 'not-done, unavailable'],
  [answered('NeverHeardOfIt', 499), 'not-done, unavailable'],
  [refused, 'not-done, unavailable'],
  [failure('Error', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 'not-done, unavailable'],
  [new AggregateError([refused, refused]), 'not-done, unavailable'],
  [failure('CredentialsProviderError', {}), 'not-done, unavailable'],
  [new AggregateError([refused, reset]), 'unknown, unavailable'],
  [reset, 'unknown, unavailable'],
  [failure('Error', { code: 'EPIPE', syscall: 'write' }), 'unknown, unavailable'],
  [failure('AbortError', {}), 'unknown, unavailable'],
  [failure('TimeoutError', { code: 'ETIMEDOUT' }), 'unknown, unavailable'],
  [answered('InternalServerError', 500), 'unknown, unavailable'],
  [answered('ServiceUnavailable', 503), 'unknown, unavailable'],
  [answered('SyntaxError', 200), 'unknown, unavailable'],
  [new Error('anything else'), 'unknown, unavailable'],
  [new CorruptAnswer(), 'unknown, corrupt'],
];

test.each(writes)('a write: %s: %s', (cause, expected) => {
  const thrown = writeFailure(cause);
  expect(thrown).toBeInstanceOf(StoreError);
  expect(thrown.message).toBe(`the store's answer: ${expected}`);
  expect(thrown.cause).toBe(cause);
});

test.each(writes)('a read: %s: not done', (cause, expected) => {
  const thrown = readFailure(cause);
  expect(thrown).toBeInstanceOf(StoreError);
  expect(thrown.message).toBe(`the store's answer: ${expected.replace('unknown', 'not-done')}`);
  expect(thrown.cause).toBe(cause);
});

test.each([
  'ValidationException',
  'SerializationException',
  'IdempotentParameterMismatchException',
  'InvalidArgument',
  'MalformedXML',
  'EntityTooLarge',
])('%s is our mistake, of a write as of a read', (name) => {
  const cause = answered(name, 400);
  for (const thrown of [writeFailure(cause), readFailure(cause)]) {
    expect(thrown).toBeInstanceOf(AssertionError);
    expect(thrown.message).not.toContain(arn);
    expect(thrown.cause).toBe(cause);
  }
});

test.each([
  [['None', 'TransactionConflict'], 'not-done, conflict'],
  [['ThrottlingError', 'None'], 'not-done, throttled'],
  [['TransactionConflict', 'ProvisionedThroughputExceeded'], 'not-done, throttled'],
  [['None', 'NeverHeardOfIt'], 'not-done, unavailable'],
  [[], 'not-done, unavailable'],
])('a transaction cancelled for %j: %s', (codes, expected) => {
  const thrown = cancellationFailure(codes, new Error(arn));
  expect(thrown.message).toBe(`the store's answer: ${expected}`);
});

test('a transaction that could never be is our mistake', () => {
  const thrown = cancellationFailure(['TransactionConflict', 'ValidationError'], new Error(arn));
  expect(thrown).toBeInstanceOf(AssertionError);
});

test.each([
  ['SlowDown', 'unknown, throttled'],
  ['InternalError', 'unknown, unavailable'],
  ['AccessDenied', 'unknown, unavailable'],
])('one key of many that failed with %s: %s', (code, expected) => {
  expect(partialFailure(code, new Error(arn)).message).toBe(`the store's answer: ${expected}`);
});

test('one key of many that could never be is our mistake', () => {
  expect(partialFailure('KeyTooLongError', new Error(arn))).toBeInstanceOf(AssertionError);
});
