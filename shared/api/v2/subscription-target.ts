// How a subscription's target is said in bodies and replies, and who gets to see its secrets.
//
// Invariant: a secret is in one reply at most, that of the request that drew it or put it first.

import type { Target } from '../../delivery/subscription.ts';
import { EngineError } from '../../errors.ts';
import { secretFrom } from '../../webhook/signature.ts';
import type { Exchange } from '../exchange.ts';
import type { TargetBody } from '../schemas/subscriptions.ts';

/** Those that sign: the newest, and the one that a receiver may not have replaced yet. */
const secretsMax = 2;
const secretBytes = 32;

export function drawSecret({ engine }: Pick<Exchange, 'engine'>): string {
  return secretFrom(engine.chance.bytes(secretBytes));
}

/** @param drawn for an endpoint that is given no secret and has none.
 * @param before undefined: there is none. */
export function targetFrom(said: TargetBody, drawn: string, before?: Target): Target {
  switch (said.type) {
    case 'lambda':
      return { kind: 'lambda', function: said.function };
    case 'sqs':
      return { kind: 'sqs', queueUrl: said.queue_url };
    case 'https': {
      const kept = before?.kind === 'https' ? before.secrets : [drawn];
      const secrets = typeof said.secret === 'string' ? [said.secret] : kept;
      return { kind: 'https', url: said.url, secrets };
    }
  }
}

/** @returns what to show of it, when it is in use. */
export function shownOnce(target: Target, drawn: string): { readonly secret?: string } {
  return target.kind === 'https' && target.secrets.includes(drawn) ? { secret: drawn } : {};
}

/** @throws EngineError INVALID_FIELD: it signs nothing. */
export function withSecret(target: Target, secret: string): Target {
  if (target.kind !== 'https') {
    const message = 'target: only an https one has a secret';
    throw new EngineError('INVALID_FIELD', message, { field: 'target' });
  }
  const others = target.secrets.filter((other) => other !== secret);
  return { ...target, secrets: [secret, ...others].slice(0, secretsMax) };
}

export function targetReply(target: Target) {
  switch (target.kind) {
    case 'lambda':
      return { type: 'lambda', function: target.function };
    case 'sqs':
      return { type: 'sqs', queue_url: target.queueUrl };
    case 'https':
      return { type: 'https', url: target.url };
  }
}
