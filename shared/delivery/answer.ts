// What a target's answer means for the records that it was given.

import type { PartitionName } from '../ids.ts';
import { parsedOrUndefined } from '../json.ts';
import type { Invoked, Posted, Sent, Undelivered } from '../ports/targets.ts';

export type Answer =
  | { readonly kind: 'delivered' }
  /** All before that offset are delivered, and that one is not. */
  | { readonly kind: 'failed-from'; readonly offset: number; readonly reason: string }
  | Undelivered;

/** Of records that were given at once.
 * @param offsets of them, in order. */
export function answerOfFunction(
  invoked: Invoked,
  place: PartitionName,
  offsets: readonly number[],
): Answer {
  switch (invoked.kind) {
    case 'returned':
      return answerOfResponse(invoked.payload, place, offsets);
    case 'function-error':
      return { kind: 'failed', reason: invoked.reason };
    default:
      return invoked;
  }
}

/** A status of 2xx is "delivered", and its body may say of which not; 429 and 503 are "later", and
 * 413 is "less".
 * Source: the Standard Webhooks specification, "Responding to webhooks". */
export function answerOfEndpoint(
  posted: Posted,
  place: PartitionName,
  offsets: readonly number[],
): Answer {
  if (posted.kind === 'failed') return posted;
  const { status, retryAfterMillis } = posted;
  if (status >= 200 && status < 300) return answerOfResponse(posted.body, place, offsets);
  if (status === 429 || status === 503) return { kind: 'busy', retryAfterMillis };
  if (status === 413) return { kind: 'too-large' };
  return { kind: 'failed', reason: `status ${status}` };
}

/** Of messages that were sent in order: those up to the first that was not taken, and what was said
 * of that one. It is to be sent first of all the next time, so that what is said then is of it.
 * @param offsets of those of this sending. */
export function answerOfQueue(
  sent: Sent,
  offsets: readonly number[],
): { readonly taken: number; readonly answer: Answer } {
  if (sent.kind !== 'sent') return { taken: 0, answer: sent };
  const taken = sent.results.findIndex((result) => result !== 'done');
  if (taken === -1) return { taken: offsets.length, answer: { kind: 'delivered' } };
  const result = sent.results[taken] as Undelivered;
  if (result.kind !== 'failed') return { taken, answer: result };
  // Those around it are known not to be to blame.
  const { reason } = result;
  return { taken, answer: { kind: 'failed-from', offset: offsets[taken] as number, reason } };
}

/** What was returned may name records that are not done with; anything else it may be is no matter.
 * The least of them counts, since those after it are given again with it. One that was not given
 * fails all, and so does a list of another form: what it means is not known.
 * Source: Lambda's "Batch item failures" of Kafka event sources. */
function answerOfResponse(
  payload: string,
  { topic, partition }: PartitionName,
  offsets: readonly number[],
): Answer {
  const failures = failuresIn(payload);
  if (failures === undefined) return { kind: 'delivered' };
  if (!Array.isArray(failures)) return malformedResponse;
  const given = new Set(offsets);
  let least = Number.POSITIVE_INFINITY;
  for (const failure of failures) {
    const offset = offsetIn(failure, `${topic}-${partition}`);
    if (offset === undefined || !given.has(offset)) return malformedResponse;
    least = Math.min(least, offset);
  }
  if (least === Number.POSITIVE_INFINITY) return { kind: 'delivered' };
  return { kind: 'failed-from', offset: least, reason: 'it is among batchItemFailures' };
}

const malformedResponse: Answer = {
  kind: 'failed',
  reason: 'batchItemFailures is malformed, or names a record that was not given',
};

/** undefined: it says nothing of failures. */
function failuresIn(payload: string): unknown {
  const response = parsedOrUndefined(payload);
  if (typeof response !== 'object' || response === null) return undefined;
  return (response as { batchItemFailures?: unknown }).batchItemFailures ?? undefined;
}

function offsetIn(failure: unknown, place: string): number | undefined {
  const { itemIdentifier } = Object(failure) as { itemIdentifier?: unknown };
  const { partition, offset } = Object(itemIdentifier) as { partition?: unknown; offset?: unknown };
  return partition === place && typeof offset === 'number' ? offset : undefined;
}
