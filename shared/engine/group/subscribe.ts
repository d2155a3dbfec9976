// What an instance reads: topics that it shares with the other subscribers of its group, by their
// names or by a pattern; or partitions that it was assigned by hand, and shares with nobody. One
// excludes the others, as in Kafka's consumer.

import { EngineError } from '../../errors.ts';
import {
  type Holding,
  heldByHand,
  isByHand,
  isSamePartition,
  nowhere,
} from '../../group/holdings.ts';
import { commitIn } from '../../group/lease.ts';
import { isSubscribed, type Member, type Subscription } from '../../group/member.ts';
import type { PartitionName } from '../../ids.ts';
import { partitionsPerGroupMax, topicsPerGroupMax } from '../../limits.ts';
import { partitionPk } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { onTopics, unknownPartition } from '../on-topic.ts';
import { adopt } from './adopt.ts';
import { type Attendance, attend, unknownInstance } from './attend.ts';
import { changeSubscription } from './change-group.ts';
import { commitDelivered } from './commit-holding.ts';
import { type InstanceName, leasesOf } from './read-group.ts';
import { changeMember, drawWriter } from './save-member.ts';
import { checkPattern } from './subscribed-topics.ts';

export type WantedSubscription = Extract<Subscription, { kind: 'topics' | 'pattern' }>;

/** Who gets what is settled by polls.
 * @throws EngineError UNKNOWN_INSTANCE, ILLEGAL_STATE, INVALID_FIELD (the pattern), GROUP_FULL,
 *   THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function subscribe(
  engine: Engine,
  call: Call,
  name: InstanceName,
  subscription: WantedSubscription,
): Promise<void> {
  if (subscription.kind === 'pattern') checkPattern(subscription.pattern);
  const { member } = await attend(engine, call, name);
  await resubscribe(engine, call, name, { member, subscription });
}

async function resubscribe(
  engine: Engine,
  call: Call,
  name: InstanceName,
  { member, subscription }: { readonly member: Member; readonly subscription: Subscription },
): Promise<void> {
  const outcome = await changeSubscription(engine, call, name.group, {
    incarnation: member.incarnation,
    subscription,
    writer: drawWriter(engine),
    check: (now) => {
      if (subscription.kind !== 'none') checkKind(now, subscription.kind);
    },
  });
  if (outcome === 'gone') throw unknownInstance();
}

/** What it had it gives up. Also of an instance without a subscription.
 * @throws EngineError as subscribe */
export async function unsubscribe(engine: Engine, call: Call, name: InstanceName): Promise<void> {
  const attendance = await attend(engine, call, name);
  const { member } = attendance;
  await commitDelivered(engine, call, attendance);
  if (!isSubscribed(member)) {
    return changeMember(engine, call, { ...name, ...member }, (now) => {
      // Somebody subscribes it meanwhile: that is the later.
      return isSubscribed(now) ? {} : { subscription: { kind: 'none' }, holdings: [] };
    });
  }
  await resubscribe(engine, call, name, { member, subscription: { kind: 'none' } });
  // What is left of it the next poll gives up.
  const now = await attend(engine, call, name);
  if (!isSubscribed(now.member)) await adopt(engine, call, now);
}

/** Positions of partitions that it had already stay; others begin at what is committed. What it was
 * given before is committed, if it commits of itself.
 * @param partitions none: it is assigned nothing.
 * @throws EngineError UNKNOWN_INSTANCE, ILLEGAL_STATE, UNKNOWN_TOPIC, UNKNOWN_PARTITION,
 *   INVALID_FIELD, THROTTLED, UNAVAILABLE; of unknown outcome: OUTCOME_UNKNOWN */
