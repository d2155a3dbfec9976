// Whom a subscription delivers to, in a line.

import type { SubscriptionReply } from '../engine/replies.ts';

/** Its type, and what else the engine says of it: `lambda: ship-orders`. */
export function targetText({ type, ...more }: SubscriptionReply['target']): string {
  return `${type}: ${Object.values(more).join(' ')}`;
}
