// Topics by name. A process may act on settings that are topicCacheMillis old; an identity that is
// old does no harm, since the heads of a deleted topic are gone and refuse. Before a name or a
// partition is refused, the table is asked.

import { EngineError } from '../errors.ts';
import type { EpochMillis, TopicId } from '../ids.ts';
import { topicCacheMillis } from '../limits.ts';
import { type Item, mapIn, numberIn, textIn } from '../store/algebra.ts';
import { topicItem, topicKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { repeatable } from './retry.ts';

export type Topic = {
  readonly name: string;
  readonly id: TopicId;
  readonly partitions: number;
  /** Only what differs from the defaults. */
  readonly configs: ReadonlyMap<string, string>;
  readonly createdAt: EpochMillis;
};

/** A topic's item. */
export type StoredTopic = Topic & {
  /** Only a live one is a topic to anybody; the others have a name that is not free yet. */
  readonly state: 'making' | 'live' | 'deleting';
  /** Partitions below this may have a head. */
  readonly heads: number;
  /** Raised by every change, so that a change that comes late is refused. */
  readonly version: number;
  /** Who may end it with what made it (settle-topic.ts). @default nobody */
  readonly maker?: string;
  /** @default it never grew */
  readonly grownFrom?: number;
};

export type CachedTopic = { readonly topic: StoredTopic; readonly readAt: EpochMillis };

export function readTopic(item: Item): StoredTopic {
  const configs = Object.entries(mapIn(item, topicItem.configs)) as [string, string][];
  const { [topicItem.maker]: maker, [topicItem.grownFrom]: grownFrom } = item;
  return {
    name: item.sk,
    id: textIn(item, topicItem.id) as TopicId,
    partitions: numberIn(item, topicItem.partitions),
    configs: new Map(configs),
    createdAt: numberIn(item, topicItem.createdAt) as EpochMillis,
    state: textIn(item, topicItem.state) as StoredTopic['state'],
    heads: numberIn(item, topicItem.heads),
    version: numberIn(item, topicItem.version),
    ...(typeof maker === 'string' && { maker }),
    ...(typeof grownFrom === 'number' && { grownFrom }),
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
export async function freshTopic(engine: Engine, call: Call, name: string): Promise<StoredTopic> {
  const readAt = engine.clock.now();
  const topic = await findTopic(engine, call, name);
  if (topic?.state !== 'live') {
    engine.topics.delete(name);
    throw new EngineError('UNKNOWN_TOPIC', `topic ${name} does not exist`, { field: 'topic' });
  }
  engine.topics.set(name, { topic, readAt });
  return topic;
}

/** In whatever state. */
export async function findTopic(
  engine: Engine,
  call: Call,
  name: string,
): Promise<StoredTopic | undefined> {
  const get = () => call.table.get(topicKey(name), { strong: true });
  const item = await repeatable(engine, call, get);
  return item === undefined ? undefined : readTopic(item);
}
