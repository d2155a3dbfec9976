// How v3 shows what there is: items and collections with their kinds, links and resource names.
// Clients made from the reference API's description require all of its members, so links to what
// is not served here (replicas, reassignments) are there too, and end in 404.

import type { Bounds } from '../../engine/bounds.ts';
import type { Topic } from '../../engine/topic-cache.ts';
import { EngineError } from '../../errors.ts';
import type { PartitionName } from '../../ids.ts';
import type { EffectiveConfig } from '../../log/topic-configs.ts';
import { baseUrl } from '../base-url.ts';
import { type Exchange, pathParameter } from '../exchange.ts';

/** There is one cluster, and it has one name: nothing is told apart by it. */
export const clusterId = 'sluice';

const clusterName = `crn:///kafka=${clusterId}`;

/** What every item of one request is made with. */
export type Scope = {
  /** Of the cluster, absolute. */
  readonly url: string;
};

/** @throws EngineError NOT_FOUND for a cluster that this is not. */
export function scopeOf(exchange: Exchange): Scope {
  const asked = pathParameter(exchange, 'cluster');
  if (asked !== clusterId) {
    throw new EngineError('NOT_FOUND', 'cluster_id: there is no such cluster here', {
      field: 'cluster_id',
    });
  }
  return clusterScope(exchange);
}

export function clusterScope(exchange: Exchange): Scope {
  return { url: `${baseUrl(exchange)}/v3/clusters/${clusterId}` };
}

/** @param url of the collection itself. */
export function collectionOf(kind: string, url: string, data: readonly unknown[]) {
  return { kind, metadata: { self: url, next: null }, data };
}

export function clusterResource({ url }: Scope) {
  return {
    kind: 'KafkaCluster',
    metadata: { self: url, resource_name: clusterName },
    cluster_id: clusterId,
    controller: related(`${url}/brokers/0`),
    acls: related(`${url}/acls`),
    brokers: related(`${url}/brokers`),
    broker_configs: related(`${url}/broker-configs`),
    consumer_groups: related(`${url}/consumer-groups`),
    topics: related(`${url}/topics`),
    partition_reassignments: related(`${url}/topics/-/partitions/-/reassignment`),
  };
}

export function brokerResource({ url }: Scope) {
  const { hostname, port, protocol } = new URL(url);
  const self = `${url}/brokers/0`;
  return {
    kind: 'KafkaBroker',
    metadata: { self, resource_name: `${clusterName}/broker=0` },
    cluster_id: clusterId,
    broker_id: 0,
    host: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    rack: null,
    configs: related(`${self}/configs`),
    partition_replicas: related(`${self}/partition-replicas`),
  };
}

export function topicUrl({ url }: Scope, name: string): string {
  return `${url}/topics/${name}`;
}

function topicResourceName(name: string): string {
  return `${clusterName}/topic=${name}`;
}

/** One replica: copies are the object store's affair. */
export function topicResource(scope: Scope, { name, partitions }: Topic) {
  const self = topicUrl(scope, name);
  return {
    kind: 'KafkaTopic',
    metadata: { self, resource_name: topicResourceName(name) },
    cluster_id: clusterId,
    topic_name: name,
    is_internal: false,
    replication_factor: 1,
    partitions_count: partitions,
    partitions: related(`${self}/partitions`),
    configs: related(`${self}/configs`),
    partition_reassignments: related(`${self}/partitions/-/reassignment`),
    authorized_operations: [],
  };
}

export function partitionResource(scope: Scope, topic: string, partition: number) {
  const self = `${topicUrl(scope, topic)}/partitions/${partition}`;
  return {
    kind: 'KafkaPartition',
    metadata: {
      self,
      resource_name: `${topicResourceName(topic)}/partition=${partition}`,
    },
    cluster_id: clusterId,
    topic_name: topic,
    partition_id: partition,
    leader: related(`${self}/replicas/0`),
    replicas: related(`${self}/replicas`),
    reassignment: related(`${self}/reassignment`),
  };
}

export function offsetResource(
  scope: Scope,
  { topic, partition }: PartitionName,
  { logStart, highWatermark }: Bounds,
) {
  const { metadata, cluster_id, topic_name, partition_id } = partitionResource(
    scope,
    topic,
    partition,
  );
  return {
    kind: 'KafkaPartitionOffset',
    metadata: {
      self: `${metadata.self}/offset`,
      resource_name: `${metadata.resource_name}/offset`,
    },
    cluster_id,
    topic_name,
    partition_id,
    earliest_offset: logStart,
    latest_offset: highWatermark,
  };
}

export function configResource(scope: Scope, topic: string, config: EffectiveConfig) {
  const { name, value, isDefault, spec } = config;
  const source = 'DEFAULT_CONFIG';
  const synonyms = [{ name, value: spec.default, source }];
  const chosen = { name, value, source: 'DYNAMIC_TOPIC_CONFIG' };
  return {
    kind: 'KafkaTopicConfig',
    metadata: {
      self: `${topicUrl(scope, topic)}/configs/${name}`,
      resource_name: `${topicResourceName(topic)}/config=${name}`,
    },
    cluster_id: clusterId,
    topic_name: topic,
    name,
    value,
    is_default: isDefault,
    is_read_only: false,
    is_sensitive: false,
    source: isDefault ? source : chosen.source,
    synonyms: isDefault ? synonyms : [chosen, ...synonyms],
  };
}

export function related(url: string) {
  return { related: url };
}
