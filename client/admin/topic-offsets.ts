// Where topics begin and end, where a time is in them, and deleting what they begin with. Offsets
// are strings, as users of kafkajs have them.

import { jsonIn } from '../connection.ts';
import { invalid } from '../errors.ts';
import { binaryType } from '../media-types.ts';
import { naming } from '../naming.ts';
import {
  offsetNames,
  type PartitionBounds,
  partitionOffsets,
  partitionPath,
} from '../partition-offsets.ts';
import { withQuery } from '../path.ts';
import { type CallOptions, eachOf, type Requests } from '../requests.ts';
import {
  earliestOffset,
  latestOffset,
  offsetOf,
  type PartitionOffset,
  type TopicPartition,
} from '../topic-partition.ts';
import { expectList } from '../within.ts';
import { attempt, type Failure, SluiceAggregateError } from './failures.ts';
import { countPartitions, topicPath } from './topics.ts';

export type SeekEntry = PartitionOffset;

export async function fetchTopicOffsets(
  requests: Requests,
  topic: string,
  options: CallOptions,
): Promise<PartitionBounds[]> {
  const partitions = [...Array(await countPartitions(requests, topic, options)).keys()];
  return eachOf(partitions, (partition) => {
    return partitionOffsets(requests, { topic, partition }, options);
  });
}

/** @param timestamp in milliseconds since 1970; -1, or none: the end; -2: the beginning. */
export async function fetchTopicOffsetsByTimestamp(
  requests: Requests,
  topic: string,
  timestamp: number | undefined,
  options: CallOptions,
): Promise<SeekEntry[]> {
  const at = timestamp ?? latestOffset;
  if (!Number.isSafeInteger(at) || at < earliestOffset) {
    throw invalid(
      'timestamp',
      'must be milliseconds since 1970, -1: the end, or -2: the beginning',
    );
  }
  if (at < 0) {
    const offsets = await fetchTopicOffsets(requests, topic, options);
    return offsets.map(({ partition, high, low }) => {
      return { partition, offset: at === latestOffset ? high : low };
    });
  }
  const partitions = [...Array(await countPartitions(requests, topic, options)).keys()];
  return eachOf(partitions, (partition) => {
    return offsetAt(requests, { topic, partition, timestamp: at }, options);
  });
}

/** Of the first record of that time or a later one; the end, if there is none. A fetch from that
 * time on begins there. */
async function offsetAt(
  requests: Requests,
  { timestamp, ...place }: TopicPartition & { readonly timestamp: number },
  options: CallOptions,
): Promise<SeekEntry> {
  const path = withQuery(`${partitionPath(place)}/records`, { timestamp, max_bytes: 1 });
  const { headers, bytes } = await requests
    .answer({ ...options, method: 'GET', path, accept: binaryType })
    .catch(naming(offsetNames));
  const [first] = jsonIn<readonly { readonly offset: number }[]>(bytes);
  const offset = first === undefined ? headers.get('sluice-next-offset') : first.offset;
  return { partition: place.partition, offset: String(offset) };
}

export type DeleteTopicRecordsOptions = CallOptions & {
  readonly topic: string;
  /** `offset`: of the first record that stays; "-1": all that are there now go. */
  readonly partitions: readonly SeekEntry[];
};

export async function deleteTopicRecords(
  requests: Requests,
  { topic, partitions, signal }: DeleteTopicRecordsOptions,
): Promise<void> {
  expectList('partitions', partitions, 1);
  const asked = partitions.map(({ partition, offset }) => {
    return { partition, offset, before: offsetOf(offset, latestOffset) };
  });
  const failures = await eachOf(asked, async ({ partition, offset, before }) => {
    const path = `${topicPath(topic)}/partitions/${partition}/records`;
    const query = { before_offset: before };
    const deleted = requests
      .ask({ method: 'DELETE', path: withQuery(path, query), signal })
      .catch(naming({ ...offsetNames, 40002: 'POLICY_VIOLATION' }));
    const tried = await attempt(deleted, { topic, partition });
    return 'failure' in tried ? [{ partition, offset, error: tried.failure }] : [];
  });
  const failed = failures.flat();
  const [first, ...rest] = failed.map(({ error }): Failure => error);
  if (first === undefined) return;
  throw new SluiceAggregateError('Records were not deleted', [first, ...rest], {
    partitions: failed,
  });
}
