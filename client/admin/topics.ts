// Topics: which there are, made, grown, deleted.

import { invalid, SluiceError } from '../errors.ts';
import { naming } from '../naming.ts';
import { type PartitionMetadata, partitionMetadataOf } from '../partition-metadata.ts';
import { clusterPath, segment } from '../path.ts';
import { type CallOptions, eachOf, type Requests } from '../requests.ts';
import { expectList } from '../within.ts';
import { attempt, expectOnce, type Failure, isGone, throwAll } from './failures.ts';

const topicsPath = `${clusterPath}/topics`;

export function topicPath(topic: string): string {
  return `${topicsPath}/${segment('topic', topic)}`;
}

export type ITopicConfig = {
  readonly topic: string;
  /** @default the engine's: 1. -1 is the same. */
  readonly numPartitions?: number;
  /** Accepted, and passed over: the object store keeps copies. */
  readonly replicationFactor?: number;
  /** One entry a partition, if numPartitions is not said; which brokers it names does not count. */
  readonly replicaAssignment?: readonly object[];
  /** Settings by Kafka's names: `{ name: 'retention.ms', value: '86400000' }`. */
  readonly configEntries?: readonly IResourceConfigEntry[];
};

export type IResourceConfigEntry = { readonly name: string; readonly value: string };

export type CreateTopicsOptions = CallOptions & {
  readonly topics: readonly ITopicConfig[];
  /** Whether they could be made is all that is asked. @default false */
  readonly validateOnly?: boolean;
  /** Accepted, and passed over: a topic that is made has its leaders. */
  readonly waitForLeaders?: boolean;
  /** Accepted, and passed over: the client's requestTimeout counts. */
  readonly timeout?: number;
};

export type DeleteTopicsOptions = CallOptions & {
  readonly topics: readonly string[];
  /** Accepted, and passed over. */
  readonly timeout?: number;
};

export type ITopicPartitionConfig = {
  readonly topic: string;
  /** How many there are to be, in all. */
  readonly count: number;
  /** Accepted, and passed over: which brokers have them. */
  readonly assignments?: readonly (readonly number[])[];
};

export type CreatePartitionsOptions = CallOptions & {
  readonly topicPartitions: readonly ITopicPartitionConfig[];
  /** Whether it could be done is all that is asked. @default false */
  readonly validateOnly?: boolean;
  /** Accepted, and passed over. */
  readonly timeout?: number;
};

export type ITopicMetadata = { readonly name: string; readonly partitions: PartitionMetadata[] };

/** What is used of v3's topic. */
type TopicReply = { readonly topic_name: string; readonly partitions_count: number };

const topicNames = {
  40301: 'TOPIC_AUTHORIZATION_FAILED',
  topic_name: 'INVALID_TOPIC_EXCEPTION',
  partitions_count: 'INVALID_PARTITIONS',
  configs: 'INVALID_CONFIG',
} as const;

export async function listTopics(requests: Requests, options: CallOptions): Promise<string[]> {
  return requests.ask({ ...options, method: 'GET', path: '/topics' });
}

/** @returns whether all were made: false if any was there already. */
export async function createTopics(
  requests: Requests,
  { topics, validateOnly = false, signal }: CreateTopicsOptions,
): Promise<boolean> {
  expectList('topics', topics);
  expectOnce(
    'topics',
    topics.map(({ topic }) => topic),
  );
  const made = await eachOf(topics, (topic) => {
    return attempt(createTopic(requests, topic, { validateOnly, signal }), { topic: topic.topic });
  });
  const failures = made.flatMap((one) => ('failure' in one ? [one.failure] : []));
  const isThere = ({ type }: Failure) => type === 'TOPIC_ALREADY_EXISTS';
  if (!failures.every(isThere)) throwAll('Topics were not created', failures);
  return failures.length === 0;
}

