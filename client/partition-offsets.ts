// Where a partition begins and ends. Offsets are strings, as users of kafkajs have them.

import { naming } from './naming.ts';
import { segment } from './path.ts';
import type { CallOptions, Requests } from './requests.ts';
import type { PartitionOffset, TopicPartition } from './topic-partition.ts';

/** `high`, and `offset`, which is the same: that of the next record; `low`: of the first one that
 * is there. */
export type PartitionBounds = PartitionOffset & { readonly high: string; readonly low: string };

export const offsetNames = { 40301: 'TOPIC_AUTHORIZATION_FAILED' } as const;

/** Where one begins (`low`) and ends. @throws SluiceError */
export async function partitionOffsets(
  requests: Requests,
  place: TopicPartition,
  options: CallOptions,
): Promise<PartitionBounds> {
  type Reply = { readonly beginning_offset: number; readonly end_offset: number };
  const path = `${partitionPath(place)}/offsets`;
  const found = await requests
    .ask<Reply>({ ...options, method: 'GET', path })
    .catch(naming(offsetNames));
  const [low, high] = [String(found.beginning_offset), String(found.end_offset)];
  return { partition: place.partition, offset: high, high, low };
}

export function partitionPath({ topic, partition }: TopicPartition): string {
  return `/topics/${segment('topic', topic)}/partitions/${partition}`;
}
