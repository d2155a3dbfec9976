// What a failed call to Lambda or SQS says of what it was to deliver: that the target is busy, that
// this was too much at once, or that it failed otherwise. It never says "it was not done": a target
// may have got what it did not answer.
//
// The reasons are names of errors, never their messages: those hold ARNs, and parts of a request or
// an answer.
// Sources: the errors of Lambda's Invoke, and of SQS's SendMessageBatch and "Common Errors".

import type { Undelivered } from '../ports/targets.ts';

const busy: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  // The function's network or key is what is busy: it was not begun.
  'EC2ThrottledException',
  'KmsThrottled',
  'KMS.ThrottlingException',
  'RequestThrottled',
  'OverLimit',
  'ThrottlingException',
]);

const tooLarge: ReadonlySet<string> = new Set([
  'RequestTooLargeException',
  'SerializedRequestEntityTooLargeException',
  'BatchRequestTooLong',
  'AWS.SimpleQueueService.BatchRequestTooLong',
]);

/** Longer than any name that AWS gives an error. A function names its own. */
const nameLengthMax = 100;

export type Fault = {
  readonly name: string;
  readonly message?: string | undefined;
  readonly status?: number | undefined;
  /** The header Retry-After. */
  readonly retryAfterSeconds?: string | undefined;
};

/** Of what a send has thrown. */
export function undeliveredBy(failure: unknown): Undelivered {
  if (!(failure instanceof Error)) return { kind: 'failed', reason: 'no answer' };
  const { name, message, code, retryAfterSeconds, $metadata }: AwsFailure = failure;
  // Only the time limit aborts.
  if (name === 'AbortError') return { kind: 'failed', reason: 'no answer in time' };
  const status = $metadata?.httpStatusCode;
  return undelivered({ name: code ?? name, message, status, retryAfterSeconds });
}

export function undelivered({ name, message, status, retryAfterSeconds }: Fault): Undelivered {
  if (busy.has(name) || status === 429) {
    return { kind: 'busy', retryAfterMillis: millisOf(retryAfterSeconds) };
  }
  if (tooLarge.has(name) || status === 413 || isAboveQueuesLimit(name, message)) {
    return { kind: 'too-large' };
  }
  const reason = plainName(name);
  return { kind: 'failed', reason: status === undefined ? reason : `${reason}, status ${status}` };
}

/** Cut, and printable ASCII alone: whoever chose it may have written anything, and reasons go to
 * logs, headers and records. */
export function plainName(name: string): string {
  return name.slice(0, nameLengthMax).replaceAll(/[^\x20-\x7e]/g, '?');
}

/** A message above the queue's own MaximumMessageSize is one of many invalid parameters: only its
 * text tells. */
function isAboveQueuesLimit(name: string, message = ''): boolean {
  return name === 'InvalidParameterValue' && message.includes('Message must be shorter than');
}

/** A date, which RFC 9110 allows too, is not read. */
function millisOf(seconds: string | undefined): number | undefined {
  return seconds !== undefined && /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1_000 : undefined;
}

/** What the SDK puts on an error, and Node on one of a socket: its code says more than its name. */
type AwsFailure = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
  readonly retryAfterSeconds?: string;
};
