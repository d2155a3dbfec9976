// What a failed call to DynamoDB or S3 leaves behind. The whole art is to tell "it was not done"
// from "it may have been": a wrong "not done" stores a record twice, a wrong "unknown" costs a
// look.
//
// In this order:
// 1. An error that the service names, by the table below.
// 2. Any other answer of 400 to 499: the service looked at the request and turned it away. With our
//    requests that is a wrong deployment (AccessDenied, ResourceNotFoundException, NoSuchBucket,
//    ExpiredTokenException): not done, unavailable.
// 3. No connection, or no credentials to sign with: nothing was sent. Not done, unavailable.
// 4. All else (a time limit, a reset, 500, 503, an answer that cannot be read, or that was changed
//    on its way): unknown.
// What fails as a read has changed nothing: it is always not done.
//
// The messages are our own words: a service's may carry an ARN. The failure is kept as the cause.
// Sources: "Error handling with DynamoDB", CancellationReasons of TransactWriteItems, and "List of
// error codes" of Amazon S3.

import { AssertionError } from '../assert.ts';
import { type StoreCause, StoreError } from '../store/store-error.ts';

type Verdict = StoreCause | 'our mistake';

const verdicts: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  // Too fast: the request was not begun.
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['ProvisionedThroughputExceeded', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['ThrottlingError', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['SlowDown', 'throttled'],
  // Another write to the same item or key was under way.
  ['TransactionConflictException', 'conflict'],
  ['TransactionConflict', 'conflict'],
  ['TransactionInProgressException', 'conflict'],
  ['ConditionalRequestConflict', 'conflict'],
  ['OperationAborted', 'conflict'],
  // What arrived was not what the checksum says: changed on its way.
  ['BadDigest', 'corrupt'],
  // A request that no retry makes right.
  ['ValidationException', 'our mistake'],
  ['ValidationError', 'our mistake'],
  ['SerializationException', 'our mistake'],
  ['IdempotentParameterMismatchException', 'our mistake'],
  ['DuplicateItem', 'our mistake'],
  ['InvalidArgument', 'our mistake'],
  ['InvalidDigest', 'our mistake'],
  ['InvalidRequest', 'our mistake'],
  ['EntityTooLarge', 'our mistake'],
  ['KeyTooLongError', 'our mistake'],
  ['MalformedXML', 'our mistake'],
]);

/** What a client throws for an answer whose bytes are not those that were sent: whatever it says
 * may be something else. */
export class CorruptAnswer extends Error {
  override readonly name = 'CorruptAnswer';
}

/** What the adapter throws for a write that failed so. */
export function writeFailure(cause: unknown): StoreError | AssertionError {
  const verdict = verdictOf(cause);
  if (verdict === undefined) return new StoreError('unknown', unclear(cause), { cause });
  return verdict === 'our mistake'
    ? mistake(cause)
    : new StoreError('not-done', verdict, { cause });
}

/** What the adapter throws for a read that failed so. */
export function readFailure(cause: unknown): StoreError | AssertionError {
  const verdict = verdictOf(cause) ?? unclear(cause);
  return verdict === 'our mistake'
    ? mistake(cause)
    : new StoreError('not-done', verdict, { cause });
}

/** What the adapter throws for a transaction that was cancelled for these reasons, none of them a
 * condition's: definite, whatever they are. */
export function cancellationFailure(
  codes: readonly string[],
  cause: unknown,
): StoreError | AssertionError {
  const found = codes.map((code) => verdicts.get(code));
  if (found.includes('our mistake')) return mistake(cause);
  const reason = (['throttled', 'conflict'] as const).find((one) => found.includes(one));
  return new StoreError('not-done', reason ?? 'unavailable', { cause });
}

/** What the adapter throws for a request of many keys, answered with an error for some of them: the
 * others were done, so the whole is neither done nor not done. */
export function partialFailure(code: string, cause: unknown): StoreError | AssertionError {
  const verdict = verdicts.get(code) ?? 'unavailable';
  return verdict === 'our mistake' ? mistake(cause) : new StoreError('unknown', verdict, { cause });
}

/** @returns undefined when it cannot be said. */
function verdictOf(failure: unknown): Verdict | undefined {
  if (!(failure instanceof Error)) return undefined;
  const named = verdicts.get(failure.name);
  if (named !== undefined) return named;
  if (isTurnedAway(failure) || wasNeverSent(failure)) return 'unavailable';
  return undefined;
}

/** Why there is no verdict. */
function unclear(cause: unknown): StoreCause {
  return cause instanceof CorruptAnswer ? 'corrupt' : 'unavailable';
}

function isTurnedAway(failure: AwsFailure): boolean {
  const status = failure.$metadata?.httpStatusCode ?? 0;
  return status >= 400 && status <= 499;
}

/** Node gathers one error for each address it tried. The HTTP handler's connect limit has no code
 * of its own; its text is held by a test. */
function wasNeverSent(failure: AwsFailure): boolean {
  if (failure instanceof AggregateError) return failure.errors.every(wasNeverSent);
  if (failure.name === 'CredentialsProviderError') return true;
  if (failure.syscall === 'connect' || failure.syscall === 'getaddrinfo') return true;
  return failure.name === 'TimeoutError' && failure.message.includes('did not establish');
}

/** What the SDK, its HTTP handler and Node put on an error. */
type AwsFailure = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly syscall?: string;
};

function mistake(cause: unknown): AssertionError {
  return new AssertionError('the store cannot take this request', { cause });
}