export async function assignByHand(
  engine: Engine,
  call: Call,
  name: InstanceName,
  partitions: readonly PartitionName[],
): Promise<void> {
  const attendance = await attend(engine, call, name);
  const { member } = attendance;
  checkKind(member, 'by-hand');
  const unplaced = await holdingsOf(engine, call, partitions);
  const assigned = await fromCommitted(engine, call, attendance, unplaced);
  await commitDelivered(engine, call, attendance);
  await changeMember(engine, call, { ...name, ...member }, (now) => {
    checkKind(now, 'by-hand');
    const byHand = now.holdings.filter(isByHand);
    const known = (one: Holding) => byHand.find((other) => isSamePartition(one, other));
    return {
      subscription: { kind: assigned.length === 0 ? 'none' : 'by-hand' },
      holdings: assigned.map((one) => known(one) ?? one),
    };
  });
}

async function holdingsOf(
  engine: Engine,
  call: Call,
  partitions: readonly PartitionName[],
): Promise<readonly Holding[]> {
  const names = [...new Set(partitions.map(({ topic }) => topic))];
  if (partitions.length > partitionsPerGroupMax || names.length > topicsPerGroupMax) {
    const most = `${partitionsPerGroupMax} long, of ${topicsPerGroupMax} topics`;
    const detail = { field: 'partitions', limit: partitionsPerGroupMax };
    throw new EngineError('INVALID_FIELD', `partitions: must be at most ${most}`, detail);
  }
  return onTopics(engine, call, names, async (topics) => {
    const byName = new Map(topics.map((topic) => [topic.name, topic]));
    const holdings = new Map<string, Holding>();
    for (const [index, { topic: named, partition }] of partitions.entries()) {
      const topic = byName.get(named);
      if (topic === undefined || partition >= topic.partitions) {
        throw unknownPartition(
          topic as NonNullable<typeof topic>,
          partition,
          `partitions[${index}]`,
        );
      }
      const place = { topic: named, topicId: topic.id, partition };
      holdings.set(`${named}-${partition}`, heldByHand(place, nowhere));
    }
    return [...holdings.values()];
  });
}

/** Reading starts at what the group has committed, as it does in a partition that is taken. */
async function fromCommitted(
  engine: Engine,
  call: Call,
  { group }: Attendance,
  holdings: readonly Holding[],
): Promise<readonly Holding[]> {
  if (holdings.length === 0) return holdings;
  const leases = await leasesOf(engine, call, group.name);
  const offsets = new Map(
    leases.map((lease) => [partitionPk(lease.id), commitIn(lease, group.life)?.offset]),
  );
  return holdings.map((holding) => {
    return heldByHand(holding, offsets.get(partitionPk(holding)) ?? nowhere);
  });
}

/** The words are those of Kafka's consumer, by which clients know it.
 * @throws EngineError ILLEGAL_STATE */
function checkKind({ subscription }: Member, kind: Subscription['kind']): void {
  if (subscription.kind === 'none' || subscription.kind === kind) return;
  const message =
    'IllegalStateError: You must choose only one way to configure your consumer: (1) subscribe ' +
    'to specific topics by name, (2) subscribe to topics matching a regex pattern, (3) assign ' +
    'itself specific topic-partitions.';
  throw new EngineError('ILLEGAL_STATE', message);
}

/** @returns topics that it subscribes to by name, or, by pattern, those that it was given a part
 *   of. @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE */
export async function subscriptionOf(
  engine: Engine,
  call: Call,
  name: InstanceName,
): Promise<readonly string[]> {
  const { member } = await attend(engine, call, name);
  const { subscription, holdings } = member;
  if (subscription.kind === 'topics') return subscription.topics;
  if (subscription.kind !== 'pattern') return [];
  return [...new Set(holdings.map(({ topic }) => topic))];
}

/** What it holds as of its last poll.
 * @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE */
export async function assignmentOf(
  engine: Engine,
  call: Call,
  name: InstanceName,
): Promise<readonly PartitionName[]> {
  const { member } = await attend(engine, call, name);
  return member.holdings.map(({ topic, partition }) => ({ topic, partition }));
}
