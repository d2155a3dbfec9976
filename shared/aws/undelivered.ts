// What a failed call to Lambda or SQS says of what it was to deliver: that the target is busy, that
// this was too much at once, or that it failed otherwise. It never says "it was not done": a target
// may have got what it did not answer.
//
// The reasons are names of errors, never their messages: those hold ARNs, and parts of a request or
// an answer.
// Sources: the errors of Lambda's Invoke, and of SQS's SendMessageBatch and "Common Errors".

import { plainName } from '../ports/plain-name.ts';
import { retryAfterMillis } from '../ports/retry-after.ts';
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

export type Fault = {
  readonly name: string;
  readonly message?: string | undefined;
  readonly status?: number | undefined;
  /** The header Retry-After. AWS sends no date in it. */
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
    return { kind: 'busy', retryAfterMillis: retryAfterMillis(retryAfterSeconds ?? '') };
  }
  if (tooLarge.has(name) || status === 413 || isAboveQueuesLimit(name, message)) {
    return { kind: 'too-large' };
  }
  const reason = plainName(name);
  return { kind: 'failed', reason: status === undefined ? reason : `${reason}, status ${status}` };
}

/** A message above the queue's own MaximumMessageSize is one of many invalid parameters: only its
 * text tells. */
function isAboveQueuesLimit(name: string, message = ''): boolean {
  return name === 'InvalidParameterValue' && message.includes('Message must be shorter than');
}

/** What the SDK puts on an error, and Node on one of a socket: its code says more than its name. */
type AwsFailure = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly code?: string;
  readonly retryAfterSeconds?: string;
};
