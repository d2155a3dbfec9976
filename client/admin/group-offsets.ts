// How far groups are: what is committed, moving it, and how far behind that is.

import { groupNames, groupPath } from '../describe-groups.ts';
import { invalid, SluiceError } from '../errors.ts';
import { instancePath, isNewInstance, newInstance } from '../instances.ts';
import { v2Type } from '../media-types.ts';
import { naming } from '../naming.ts';
import { type CallOptions, eachOf, type Requests } from '../requests.ts';
import { earliestOffset, latestOffset, offsetOf } from '../topic-partition.ts';
import { expectList } from '../within.ts';
import { fetchTopicOffsets, type SeekEntry } from './topic-offsets.ts';
import { countPartitions } from './topics.ts';

export type FetchOffsetsOptions = CallOptions & {
  readonly groupId: string;
  /** @default all of which something is committed */
  readonly topics?: readonly string[];
  /** Where nothing is committed, say the end of the partition instead of "-1". Nothing is stored by
   * it. @default false */
  readonly resolveOffsets?: boolean;
};

export type FetchOffsetsPartition = SeekEntry & { readonly metadata: string | null };

export type FetchedOffsets = {
  readonly topic: string;
  readonly partitions: FetchOffsetsPartition[];
};

export type SetOffsetsOptions = CallOptions & {
  readonly groupId: string;
  readonly topic: string;
  /** `offset`: of the next record to be read; "-1": the end; "-2": the beginning. One that the log
   * does not hold is brought within it. */
  readonly partitions: readonly SeekEntry[];
};

export type ResetOffsetsOptions = CallOptions & {
  readonly groupId: string;
  readonly topic: string;
  /** Else the end. @default false */
  readonly earliest?: boolean;
};

/** What is used of v3's lag. */
type LagReply = {
  readonly topic_name: string;
  readonly partition_id: number;
  readonly current_offset: number;
  readonly current_metadata: string;
  readonly log_end_offset: number;
  readonly lag: number;
  readonly lag_ms: number | null;
  readonly consumer_id: string;
};

/** @returns by topic, of all its partitions: "-1" of one of which nothing is committed; of topics
 *   that were not named, only those that have something committed. */
export async function fetchOffsets(
  requests: Requests,
  { groupId, topics = [], resolveOffsets = false, signal }: FetchOffsetsOptions,
): Promise<FetchedOffsets[]> {
  expectList('topics', topics);
  const lags = await requests
    .list<LagReply>(`${groupPath(groupId)}/lags`, { signal })
    .catch(noneIfUnknown);
  const committed = Map.groupBy(lags, ({ topic_name }) => topic_name);
  if (topics.length === 0) {
    return [...committed].toSorted(byName).map(([topic, own]) => {
      return { topic, partitions: own.map(committedOf).toSorted(byPartition) };
    });
  }
  return eachOf(topics, async (topic) => {
    const own = new Map(committed.get(topic)?.map((lag) => [lag.partition_id, committedOf(lag)]));
    const ends = resolveOffsets
      ? await fetchTopicOffsets(requests, topic, { signal })
      : await unresolved(requests, topic, { signal });
    const partitions = ends.map(({ partition, offset }) => {
      return own.get(partition) ?? { partition, offset, metadata: null };
    });
    return { topic, partitions };
  });
}

/** A group that nobody knows has committed nothing, as in Kafka. */
function noneIfUnknown(error: unknown): readonly LagReply[] {
  if (error instanceof SluiceError && error.code === 404) return [];
  return naming(groupNames)(error);
}

function committedOf(lag: LagReply): FetchOffsetsPartition {
  const { partition_id: partition, current_offset: offset, current_metadata: metadata } = lag;
  return { partition, offset: String(offset), metadata: metadata || null };
}

async function unresolved(
  requests: Requests,
  topic: string,
  options: CallOptions,
): Promise<SeekEntry[]> {
  const count = await countPartitions(requests, topic, options);
  return Array.from({ length: count }, (_, partition) => {
    return { partition, offset: String(latestOffset) };
  });
}

