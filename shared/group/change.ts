// A change of a group: members come, go and are gone, subscriptions and topics change; and the
// target that follows from it. All of it is written in one transaction, on condition that the
// generation is as read, so no two changes are made from the same state, and a target always fits
// the members of its generation.
//
// Whatever changes who subscribes to what makes a new generation, even where its target is the
// same: another change, made from what was before, must not pass.

import { assert } from '../assert.ts';
import type { EpochMillis, Incarnation, TopicId } from '../ids.ts';
import type { Action, Write } from '../store/algebra.ts';
import { groupItem, groupKey, memberKey } from '../store/group-items.ts';
import { assign, type Owners } from './assign.ts';
import { endOf, type Group, isStill, notRenewed } from './group.ts';
import {
  isOfIncarnation,
  isSubscribed,
  type Member,
  memberWrite,
  type Subscription,
} from './member.ts';
import { encodeTarget, type Target, type TargetTopic } from './target.ts';

export type GroupState = {
  readonly group: Group;
  /** Of those whose session is not ended. */
  readonly members: readonly Member[];
  readonly target: Target;
};

export type GroupChange =
  /** Sessions that were seen over: ended unless one was renewed. */
  | { readonly kind: 'over'; readonly gone: readonly Incarnation[] }
  /** Who goes by himself. */
  | { readonly kind: 'leaves'; readonly gone: readonly Incarnation[] }
  /** Who now subscribes to something else, or to nothing. `writer` is drawn for it. */
  | {
      readonly kind: 'subscribes';
      readonly member: Member;
      readonly subscription: Subscription;
      readonly writer: string;
    }
  /** Topics may have come, gone or grown. */
  | { readonly kind: 'topics' };

function goneBy(change: GroupChange): readonly Incarnation[] {
  return 'gone' in change ? change.gone : [];
}

/** Who is left, with the subscriptions that they have then. */
export function membersAfter(
  { members }: Pick<GroupState, 'members'>,
  change: GroupChange,
): readonly Member[] {
  const gone = goneBy(change);
  return members
    .filter(({ incarnation }) => !gone.includes(incarnation))
    .map((member) =>
      change.kind === 'subscribes' && member.incarnation === change.member.incarnation
        ? { ...member, subscription: change.subscription }
        : member,
    );
}

export type TopicNow = { readonly name: string; readonly id: TopicId; readonly partitions: number };

/** What members subscribe to, by incarnation. */
export type Wishes = ReadonlyMap<Incarnation, readonly TopicNow[]>;

export type ChangedGroup = {
  readonly group: Group;
  readonly target: Target;
  /** None: there is nothing to be done. */
  readonly writes: readonly Write[];
};

/** @param wishes of those who are left and subscribe. */
export function changeGroup(
  state: GroupState,
  change: GroupChange,
  { wishes, now }: { readonly wishes: Wishes; readonly now: EpochMillis },
): ChangedGroup {
  const { group } = state;
  const topics = targetFor(state.target, wishes);
  const gone = goneBy(change);
  const subscribersGo = state.members.some(
    (member) => gone.includes(member.incarnation) && isSubscribed(member),
  );
  const isNew =
    subscribersGo || change.kind === 'subscribes' || !sameTopics(topics, state.target.topics);
  if (!isNew && gone.length === 0) return { group, target: state.target, writes: [] };
  const generation = isNew ? group.generation + 1 : group.generation;
  const target = isNew ? { generation, topics } : state.target;
  const sessions = new Map([...group.sessions].filter(([one]) => !gone.includes(one)));
  const seen = gone.map((one) => (change.kind === 'over' ? untilOf(group, one) : now));
  const lastSeen = Math.max(group.lastSeen, ...seen) as EpochMillis;
  const after = { ...group, generation, sessions, lastSeen };
  return { group: after, target, writes: writesOf(state, change, { group: after, target, isNew }) };
}

/** Topics that nobody subscribes to any more are left out. */
function targetFor(before: Target, wishes: Wishes): readonly TargetTopic[] {
  const topics = new Map<string, TopicNow>();
  for (const topic of [...wishes.values()].flat()) topics.set(topic.name, topic);
  // A topic that was deleted and made again is another one: nobody had any of it.
  const known = before.topics.filter(({ name, id }) => topics.get(name)?.id === id);
  const owners = assign({
    partitions: new Map([...topics.values()].map(({ name, partitions }) => [name, partitions])),
    subscribers: [...wishes].map(([member, wished]) => {
      return { member, topics: wished.map(({ name }) => name) };
    }),
    before: new Map(known.map(({ name, owners }): [string, Owners] => [name, owners])),
  });
  return [...owners]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, own]) => {
      const topic = topics.get(name);
      assert(topic !== undefined, 'what is assigned was wished for');
      return { name, id: topic.id, owners: own as TargetTopic['owners'] };
    });
}

function sameTopics(one: readonly TargetTopic[], other: readonly TargetTopic[]): boolean {
  if (one.length !== other.length) return false;
  return one.every(({ id, owners }, at) => {
    const topic = other[at];
    if (topic?.id !== id || topic.owners.length !== owners.length) return false;
    return owners.every((owner, partition) => owner === topic.owners[partition]);
  });
}

function writesOf(
  { group, members }: GroupState,
  change: GroupChange,
  next: { readonly group: Group; readonly target: Target; readonly isNew: boolean },
): readonly Write[] {
  const gone = goneBy(change);
  const over = change.kind === 'over' ? gone : [];
  const actions: Action[] = [
    { set: groupItem.generation, to: { value: next.group.generation } },
    { set: groupItem.lastSeen, to: { value: next.group.lastSeen } },
    ...gone.map(endOf),
  ];
  const condition = { all: [isStill(group), ...notRenewed(group, over)] };
  const named = members.filter(({ incarnation }) => gone.includes(incarnation));
  return [
    { update: groupKey(group.name), actions, if: condition },
    ...(next.isNew ? [{ put: encodeTarget(group.name, next.target) }] : []),
    ...named.map(({ instance, incarnation }) => {
      return { delete: memberKey(group.name, instance), if: isOfIncarnation(incarnation) };
    }),
    ...(change.kind === 'subscribes' ? [subscriptionWrite(group.name, change)] : []),
  ];
}

function subscriptionWrite(
  group: string,
  { member, subscription, writer }: Extract<GroupChange, { kind: 'subscribes' }>,
): Write {
  // Nothing of the new target is adopted yet; who subscribes to nothing holds nothing.
  const held = subscription.kind === 'none' ? { holdings: [] } : {};
  return memberWrite(group, member, { subscription, adopted: -1, ...held }, writer);
}

function untilOf({ sessions }: Group, incarnation: Incarnation): EpochMillis {
  return sessions.get(incarnation) as EpochMillis;
}
