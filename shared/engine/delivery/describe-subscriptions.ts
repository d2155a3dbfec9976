// Subscriptions as an operator sees them: what they are set to, how far they are, and what holds
// them up.

import type { Subscription } from '../../delivery/subscription.ts';
import { progressIn } from '../../delivery/worker-lease.ts';
import { commitIn, type Lease } from '../../group/lease.ts';
import type { EpochMillis, GroupLife, PartitionId } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { lagsOf, type PartitionLag } from '../group/lag.ts';
import { findGroup, leasesByPartition } from '../group/read-group.ts';
import { findTopic } from '../topic-cache.ts';
import { type SubscriptionAsked, subscriptionNamed } from './find-subscription.ts';

export type PartitionDelivery = Pick<
  PartitionLag,
  'partition' | 'committed' | 'logEnd' | 'lag' | 'lagMillis'
> & {
  /** Of what is given next, that failed; 0: none counts yet. */
  readonly attempts: number;
  /** Why, and when it is tried again. */
  readonly failure: { readonly reason: string; readonly retryAt: EpochMillis } | undefined;
};

export type DescribedSubscription = {
  readonly subscription: Subscription;
  readonly partitions: readonly PartitionDelivery[];
};

/** @throws EngineError UNKNOWN_SUBSCRIPTION, THROTTLED, UNAVAILABLE */
export async function describeSubscription(
  engine: Engine,
  call: Call,
  asked: SubscriptionAsked,
): Promise<DescribedSubscription> {
  const subscription = await subscriptionNamed(engine, call, asked);
  const { topicId, topic: topicName, life } = subscription;
  const [group, byPartition, topic] = await Promise.all([
    findGroup(engine, call, subscription.group),
    leasesByPartition(engine, call, subscription.group, topicId),
    findTopic(engine, call, topicName),
  ]);
  const there = topic?.id === topicId ? topic.partitions : 0;
  const leases = [...Array(there).keys()].map((partition) => {
    const lease = byPartition.get(partition);
    return isBegun(lease, life) ? lease : beginning({ topicId, partition }, topicName, life);
  });
  const lags = group?.life === life ? await lagsOf(engine, call, group, leases) : [];
  const partitions = lags.map(({ partition, logStart, logEnd, lagMillis, ...lag }) => {
    const lease = byPartition.get(partition);
    const committed = isBegun(lease, life) ? lag.committed : logStart;
    const { attempts, failures, reason, notBefore } = progressIn(lease, subscription, committed);
    const failure = failures === 0 ? undefined : { reason, retryAt: notBefore };
    const behind = { lag: Math.max(logEnd - committed, 0), lagMillis };
    return { partition, committed, logEnd, ...behind, attempts, failure };
  });
  return { subscription, partitions };
}

function isBegun(lease: Lease | undefined, life: GroupLife): lease is Lease {
  return commitIn(lease, life) !== undefined;
}

/** Of a partition of which nothing is committed, since its topic has grown by it, or was made anew:
 * it begins where its log does. */
function beginning(id: PartitionId, topic: string, life: GroupLife): Lease {
  const commit = { offset: 0, metadata: '', at: 0 as EpochMillis };
  const nobodys = { owner: undefined, fence: 0, takenIn: 0, until: undefined, progress: undefined };
  return { id, topic, life, commit, ...nobodys };
}
