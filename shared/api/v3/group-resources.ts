// How v3 shows consumer groups, those who are in them, what these read, and how far behind they
// are. Members and names are the reference API's, with four of ours: `generation`, `lag_ms`,
// `max_lag_ms` and `current_metadata`.

import type { DescribedGroup, DescribedMember } from '../../engine/group/describe-groups.ts';
import type { PartitionLag } from '../../engine/group/lag.ts';
import type { ResetOffset } from '../../engine/group/reset-group.ts';
import type { PartitionName } from '../../ids.ts';
import { clusterId, collectionOf, partitionResource, related, type Scope } from './resources.ts';

/** A group's name may hold what a path may not. */
export function groupUrl({ url }: Scope, group: string): string {
  return `${url}/consumer-groups/${encodeURIComponent(group)}`;
}

function groupResourceName(group: string): string {
  return `crn:///kafka=${clusterId}/consumer-group=${encodeURIComponent(group)}`;
}

/** `type` and `is_mixed_consumer_group` are of the reference API's later versions: ours assign as
 * classic groups do, all alike. */
export function groupResource(scope: Scope, { name, state, isSimple, generation }: DescribedGroup) {
  const self = groupUrl(scope, name);
  return {
    kind: 'KafkaConsumerGroup',
    metadata: { self, resource_name: groupResourceName(name) },
    cluster_id: clusterId,
    consumer_group_id: name,
    is_simple: isSimple,
    partition_assignor: 'cooperative-sticky',
    state,
    type: 'CLASSIC',
    is_mixed_consumer_group: false,
    generation,
    coordinator: related(`${scope.url}/brokers/0`),
    consumers: related(`${self}/consumers`),
    lag_summary: related(`${self}/lag-summary`),
  };
}

/** An instance's name is all that it is told apart by. */
export function consumerUrl(scope: Scope, group: string, instance: string): string {
  return `${groupUrl(scope, group)}/consumers/${encodeURIComponent(instance)}`;
}

function consumerResourceName(group: string, instance: string): string {
  return `${groupResourceName(group)}/consumer=${encodeURIComponent(instance)}`;
}

export function consumerResource(scope: Scope, group: string, { instance }: DescribedMember) {
  const self = consumerUrl(scope, group, instance);
  return {
    kind: 'KafkaConsumer',
    metadata: { self, resource_name: consumerResourceName(group, instance) },
    cluster_id: clusterId,
    consumer_group_id: group,
    ...named(instance),
    assignments: related(`${self}/assignments`),
  };
}

/** Nobody is a static member: that a name comes back is no promise that its partitions do. */
function named(instance: string) {
  return { consumer_id: instance, instance_id: null, client_id: instance };
}

export function assignmentResource(
  scope: Scope,
  { group, instance }: { readonly group: string; readonly instance: string },
  { topic, partition }: PartitionName,
) {
  const place = `${topic}/partitions/${partition}`;
  const name = `assignment=${topic}/partition=${partition}`;
  return {
    kind: 'KafkaConsumerAssignment',
    metadata: {
      self: `${consumerUrl(scope, group, instance)}/assignments/${place}`,
      resource_name: `${consumerResourceName(group, instance)}/${name}`,
    },
    cluster_id: clusterId,
    consumer_group_id: group,
    consumer_id: instance,
    topic_name: topic,
    partition_id: partition,
    partition: related(partitionUrl(scope, { topic, partition })),
    lag: related(`${groupUrl(scope, group)}/lags/${place}`),
  };
}

function partitionUrl(scope: Scope, { topic, partition }: PartitionName): string {
  return partitionResource(scope, topic, partition).metadata.self;
}

/** Of a partition that nobody has, the consumer's names are empty, as the reference has it. */
export function lagResource(scope: Scope, group: DescribedGroup, lag: PartitionLag) {
  const { topic, partition, committed, logEnd, lagMillis } = lag;
  const name = `lag=${topic}/partition=${partition}`;
  return {
    kind: 'KafkaConsumerLag',
    metadata: {
      self: `${groupUrl(scope, group.name)}/lags/${topic}/partitions/${partition}`,
      resource_name: `${groupResourceName(group.name)}/${name}`,
    },
    cluster_id: clusterId,
    consumer_group_id: group.name,
    topic_name: topic,
    partition_id: partition,
    current_offset: committed,
    current_metadata: lag.metadata,
    log_end_offset: logEnd,
    lag: lag.lag,
    lag_ms: lagMillis ?? null,
    ...named(ownerOf(group, lag)),
  };
}

/** Whoever has its lease, else somebody to whom it was assigned by hand, else ''. */
function ownerOf({ members }: DescribedGroup, { owner, topic, partition }: PartitionLag): string {
  const found =
    members.find(({ incarnation }) => incarnation === owner) ??
    members.find(({ partitions }) =>
      partitions.some((one) => one.topic === topic && one.partition === partition),
    );
  return found?.instance ?? '';
}

/** @param lags at least one, in the order of topics and partitions. */
export function lagSummaryResource(
  scope: Scope,
  group: DescribedGroup,
  lags: readonly PartitionLag[],
) {
  const most = lags.reduce((one, other) => (other.lag > one.lag ? other : one));
  const { consumer_id, instance_id, client_id } = lagResource(scope, group, most);
  const known = lags.flatMap(({ lagMillis }) => lagMillis ?? []);
  const self = groupUrl(scope, group.name);
  return {
    kind: 'KafkaConsumerGroupLagSummary',
    metadata: {
      self: `${self}/lag-summary`,
      resource_name: `${groupResourceName(group.name)}/lag-summary`,
    },
    cluster_id: clusterId,
    consumer_group_id: group.name,
    max_lag_consumer_id: consumer_id,
    max_lag_instance_id: instance_id,
    max_lag_client_id: client_id,
    max_lag_topic_name: most.topic,
    max_lag_partition_id: most.partition,
    max_lag: most.lag,
    max_lag_ms: known.length === 0 ? null : Math.max(...known),
    total_lag: lags.reduce((sum, { lag }) => sum + lag, 0),
    max_lag_consumer: related(consumerUrl(scope, group.name, consumer_id)),
    max_lag_partition: related(partitionUrl(scope, most)),
  };
}

/** What a group begins at from now on. */
export function offsetList(scope: Scope, group: string, offsets: readonly ResetOffset[]) {
  const data = offsets.map(({ topic, partition, offset }) => {
    return { topic_name: topic, partition_id: partition, offset };
  });
  return collectionOf('KafkaConsumerGroupOffsetList', `${groupUrl(scope, group)}/offsets`, data);
}
