// The verbs of topics. A topic's name is put last when it is made and taken first when it is
// deleted, and while an id has heads but no name, a doomed item stands for it, so that whatever a
// crash leaves behind is known and can be cleared away. A name that is used again gets a new id:
// nothing crosses over.

import { EngineError } from '../errors.ts';
import { type PartitionId, type TopicId, topicIdBytes, topicIdOf } from '../ids.ts';
import {
  headWritesInFlightMax,
  partitionsDefault,
  partitionsPerTopicMax,
  topicsMax,
} from '../limits.ts';
import { newHead } from '../log/head.ts';
import { isConfigName, topicConfigs } from '../log/topic-configs.ts';
import { topicNameFault } from '../log/topic-name.ts';
import type { Action, Attributes, Item, Write } from '../store/algebra.ts';
import { doomedItem, doomedKey, headKey, topicItem, topicKey, topicsPk } from '../store/items.ts';
import type { TransactResult, WriteResult } from '../store/table.ts';
import type { Call, Engine } from './engine.ts';
import { retry } from './retry.ts';
import { freshTopic, readTopic, type Topic } from './topic-cache.ts';

export type TopicToCreate = {
  readonly name: string;
  /** @default partitionsDefault */
  readonly partitions?: number;
  readonly configs?: ReadonlyMap<string, string>;
  /** Checks everything and stores nothing. */
  readonly validateOnly?: boolean;
};

/** By name.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function listTopics(engine: Engine, call: Call): Promise<readonly Topic[]> {
  const items = await retry(engine, { deadline: call.deadline, after: 'any' }, () =>
    call.table.query({ pk: topicsPk, limit: topicsMax, strong: true }),
  );
  return items.map(readTopic);
}

/** As the table has it now. @throws EngineError UNKNOWN_TOPIC */
export function describeTopic(engine: Engine, call: Call, name: string): Promise<Topic> {
  return freshTopic(engine, call, name);
}

/** @throws EngineError INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_CONFIG, UNKNOWN_CONFIG,
 *   TOPIC_EXISTS */
export async function createTopic(
  engine: Engine,
  call: Call,
  { name, partitions = partitionsDefault, configs = new Map(), validateOnly }: TopicToCreate,
): Promise<Topic> {
  checkName(name);
  checkPartitions(partitions);
  checkConfigs(configs);
  const existing = await read(engine, call, name);
  if (existing !== undefined) throw topicExists(name);
  const id = topicIdOf(engine.chance.bytes(topicIdBytes));
  const createdAt = engine.clock.now();
  const topic: Topic = { name, id, partitions, configs, createdAt, version: 0 };
  if (validateOnly) return topic;
  await write(engine, call, doom(topic));
  await putHeads(engine, call, id, { from: 0, to: partitions });
  const named = await transact(engine, call, [
    { put: itemOf(topic), if: { item: 'absent' } },
    { delete: doomedKey(id), if: { item: 'present' } },
  ]);
  if (named.kind === 'refused') {
    // An earlier try whose answer was lost may have named it.
    const now = await freshTopic(engine, call, name);
    if (now.id !== id) throw topicExists(name);
  }
  engine.topics.set(name, { topic, readAt: createdAt });
  return topic;
}

/** Its records are unreachable once this returns; what is left of them is cleared away later.
 * @throws EngineError UNKNOWN_TOPIC */
export async function deleteTopic(engine: Engine, call: Call, name: string): Promise<void> {
  const topic = await freshTopic(engine, call, name);
  await write(engine, call, doom(topic));
  const sameTopic = { attribute: topicItem.id, is: '=', to: topic.id } as const;
  await write(engine, call, { delete: topicKey(name), if: sameTopic });
  engine.topics.delete(name);
  await forEachPartition(topic.id, { from: 0, to: topic.partitions }, (id) =>
    write(engine, call, { delete: headKey(id) }),
  );
}

/** @throws EngineError UNKNOWN_TOPIC, INVALID_PARTITIONS when there would not be more than now. */
export async function growTopic(
  engine: Engine,
  call: Call,
  { name, partitions }: { readonly name: string; readonly partitions: number },
): Promise<Topic> {
  checkPartitions(partitions);
  const topic = await freshTopic(engine, call, name);
  if (partitions <= topic.partitions) {
    const message = `partitions: ${partitions} must be above the ${topic.partitions} there are`;
    const detail = { field: 'partitions', limit: topic.partitions };
    throw new EngineError('INVALID_PARTITIONS', message, detail);
  }
  await putHeads(engine, call, topic.id, { from: topic.partitions, to: partitions });
  const set = { set: topicItem.partitions, to: { value: partitions } };
  return change(engine, call, topic, [set], (now) => now.partitions === partitions);
}

export type ConfigChanges = {
  readonly name: string;
  /** undefined: back to the default. */
  readonly changes: ReadonlyMap<string, string | undefined>;
  readonly validateOnly?: boolean;
};