async function createTopic(
  requests: Requests,
  { topic, numPartitions = -1, replicaAssignment, configEntries = [] }: ITopicConfig,
  { validateOnly, signal }: CallOptions & { readonly validateOnly: boolean },
): Promise<void> {
  const path = topicPath(topic);
  const count = numPartitions === -1 ? replicaAssignment?.length : numPartitions;
  const json = {
    topic_name: topic,
    ...(count === undefined ? {} : { partitions_count: count }),
    configs: configEntries.map(({ name, value }) => ({ name, value: String(value) })),
    validate_only: validateOnly,
  };
  try {
    await requests.ask({ method: 'POST', path: topicsPath, json, signal });
  } catch (error) {
    if (error instanceof SluiceError && error.code === 40002) {
      if (await isThere(requests, path, { signal })) {
        // An earlier try may have made it: whoever asked has what he asked for.
        if (error.outcome === 'unknown') return;
        throw error.as({ type: 'TOPIC_ALREADY_EXISTS' });
      }
    }
    naming(topicNames)(error);
  }
}

/** A topic that may not be looked at is not known to be there. */
async function isThere(requests: Requests, path: string, options: CallOptions) {
  const found = await attempt(requests.ask({ ...options, method: 'GET', path }), {});
  return 'done' in found;
}

export async function deleteTopics(
  requests: Requests,
  { topics, signal }: DeleteTopicsOptions,
): Promise<void> {
  expectList('topics', topics);
  const failures = await eachOf(topics, async (topic) => {
    const deleted = requests.ask({ method: 'DELETE', path: topicPath(topic), signal });
    const tried = await attempt(deleted.catch(naming(topicNames)), { topic });
    return 'failure' in tried && !isGone(tried.failure) ? [tried.failure] : [];
  });
  throwAll('Topics were not deleted', failures.flat());
}

export async function createPartitions(
  requests: Requests,
  { topicPartitions, validateOnly = false, signal }: CreatePartitionsOptions,
): Promise<true> {
  expectList('topicPartitions', topicPartitions, 1);
  expectOnce(
    'topicPartitions',
    topicPartitions.map(({ topic }) => topic),
  );
  const grown = await eachOf(topicPartitions, ({ topic, count }) => {
    const asked = { topic, count };
    const work = validateOnly
      ? checkGrowth(requests, asked, { signal })
      : growTopic(requests, asked, { signal });
    return attempt(work.catch(naming(topicNames)), { topic });
  });
  throwAll(
    'Partitions were not created',
    grown.flatMap((one) => ('failure' in one ? [one.failure] : [])),
  );
  return true;
}

type Growth = { readonly topic: string; readonly count: number };

async function growTopic(
  requests: Requests,
  { topic, count }: Growth,
  { signal }: CallOptions,
): Promise<void> {
  const path = topicPath(topic);
  const json = { partitions_count: count };
  try {
    await requests.ask({ method: 'PATCH', path, json, signal });
  } catch (error) {
    // An earlier try may have done it.
    const maybeDone = error instanceof SluiceError && error.outcome === 'unknown';
    if (maybeDone && (await countPartitions(requests, topic, { signal })) === count) return;
    throw error;
  }
}

/** The engine has no such question: what it would refuse first is found here. */
async function checkGrowth(
  requests: Requests,
  { topic, count }: Growth,
  options: CallOptions,
): Promise<void> {
  const there = await countPartitions(requests, topic, options);
  if (Number.isInteger(count) && count > there) return;
  const what = `${topic} has ${there}, and ${count} must be more`;
  throw invalid('partitions_count', what).as({ type: 'INVALID_PARTITIONS' });
}

/** @throws SluiceError of a topic that is not there. */
export async function countPartitions(
  requests: Requests,
  topic: string,
  options: CallOptions,
): Promise<number> {
  const found: TopicReply = await requests
    .ask<TopicReply>({ ...options, method: 'GET', path: topicPath(topic) })
    .catch(naming(topicNames));
  return found.partitions_count;
}

export async function fetchTopicMetadata(
  requests: Requests,
  { topics = [], signal }: CallOptions & { readonly topics?: readonly string[] },
): Promise<{ topics: ITopicMetadata[] }> {
  expectList('topics', topics);
  const counts =
    topics.length === 0
      ? (await requests.list<TopicReply>(topicsPath, { signal })).map((topic) => {
          return { name: topic.topic_name, count: topic.partitions_count };
        })
      : await eachOf(topics, async (name) => {
          return { name, count: await countPartitions(requests, name, { signal }) };
        });
  return {
    topics: counts.map(({ name, count }) => ({ name, partitions: partitionMetadataOf(count) })),
  };
}
