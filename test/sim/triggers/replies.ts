// A receiver's reaction in the words of each kind of target, and what a worker is to understand by
// it: said here by itself, so that the engine can be judged by it.

import type { Invoked, Posted, Sent, Undelivered } from '../../../shared/ports/targets.ts';
import type { ReadRecord, Told } from '../history.ts';
import type { Reaction } from './moods.ts';
import type { GivenText } from './target-events.ts';

type Reply<Answer> = { readonly answer: Answer; readonly told: Told };

const ownFault = 'PoisonError';
const named = 'it is among batchItemFailures';
const misnamed = 'batchItemFailures is malformed, or names a record that was not given';

export function invokedOf(reaction: Reaction, given: GivenText): Reply<Invoked> {
  switch (reaction.kind) {
    case 'fails': {
      const answer = { kind: 'function-error', reason: ownFault } as const;
      return { answer, told: { kind: 'failed', reason: ownFault } };
    }
    case 'busy': {
      const { retryAfterMillis } = reaction;
      return { answer: { kind: 'busy', retryAfterMillis }, told: { kind: 'busy' } };
    }
    case 'too-large':
      return { answer: { kind: 'too-large' }, told: { kind: 'too-large' } };
    default: {
      const { body, told } = bodyOf(reaction, given);
      return { answer: { kind: 'returned', payload: body }, told };
    }
  }
}

export function postedOf(reaction: Reaction, given: GivenText): Reply<Posted> {
  const answered = (status: number, told: Told, body = '', retryAfterMillis?: number) => {
    return { answer: { kind: 'answered', status, retryAfterMillis, body } as const, told };
  };
  switch (reaction.kind) {
    case 'fails':
      return answered(500, { kind: 'failed', reason: 'status 500' });
    case 'busy': {
      const status = reaction.retryAfterMillis === 0 ? 503 : 429;
      return answered(status, { kind: 'busy' }, 'later', reaction.retryAfterMillis);
    }
    case 'too-large':
      return answered(413, { kind: 'too-large' });
    default: {
      const { body, told } = bodyOf(reaction, given);
      return answered(200, told, body);
    }
  }
}

function bodyOf(
  reaction: Extract<Reaction, { kind: 'takes' | 'names-failures' | 'misnames' }>,
  { place }: GivenText,
): { readonly body: string; readonly told: Told } {
  switch (reaction.kind) {
    case 'takes':
      return { body: reaction.payload, told: { kind: 'all' } };
    case 'names-failures': {
      const all = [...reaction.failures];
      const failures = all.map((offset) => {
        return { itemIdentifier: { partition: place, offset } };
      });
      const told = { kind: 'from', offset: Math.min(...all), reason: named } as const;
      return { body: JSON.stringify({ batchItemFailures: failures }), told };
    }
    case 'misnames': {
      const body = JSON.stringify({ batchItemFailures: reaction.failures });
      return { body, told: { kind: 'failed', reason: misnamed } };
    }
  }
}

/** A queue takes each message by itself; what a function would say in words it says of all. */
export function sentOf(reaction: Reaction, { records }: GivenText): Reply<Sent> {
  switch (reaction.kind) {
    case 'takes':
      return {
        answer: { kind: 'sent', results: records.map(() => 'done') },
        told: { kind: 'all' },
      };
    case 'busy':
      return { answer: { kind: 'busy', retryAfterMillis: undefined }, told: { kind: 'busy' } };
    case 'too-large':
      return { answer: { kind: 'too-large' }, told: { kind: 'too-large' } };
    case 'names-failures':
      return ofEach(records, reaction.failures);
    default: {
      const failed = { kind: 'failed', reason: ownFault } as const;
      return { answer: failed, told: failed };
    }
  }
}

function ofEach(records: readonly ReadRecord[], failures: ReadonlySet<number>): Reply<Sent> {
  const failed: Undelivered = { kind: 'failed', reason: ownFault };
  const results = records.map(({ offset }) => (failures.has(offset) ? failed : 'done'));
  const offset = Math.min(...failures);
  // It is tried first of all the next time, and is to blame only then.
  const told: Told =
    records[0]?.offset === offset
      ? { kind: 'from', offset, reason: ownFault }
      : { kind: 'up-to', offset };
  return { answer: { kind: 'sent', results }, told };
}