/** @throws EngineError UNKNOWN_TOPIC, UNKNOWN_CONFIG, INVALID_CONFIG */
export async function alterConfigs(
  engine: Engine,
  call: Call,
  { name, changes, validateOnly }: ConfigChanges,
): Promise<Topic> {
  checkConfigs(changes);
  const topic = await freshTopic(engine, call, name);
  const configs = new Map(topic.configs);
  for (const [config, value] of changes) {
    if (value === undefined) configs.delete(config);
    else configs.set(config, value);
  }
  if (validateOnly) return { ...topic, configs };
  const set = { set: topicItem.configs, to: { value: Object.fromEntries(configs) } };
  return change(engine, call, topic, [set], (now) =>
    [...changes].every(([config, value]) => now.configs.get(config) === value),
  );
}

/** Changes the topic's item if it is still as it was read.
 * @param isDone whether an earlier try whose answer was lost has done it. */
async function change(
  engine: Engine,
  call: Call,
  topic: Topic,
  actions: readonly Action[],
  isDone: (now: Topic) => boolean,
): Promise<Topic> {
  const result = await write(engine, call, {
    update: topicKey(topic.name),
    actions: [...actions, { set: topicItem.version, to: { value: topic.version + 1 } }],
    if: {
      all: [
        { attribute: topicItem.id, is: '=', to: topic.id },
        { attribute: topicItem.version, is: '=', to: topic.version },
      ],
    },
  });
  const item = result.kind === 'done' ? result.item : result.current;
  const now = item === undefined ? undefined : readTopic(item);
  engine.topics.delete(topic.name);
  if (now?.id === topic.id && isDone(now)) return now;
  const message = `topic ${topic.name} was changed by another request at the same time; try again`;
  throw new EngineError('UNAVAILABLE', message);
}

function itemOf({ name, id, partitions, configs, createdAt, version }: Topic): Item {
  const attributes: Attributes = {
    [topicItem.id]: id,
    [topicItem.partitions]: partitions,
    [topicItem.configs]: Object.fromEntries(configs),
    [topicItem.createdAt]: createdAt,
    [topicItem.version]: version,
  };
  return { ...topicKey(name), ...attributes };
}

function doom({ id, name, partitions }: Topic): Write {
  const what: Attributes = { [doomedItem.name]: name, [doomedItem.partitions]: partitions };
  return { put: { ...doomedKey(id), ...what } };
}

function putHeads(
  engine: Engine,
  call: Call,
  topicId: TopicId,
  partitions: { readonly from: number; readonly to: number },
): Promise<void> {
  return forEachPartition(topicId, partitions, (id) =>
    write(engine, call, { put: newHead(id), if: { item: 'absent' } }),
  );
}

async function forEachPartition(
  topicId: TopicId,
  { from, to }: { readonly from: number; readonly to: number },
  work: (id: PartitionId) => Promise<unknown>,
): Promise<void> {
  for (let first = from; first < to; first += headWritesInFlightMax) {
    const length = Math.min(headWritesInFlightMax, to - first);
    const ids = Array.from({ length }, (_, index) => ({ topicId, partition: first + index }));
    await Promise.all(ids.map(work));
  }
}

async function read(engine: Engine, call: Call, name: string): Promise<Item | undefined> {
  const get = () => call.table.get(topicKey(name), { strong: true });
  return retry(engine, { deadline: call.deadline, after: 'any' }, get);
}

/** Every write here is safe to send again, by its condition or because it says all there is. */
function write(engine: Engine, call: Call, one: Write): Promise<WriteResult> {
  return retry(engine, { deadline: call.deadline, after: 'any' }, () => call.table.write(one));
}

function transact(engine: Engine, call: Call, all: readonly Write[]): Promise<TransactResult> {
  return retry(engine, { deadline: call.deadline, after: 'any' }, () => call.table.transact(all));
}

function checkName(name: string): void {
  const fault = topicNameFault(name);
  if (fault !== undefined) {
    throw new EngineError('INVALID_TOPIC_NAME', `topic name: ${fault}`, { field: 'topic_name' });
  }
}

function checkPartitions(partitions: number): void {
  const within = partitions >= 1 && partitions <= partitionsPerTopicMax;
  if (Number.isInteger(partitions) && within) return;
  const message = `partitions: must be an integer from 1 to ${partitionsPerTopicMax}`;
  const detail = { field: 'partitions', limit: partitionsPerTopicMax };
  throw new EngineError('INVALID_PARTITIONS', message, detail);
}

function checkConfigs(changes: ReadonlyMap<string, string | undefined>): void {
  for (const [name, value] of changes) {
    if (!isConfigName(name)) {
      const message = `config ${name} is not known`;
      throw new EngineError('UNKNOWN_CONFIG', message, { field: 'configs' });
    }
    const fault = value === undefined ? undefined : topicConfigs[name].fault(value);
    if (fault !== undefined) {
      throw new EngineError('INVALID_CONFIG', `config ${name}: ${fault}`, { field: name });
    }
  }
}

function topicExists(name: string): EngineError {
  return new EngineError('TOPIC_EXISTS', `topic ${name} exists`, { field: 'topic_name' });
}
