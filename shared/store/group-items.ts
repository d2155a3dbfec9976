// The items of groups: their attributes and keys. What they are, and who writes them, stands with
// all others on the page of items.ts.

import { type PartitionId, type TopicId, topicIdLength } from '../ids.ts';
import type { Key } from './algebra.ts';

/** Attributes of a group's item. Every poll writes it, so they are short. */
export const groupItem = {
  generation: 'g',
  /** A map of incarnations to the time, in milliseconds since 1970, at which their session ends. */
  sessions: 's',
  /** Of its offsets (ids.ts). */
  life: 'l',
  /** The last time somebody was known to be in it, before those who are. */
  lastSeen: 'e',
  /** How many instances were ever created in it. */
  born: 'b',
  /** There: it was deleted, and is none to anybody. */
  deleted: 'd',
  /** There: it was made for a subscription that is not there yet (group/own-group.ts).
   * */
  fresh: 'n',
  /** The subscription's name whose it is; absent: it is for instances. */
  subscription: 'u',
} as const;

/** Attributes of the item by which a group is listed. */
export const groupNameItem = { life: 'l' } as const;

/** Attributes of a consumer instance. */
export const memberItem = {
  incarnation: 'i',
  /** A word drawn for its last write: so that each knows its own, and no other's passes. */
  writer: 'w',
  settings: 'o',
  /** What it subscribes to: names, or a pattern. Neither: nothing, or it was assigned by hand. */
  topics: 't',
  pattern: 'p',
  /** true: what it holds was assigned by hand, and has no leases. */
  byHand: 'a',
  /** The generation whose target it has wholly adopted; -1: of none for sure. */
  adopted: 'g',
  /** What it holds, packed (group/holdings.ts). */
  holdings: 'h',
  /** Which of them is served first. */
  turn: 'n',
} as const;

/** Attributes of a group's target. */
export const targetItem = {
  generation: 'g',
  /** Incarnations of those who subscribe. */
  members: 'm',
  /** Packed (group/target.ts). */
  topics: 't',
} as const;

/** Attributes of a lease. */
export const leaseItem = {
  /** An incarnation; absent: it is free. */
  owner: 'o',
  /** Raised by every take. */
  fence: 'f',
  /** Of the group, when this was written last: what another life left here is void. */
  life: 'l',
  /** Of the group, when it was taken. */
  takenIn: 'g',
  /** The next offset to read; absent: nothing is committed. */
  committed: 'c',
  metadata: 'm',
  committedAt: 'a',
  /** Its name. */
  topic: 't',
  /** Of a delivery worker: until when it has it, in milliseconds since 1970. */
  until: 'u',
  /** Of a delivery that failed (delivery/progress.ts), as JSON. */
  progress: 'd',
} as const;

export const groupsPk = 'groups';

const memberPrefix = 'member#';
const leasePrefix = 'lease#';

export function groupNameKey(group: string): Key {
  return { pk: groupsPk, sk: group };
}

export function groupPk(group: string): string {
  return `group#${group}`;
}

export function groupKey(group: string): Key {
  return { pk: groupPk(group), sk: 'group' };
}

export function memberKey(group: string, instance: string): Key {
  return { pk: groupPk(group), sk: memberPrefix + instance };
}

export function instanceOfSk(sk: string): string {
  return sk.slice(memberPrefix.length);
}

export function targetKey(group: string): Key {
  return { pk: groupPk(group), sk: 'target' };
}

export function leaseKey(group: string, { topicId, partition }: PartitionId): Key {
  return { pk: groupPk(group), sk: `${leasePrefix}${topicId}#${partition}` };
}

export function partitionOfLease(sk: string): PartitionId {
  const end = leasePrefix.length + topicIdLength;
  const topicId = sk.slice(leasePrefix.length, end) as TopicId;
  return { topicId, partition: Number(sk.slice(end + 1)) };
}

/** From which key to which all items of a kind stand: `$` comes after `#`, and ends none. */
export const memberSks = { from: memberPrefix, to: 'member$' } as const;
export const leaseSks = { from: leasePrefix, to: 'lease$' } as const;

/** The same of the leases of one topic. */
export function leaseSksOf(topicId: TopicId): { readonly from: string; readonly to: string } {
  return { from: `${leasePrefix}${topicId}#`, to: `${leasePrefix}${topicId}$` };
}
