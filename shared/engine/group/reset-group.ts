// Moving a group's offsets while nobody is in it, as Kafka's tools do. Somebody who comes meanwhile
// is not disturbed: each offset is moved on condition that nobody has taken its partition.

import { type Group, isForgotten } from '../../group/group.ts';
import { commitIn, freeCommitWrite } from '../../group/lease.ts';
import type { PartitionName, TopicId } from '../../ids.ts';
import { leasesInFlightMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { offsetForTime, partitionOffsets } from '../offsets.ts';
import { unknownPartition } from '../on-topic.ts';
import { repeatableWrite } from '../retry.ts';
import { findTopic, freshTopic } from '../topic-cache.ts';
import { freeLease } from './commit-holding.ts';
import { drawLife, notEmpty, settleEmpty } from './empty-group.ts';
import { groupOfSubscription } from './instances.ts';
import { leaseOf, leasesOf } from './read-group.ts';

export type GroupReset = {
  readonly group: string;
  /** The subscription that is sought: of its group nobody else moves anything. */
  readonly subscription?: string;
  /** undefined: all topics of which something is committed. */
  readonly topic?: string;
  /** undefined: all of the topic. */
  readonly partition?: number;
  readonly to:
    | 'earliest'
    | 'latest'
    /** Brought within what the log holds, as Kafka's tool does. */
    | { readonly offset: number }
    /** The first record of that time or later, in milliseconds since 1970; else the end. */
    | { readonly timestamp: number };
};

export type ResetOffset = PartitionName & { readonly offset: number };

/** Each partition by itself: of a request that fails, some may be done.
 * @throws EngineError UNKNOWN_GROUP, GROUP_NOT_EMPTY, ILLEGAL_STATE: it is a subscription's (or
 *   that one's no more); UNKNOWN_TOPIC, UNKNOWN_PARTITION, THROTTLED,
 *   UNAVAILABLE; of unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export async function resetGroup(
  engine: Engine,
  call: Call,
  reset: GroupReset,
): Promise<readonly ResetOffset[]> {
  const { topic } = reset;
  const named = topic === undefined ? undefined : await placesOf(engine, call, { ...reset, topic });
  const group = await settleEmpty(engine, call, reset.group, (before, now) => {
    if (before.subscription !== reset.subscription) throw groupOfSubscription();
    // What is forgotten must not be remembered by this.
    const life = isForgotten(before, now) ? drawLife(engine) : before.life;
    return { life, actions: [] };
  });
  const places = named ?? (await committedPlaces(engine, call, group));
  return inRuns(places, leasesInFlightMax, async (place) => {
    const offset = await offsetFor(engine, call, place, reset.to);
    await resetLease(engine, call, group, { ...place, offset });
    return { topic: place.topic, partition: place.partition, offset };
  });
}

type Place = PartitionName & { readonly topicId: TopicId };

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION */
async function placesOf(
  engine: Engine,
  call: Call,
  { topic: name, partition }: { readonly topic: string; readonly partition?: number },
): Promise<readonly Place[]> {
  const topic = await freshTopic(engine, call, name);
  if (partition !== undefined && partition >= topic.partitions) {
    throw unknownPartition(topic, partition);
  }
  const all = partition === undefined ? [...Array(topic.partitions).keys()] : [partition];
  return all.map((each) => ({ topic: name, topicId: topic.id, partition: each }));
}

/** Of topics that are there. */
async function committedPlaces(
  engine: Engine,
  call: Call,
  group: Group,
): Promise<readonly Place[]> {
  const leases = await leasesOf(engine, call, group.name);
  const committed = leases.filter((lease) => commitIn(lease, group.life) !== undefined);
  const places = await inRuns(committed, leasesInFlightMax, async ({ topic, id }) => {
    const now = await findTopic(engine, call, topic);
    return now?.id === id.topicId && now.state === 'live' ? { topic, ...id } : undefined;
  });
  return places.filter((place) => place !== undefined);
}

async function offsetFor(
  engine: Engine,
  call: Call,
  { topic, partition }: Place,
  to: GroupReset['to'],
): Promise<number> {
  const name = { topic, partition };
  if (typeof to === 'object' && 'timestamp' in to) {
    return offsetForTime(engine, call, { ...name, ...to });
  }
  const { logStart, highWatermark } = await partitionOffsets(engine, call, name);
  if (to === 'earliest') return logStart;
  if (to === 'latest') return highWatermark;
  return Math.min(Math.max(to.offset, logStart), highWatermark);
}

/** @throws EngineError GROUP_NOT_EMPTY: somebody has taken the partition. */
async function resetLease(
  engine: Engine,
  call: Call,
  group: Group,
  { topic, topicId, partition, offset }: Place & { readonly offset: number },
): Promise<void> {
  const id = { topicId, partition };
  const free = await freeLease(engine, call, group, id);
  if (free === 'taken') throw notEmpty();
  const { name, life } = group;
  const commit = { offset, metadata: '', at: engine.clock.now() };
  const asked = { commit, mayFall: true };
  const write = freeCommitWrite(group, { id, topic }, free.before, asked);
  const { result, maybeDone } = await repeatableWrite(engine, call, write);
  if (result.kind === 'done') return;
  // Refused by its own success, perhaps.
  const now = maybeDone ? await leaseOf(engine, call, name, id) : undefined;
  if (now?.owner === undefined && now?.life === life && now.commit?.offset === offset) return;
  throw notEmpty();
}
