// Topics by name. A process may act on settings that are topicCacheMillis old; an identity that is
// old does no harm, since the heads of a deleted topic are gone and refuse. Before a name or a
// partition is refused, the table is asked.

import { EngineError } from '../errors.ts';
import type { EpochMillis, TopicId } from '../ids.ts';
import { topicCacheMillis } from '../limits.ts';
import { type Item, mapIn, numberIn, textIn } from '../store/algebra.ts';
import { topicItem, topicKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { retry } from './retry.ts';

export type Topic = {
  readonly name: string;
  readonly id: TopicId;
  readonly partitions: number;
  /** Only what differs from the defaults. */
  readonly configs: ReadonlyMap<string, string>;
  readonly createdAt: EpochMillis;
  /** Raised by every change, so that a change that comes late is refused. */
  readonly version: number;
};

export type CachedTopic = { readonly topic: Topic; readonly readAt: EpochMillis };

export function readTopic(item: Item): Topic {
  const configs = Object.entries(mapIn(item, topicItem.configs)) as [string, string][];
  return {
    name: item.sk,
    id: textIn(item, topicItem.id) as TopicId,
    partitions: numberIn(item, topicItem.partitions),
    configs: new Map(configs),
    createdAt: numberIn(item, topicItem.createdAt) as EpochMillis,
    version: numberIn(item, topicItem.version),
  };
}

/** @throws EngineError UNKNOWN_TOPIC */
export async function topicNamed(engine: Engine, call: Call, name: string): Promise<Topic> {
  const cached = engine.topics.get(name);
  if (cached !== undefined && engine.clock.now() - cached.readAt < topicCacheMillis) {
    return cached.topic;
  }
  return freshTopic(engine, call, name);
}

/** As the table has it now. @throws EngineError UNKNOWN_TOPIC */
export async function freshTopic(engine: Engine, call: Call, name: string): Promise<Topic> {
  const readAt = engine.clock.now();
  const item = await retry(engine, { deadline: call.deadline, after: 'any' }, () =>
    call.table.get(topicKey(name), { strong: true }),
  );
  if (item === undefined) {
    engine.topics.delete(name);
    throw new EngineError('UNKNOWN_TOPIC', `topic ${name} does not exist`, { field: 'topic' });
  }
  const topic = readTopic(item);
  engine.topics.set(name, { topic, readAt });
  return topic;
}