function byPartition(one: SeekEntry, other: SeekEntry): number {
  return one.partition - other.partition;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** One partition after another: each changes the group, and two at once would get in each other's
 * way. */
export async function setOffsets(
  requests: Requests,
  { groupId, topic, partitions, signal }: SetOffsetsOptions,
): Promise<void> {
  expectList('partitions', partitions, 1);
  const moves = partitions.map(({ partition, offset }) => {
    return { topic_name: topic, partition_id: partition, to: placeOf(offset) };
  });
  for (const move of moves) await reset(requests, groupId, move, { signal });
}

export async function resetOffsets(
  requests: Requests,
  { groupId, topic, earliest = false, signal }: ResetOffsetsOptions,
): Promise<void> {
  if (typeof topic !== 'string') throw invalid('topic', 'must be a name');
  const move = { topic_name: topic, to: earliest ? 'earliest' : 'latest' } as const;
  await reset(requests, groupId, move, { signal });
}

type To = 'earliest' | 'latest' | { readonly offset: number };

type Move = { readonly topic_name: string; readonly partition_id?: number; readonly to: To };

function placeOf(text: string): To {
  const offset = offsetOf(text, earliestOffset);
  if (offset === latestOffset) return 'latest';
  return offset === earliestOffset ? 'earliest' : { offset };
}

/** A group that is not there yet is made, as by Kafka, so that who comes first begins there. */
async function reset(
  requests: Requests,
  groupId: string,
  json: Move,
  options: CallOptions,
): Promise<void> {
  const path = `${groupPath(groupId)}/offsets:reset`;
  const move = () => requests.ask<void>({ ...options, method: 'POST', path, json });
  try {
    await move().catch(async (error) => {
      if (!(error instanceof SluiceError) || error.code !== 404) throw error;
      await makeGroup(requests, groupId, options);
      await move();
    });
  } catch (error) {
    naming(groupNames)(error);
  }
}

/** For whoever only comes and leaves. */
const sessionMillis = 10_000;

/** By whoever comes into it, and leaves. */
async function makeGroup(requests: Requests, groupId: string, options: CallOptions): Promise<void> {
  const made = await requests.ask(
    { ...options, ...newInstance(groupId, sessionMillis), again: 'unsafe' },
    isNewInstance,
  );
  const path = instancePath(groupId, made.instance_id);
  await requests.ask({ ...options, method: 'DELETE', path, accept: v2Type });
}

export type PartitionLag = {
  readonly topic: string;
  readonly partition: number;
  /** What is committed: of the next record to be read. */
  readonly offset: string;
  readonly logEndOffset: string;
  /** Records that are not read yet. */
  readonly lag: number;
  /** Milliseconds since the first of them was produced, about; null: not known. */
  readonly lagMs: number | null;
  /** Who reads it; null: nobody. */
  readonly memberId: string | null;
};

export type GroupLag = {
  readonly groupId: string;
  /** Records that are not read yet. */
  readonly totalLag: number;
  /** Of the partition that is furthest behind. */
  readonly maxLag: number;
  /** Of that which is longest behind; null: of none it is known. */
  readonly maxLagMs: number | null;
  /** By topic and partition: those of which something is committed. */
  readonly partitions: PartitionLag[];
};

export async function lag(
  requests: Requests,
  groupId: string,
  options: CallOptions,
): Promise<GroupLag> {
  const lags = await requests
    .list<LagReply>(`${groupPath(groupId)}/lags`, options)
    .catch(naming(groupNames));
  const known = lags.flatMap(({ lag_ms }) => lag_ms ?? []);
  return {
    groupId,
    totalLag: lags.reduce((sum, one) => sum + one.lag, 0),
    maxLag: Math.max(0, ...lags.map((one) => one.lag)),
    maxLagMs: known.length === 0 ? null : Math.max(...known),
    partitions: lags.map(partitionLag).toSorted((one, other) => {
      return byName([one.topic, one], [other.topic, other]) || byPartition(one, other);
    }),
  };
}

function partitionLag(reply: LagReply): PartitionLag {
  return {
    topic: reply.topic_name,
    partition: reply.partition_id,
    offset: String(reply.current_offset),
    logEndOffset: String(reply.log_end_offset),
    lag: reply.lag,
    lagMs: reply.lag_ms,
    memberId: reply.consumer_id || null,
  };
}
