// Leases: who has a partition, and what is committed of it. The owner is an incarnation, and every
// take raises the lease's own fence, on condition that owner and fence are as read: so a partition
// has one owner at any time, whatever clocks say, and nobody's commit counts after the next take.
//
// Invariants: the fence only rises; within one life of the group `committed` never falls but by a
// reset, for which the group must be empty.

import type { EpochMillis, GroupLife, Incarnation, PartitionId } from '../ids.ts';
import {
  type Action,
  type Attributes,
  type Condition,
  type Item,
  numberIn,
  textIn,
  type Write,
} from '../store/algebra.ts';
import { leaseItem, leaseKey, partitionOfLease } from '../store/group-items.ts';
import type { Group } from './group.ts';

export type Lease = {
  readonly id: PartitionId;
  readonly topic: string;
  /** undefined: it is free. */
  readonly owner: Incarnation | undefined;
  readonly fence: number;
  readonly takenIn: number;
  readonly life: GroupLife;
  /** undefined: nothing is. */
  readonly commit: Commit | undefined;
  /** Until when a delivery worker has it; an instance has it as long as its session lasts. */
  readonly until: EpochMillis | undefined;
  readonly progress: string | undefined;
};

export type Commit = {
  /** The next offset to read. */
  readonly offset: number;
  readonly metadata: string;
  readonly at: EpochMillis;
};

export function readLease(item: Item): Lease {
  const committed = item[leaseItem.committed];
  return {
    id: partitionOfLease(item.sk),
    topic: textIn(item, leaseItem.topic),
    owner: item[leaseItem.owner] as Incarnation | undefined,
    fence: numberIn(item, leaseItem.fence),
    takenIn: numberIn(item, leaseItem.takenIn),
    life: textIn(item, leaseItem.life) as GroupLife,
    commit:
      typeof committed === 'number'
        ? {
            offset: committed,
            metadata: textIn(item, leaseItem.metadata),
            at: numberIn(item, leaseItem.committedAt) as EpochMillis,
          }
        : undefined,
    until: item[leaseItem.until] as EpochMillis | undefined,
    progress: item[leaseItem.progress] as string | undefined,
  };
}

/** What is committed in this life of the group. */
export function commitIn(lease: Lease | undefined, life: GroupLife): Commit | undefined {
  return lease?.life === life ? lease.commit : undefined;
}

/** A lease that somebody has, as he knows it. */
export type Tenure = {
  readonly id: PartitionId;
  readonly owner: Incarnation;
  readonly fence: number;
};

/** @param holding by a lease. */
export function tenureOf(
  { topicId, partition, fence }: PartitionId & { readonly fence: number },
  owner: Incarnation,
): Tenure {
  return { id: { topicId, partition }, owner, fence };
}

/** Whose lease it is. */
export type OfGroup = Pick<Group, 'name' | 'life'>;

export type Taken = {
  readonly id: PartitionId;
  readonly topic: string;
  readonly generation: number;
  /** Of a delivery worker. */
  readonly until?: EpochMillis;
};

/** @param before as read; undefined: there was none. It is free, or its owner's session was seen to
 *   be ended after this was read, or its worker's time to be over. */
export function takeWrite(
  { name: group, life }: OfGroup,
  taken: Taken,
  owner: Incarnation,
  before: Lease | undefined,
): Write {
  const { id, topic, generation, until } = taken;
  if (before === undefined) {
    return {
      put: {
        ...leaseKey(group, id),
        ...newLease(topic, life),
        [leaseItem.owner]: owner,
        [leaseItem.fence]: 1,
        [leaseItem.takenIn]: generation,
        ...(until === undefined ? {} : { [leaseItem.until]: until }),
      },
      if: { item: 'absent' },
    };
  }
  return {
    update: leaseKey(group, id),
    actions: [
      set(leaseItem.owner, owner),
      set(leaseItem.fence, before.fence + 1),
      set(leaseItem.takenIn, generation),
      ...(until === undefined ? [] : [set(leaseItem.until, until)]),
      ...(before.life === life ? [] : voided(life)),
    ],
    if: asRead(before),
  };
}

/** What another life of the group left is not committed. */
function voided(life: GroupLife): readonly Action[] {
  return [
    set(leaseItem.life, life),
    { remove: leaseItem.committed },
    { remove: leaseItem.metadata },
    { remove: leaseItem.committedAt },
    { remove: leaseItem.progress },
  ];
}

