// An instance's item: its settings, what it subscribes to, what it holds. Everything of it is here
// or in the stores, so any process may serve any of its requests.
//
// Invariants: an item belongs to one incarnation; every write leaves a word of its own, on
// condition that the word there is the one that was read, so of two requests at once one comes too
// late.

import type { Incarnation } from '../ids.ts';
import {
  type Action,
  bytesIn,
  type Condition,
  type Item,
  mapIn,
  numberIn,
  textIn,
  type Value,
  type Write,
} from '../store/algebra.ts';
import { instanceOfSk, memberItem, memberKey } from '../store/group-items.ts';
import { decodeHoldings, encodeHoldings, type Holding } from './holdings.ts';

export type ResetPolicy = 'earliest' | 'latest' | 'none';

export type MemberSettings = {
  /** Of the records that it is given; the surface knows what it means. */
  readonly format: string;
  /** Where to begin where nothing is committed. */
  readonly reset: ResetPolicy;
  readonly autoCommit: boolean;
  readonly sessionMillis: number;
  /** How long a poll waits that does not say. */
  readonly waitMillis: number;
  /** A poll waits until it has so many bytes, or its time is over. */
  readonly bytesMin: number;
};

export type Subscription =
  | { readonly kind: 'none' }
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  /** A regular expression that a topic's whole name matches. */
  | { readonly kind: 'pattern'; readonly pattern: string }
  | { readonly kind: 'by-hand' };

export type Member = {
  readonly instance: string;
  readonly incarnation: Incarnation;
  /** A word of its last write's. */
  readonly writer: string;
  readonly settings: MemberSettings;
  readonly subscription: Subscription;
  /** The generation whose target it has wholly adopted; -1: it may have leases that are not its
   * own, or not have all that are. */
  readonly adopted: number;
  readonly holdings: readonly Holding[];
  readonly turn: number;
};

export function readMember(item: Item): Member {
  const settings = mapIn(item, memberItem.settings) as unknown as MemberSettings;
  return {
    instance: instanceOfSk(item.sk),
    incarnation: textIn(item, memberItem.incarnation) as Incarnation,
    writer: textIn(item, memberItem.writer),
    settings,
    subscription: subscriptionIn(item),
    adopted: numberIn(item, memberItem.adopted),
    holdings: decodeHoldings(bytesIn(item, memberItem.holdings)),
    turn: numberIn(item, memberItem.turn),
  };
}

function subscriptionIn(item: Item): Subscription {
  const { [memberItem.topics]: topics, [memberItem.pattern]: pattern } = item;
  if (Array.isArray(topics)) return { kind: 'topics', topics: topics as readonly string[] };
  if (typeof pattern === 'string') return { kind: 'pattern', pattern };
  return { kind: item[memberItem.byHand] === true ? 'by-hand' : 'none' };
}

/** @param writer of this first version. */
export function newMember(
  group: string,
  {
    instance,
    incarnation,
    settings,
    writer,
  }: Pick<Member, 'instance' | 'incarnation' | 'settings' | 'writer'>,
): Item {
  return {
    ...memberKey(group, instance),
    [memberItem.incarnation]: incarnation,
    [memberItem.writer]: writer,
    [memberItem.settings]: settings as unknown as Value & object,
    // It has nothing to give up.
    [memberItem.adopted]: 0,
    [memberItem.holdings]: new Uint8Array(0),
    [memberItem.turn]: 0,
  };
}

/** What a request may change of it. */
export type MemberChange = Partial<Pick<Member, 'subscription' | 'adopted' | 'holdings' | 'turn'>>;

/** @param writer drawn for this change, so that its own success is known when it is refused. */
export function memberWrite(
  group: string,
  member: Member,
  change: MemberChange,
  writer: string,
): Write {
  const { subscription, adopted, holdings, turn } = change;
  return {
    update: memberKey(group, member.instance),
    actions: [
      { set: memberItem.writer, to: { value: writer } },
      ...(subscription === undefined ? [] : subscriptionActions(subscription)),
      ...(adopted === undefined ? [] : [set(memberItem.adopted, adopted)]),
      ...(holdings === undefined ? [] : [set(memberItem.holdings, encodeHoldings(holdings))]),
      ...(turn === undefined ? [] : [set(memberItem.turn, turn)]),
    ],
    if: isStillMember(member),
  };
}

function isStillMember({ incarnation, writer }: Member): Condition {
  const { incarnation: ofLife, writer: ofWrite } = memberItem;
  return {
    all: [
      { attribute: ofLife, is: '=', to: incarnation },
      { attribute: ofWrite, is: '=', to: writer },
    ],
  };
}

export function isOfIncarnation(incarnation: Incarnation): Condition {
  return { attribute: memberItem.incarnation, is: '=', to: incarnation };
}

/** As it is once the change is made. */
export function changed(member: Member, change: MemberChange, writer: string): Member {
  return { ...member, ...change, writer };
}

function subscriptionActions(subscription: Subscription): readonly Action[] {
  const { kind } = subscription;
  return [
    kind === 'topics' ? set(memberItem.topics, subscription.topics) : { remove: memberItem.topics },
    kind === 'pattern'
      ? set(memberItem.pattern, subscription.pattern)
      : { remove: memberItem.pattern },
    kind === 'by-hand' ? set(memberItem.byHand, true) : { remove: memberItem.byHand },
  ];
}

function set(attribute: string, value: Value): Action {
  return { set: attribute, to: { value } };
}

/** Whether it shares its topics with the others of its group. */
export function isSubscribed({ subscription: { kind } }: Pick<Member, 'subscription'>): boolean {
  return kind === 'topics' || kind === 'pattern';
}
