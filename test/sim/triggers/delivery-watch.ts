// Sees every change of subscriptions and of their leases as it is stored. Whether a lease ever
// changed in a way that it may not is judged here; what must be compared with what receivers did is
// left to checkers.

import type { Subscription } from '../../../shared/delivery/subscription.ts';
import { readSubscription } from '../../../shared/delivery/subscription-items.ts';
import { type Lease, readLease } from '../../../shared/group/lease.ts';
import type { EpochMillis, GroupLife, Incarnation, TopicId } from '../../../shared/ids.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import { numberIn } from '../../../shared/store/algebra.ts';
import { headItem, headKey } from '../../../shared/store/items.ts';
import { subscriptionsPk } from '../../../shared/store/trigger-items.ts';

/** A subscription as it was from an event on; undefined: deleted. */
export type WatchedSubscription = {
  readonly name: string;
  readonly subscription: Subscription | undefined;
  readonly event: number;
};

/** What is committed of a partition changed. */
export type WatchedMove = {
  readonly group: string;
  readonly life: GroupLife;
  readonly topicId: TopicId;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** 'delivered': by who has the partition. 'placed': whoever had it is fenced by it. */
  readonly by: 'delivered' | 'placed';
  readonly event: number;
};

/** The groups of subscriptions are named so. */
const ownGroups = 'group#for-';

export function isOfSubscription({ pk }: Key): boolean {
  return pk.startsWith(ownGroups);
}

export type DeliveryWatchParts = {
  readonly peek: (key: Key) => Item | undefined;
  readonly next: () => number;
  /** The true time. */
  readonly now: () => EpochMillis;
  /** No clock of the run is ever wrong. */
  readonly isTimeTrue: boolean;
  /** The process whose write is being done. */
  readonly writer: () => string;
};

export class DeliveryWatch {
  readonly violations: string[] = [];
  readonly subscriptions: WatchedSubscription[] = [];
  readonly moves: WatchedMove[] = [];
  readonly #parts: DeliveryWatchParts;
  readonly #takers = new Map<Incarnation, string>();

  constructor(parts: DeliveryWatchParts) {
    this.#parts = parts;
  }

  /** As they are now. */
  get current(): ReadonlyMap<string, Subscription> {
    const all = new Map<string, Subscription>();
    for (const { name, subscription } of this.subscriptions) {
      if (subscription === undefined) all.delete(name);
      else all.set(name, subscription);
    }
    return all;
  }

  readonly changed = (key: Key, before: Item | undefined, after: Item | undefined): void => {
    if (key.pk === subscriptionsPk) {
      const subscription = after === undefined ? undefined : readSubscription(after);
      this.subscriptions.push({ name: key.sk, subscription, event: this.#parts.next() });
    }
    if (!isOfSubscription(key) || !key.sk.startsWith('lease#') || after === undefined) return;
    const was = before === undefined ? undefined : readLease(before);
    this.#leaseChanged(key.pk.slice('group#'.length), was, readLease(after));
  };

  #leaseChanged(group: string, was: Lease | undefined, is: Lease): void {
    const say = (what: string) => {
      this.violations.push(`subscription ${group}, ${is.topic}-${is.id.partition}: ${what}`);
    };
    const { isTimeTrue, now, writer } = this.#parts;
    const isTaken = is.owner !== undefined && is.owner !== was?.owner;
    if (is.fence < (was?.fence ?? 0)) say('I18: its fence fell');
    if (isTaken && is.fence <= (was?.fence ?? 0)) {
      say('I21: it was taken, and its fence was not raised');
    }
    if (isTaken && was?.owner !== undefined && isTimeTrue && (was.until ?? 0) > now()) {
      say('I21: it was taken from a worker whose time is not over');
    }
    if (isTaken) this.#takers.set(is.owner, writer());
    // An owner that was fenced is not at work: the fence was raised.
    const owner = was?.fence === is.fence ? was.owner : undefined;
    const isFenced = was === undefined || was.fence !== is.fence;
    if (!isFenced && owner === undefined && !isTaken) {
      say(`I21: ${writer()} wrote it, and nobody has it`);
    }
    const taker = owner === undefined ? undefined : this.#takers.get(owner);
    if (taker !== undefined && taker !== writer()) {
      say(`I21: ${writer()} wrote it, and ${taker} has it`);
    }
    this.#moved(group, was, is, owner === undefined ? 'placed' : 'delivered', say);
  }

  #moved(
    group: string,
    was: Lease | undefined,
    is: Lease,
    by: WatchedMove['by'],
    say: (what: string) => void,
  ): void {
    const isSameLife = was?.life === is.life;
    const from = isSameLife ? was.commit?.offset : undefined;
    const to = is.commit?.offset;
    if (to === undefined || to === from) {
      if (isSameLife && to !== from) say('I19: what was committed is gone');
      return;
    }
    if (by === 'delivered' && to < (from ?? 0)) say(`I19: it fell from ${from} to ${to}`);
    const head = this.#parts.peek(headKey(is.id));
    const end = head === undefined ? to : numberIn(head, headItem.nextOffset);
    if (to > end) say(`I19: ${to} is committed, and the log ends at ${end}`);
    const { topicId, partition } = is.id;
    const { life } = is;
    const event = this.#parts.next();
    this.moves.push({ group, life, topicId, partition, from: from ?? 0, to, by, event });
  }
}