export function newLease(topic: string, life: GroupLife): Attributes {
  return {
    [leaseItem.topic]: topic,
    [leaseItem.life]: life,
    [leaseItem.fence]: 0,
    [leaseItem.takenIn]: 0,
  };
}

export function releaseWrite(group: string, { id, owner, fence }: Tenure): Write {
  return {
    update: leaseKey(group, id),
    actions: [{ remove: leaseItem.owner }],
    if: isHeld(owner, fence),
  };
}

/** Whoever took the lease since refuses it, and so does a commit of more.
 * @param over how the committed offset must be to this one: '<' for a transaction, of which what
 *   was committed before must not be done again.
 * @param also what is written with it. */
export function commitWrite(
  { name: group, life }: OfGroup,
  { id, owner, fence }: Tenure,
  commit: Commit,
  { over = '<=', also = [] }: { over?: '<' | '<='; also?: readonly Action[] } = {},
): Write {
  return {
    update: leaseKey(group, id),
    actions: [...commitActions(commit), ...also],
    if: { all: [isHeld(owner, fence), isOfLife(life), notBeyond(commit, over)] },
  };
}

/** By somebody to whom the partition was assigned by hand, or for an empty group: nobody may have
 * it. An owner that is gone is fenced with it.
 * @param before as read; undefined: there was none.
 * @param asked.mayFall whether it may go back. */
export function freeCommitWrite(
  { name: group, life }: OfGroup,
  { id, topic }: { readonly id: PartitionId; readonly topic: string },
  before: Lease | undefined,
  { commit, mayFall }: { readonly commit: Commit; readonly mayFall: boolean },
): Write {
  const key = leaseKey(group, id);
  if (before === undefined) {
    const put = { ...key, ...newLease(topic, life), ...attributesOf(commit) };
    return { put, if: { item: 'absent' } };
  }
  const known = mayFall || before.life !== life ? [] : [notBeyond(commit, '<=')];
  return {
    update: key,
    actions: [
      { remove: leaseItem.owner },
      set(leaseItem.fence, before.fence + 1),
      set(leaseItem.life, life),
      { remove: leaseItem.progress },
      ...commitActions(commit),
    ],
    if: { all: [asRead(before), ...known] },
  };
}

function commitActions(commit: Commit): readonly Action[] {
  return Object.entries(attributesOf(commit)).map(([name, value]) => set(name, value));
}

function attributesOf({ offset, metadata, at }: Commit) {
  return {
    [leaseItem.committed]: offset,
    [leaseItem.metadata]: metadata,
    [leaseItem.committedAt]: at,
  };
}

function set(attribute: string, value: string | number): Action {
  return { set: attribute, to: { value } };
}

export function isHeld(owner: Incarnation, fence: number): Condition {
  return {
    all: [
      { attribute: leaseItem.owner, is: '=', to: owner },
      { attribute: leaseItem.fence, is: '=', to: fence },
    ],
  };
}

function isOfLife(life: GroupLife): Condition {
  return { attribute: leaseItem.life, is: '=', to: life };
}

function notBeyond({ offset }: Commit, is: '<' | '<='): Condition {
  const attribute = leaseItem.committed;
  return {
    any: [
      { attribute, is: 'absent' },
      { attribute, is, to: offset },
    ],
  };
}

function asRead({ owner, fence, life }: Lease): Condition {
  const attribute = leaseItem.owner;
  return {
    all: [
      owner === undefined ? { attribute, is: 'absent' } : { attribute, is: '=', to: owner },
      { attribute: leaseItem.fence, is: '=', to: fence },
      isOfLife(life),
    ],
  };
}

/** Why a commit was refused, as the item that refused it says. */
export type CommitRefusal =
  /** Another has taken the partition, or it was given up. */
  | { readonly kind: 'lost' }
  /** At least as much is committed. */
  | { readonly kind: 'behind'; readonly committed: number };

export function whyCommitRefused(
  { owner, fence }: Pick<Tenure, 'owner' | 'fence'>,
  life: GroupLife,
  current: Item | undefined,
): CommitRefusal {
  const lease = current === undefined ? undefined : readLease(current);
  if (lease?.owner !== owner || lease.fence !== fence || lease.life !== life) {
    return { kind: 'lost' };
  }
  return { kind: 'behind', committed: lease.commit?.offset ?? 0 };
}
