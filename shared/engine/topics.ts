// The verbs of topics that are there: list, describe, grow, change settings.

import { EngineError } from '../errors.ts';
import type { Action } from '../store/algebra.ts';
import { topicItem, topicKey, topicsPk } from '../store/items.ts';
import { followGrowth } from './delivery/follow-topic.ts';
import type { Call, Engine } from './engine.ts';
import { queryAll } from './query-all.ts';
import { outcomeUnknown, repeatableWrite } from './retry.ts';
import { freshTopic, readTopic, type StoredTopic, type Topic } from './topic-cache.ts';
import { checkConfigs, checkPartitions } from './topic-checks.ts';
import { putHeads } from './topic-heads.ts';

/** By name.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function listTopics(engine: Engine, call: Call): Promise<readonly Topic[]> {
  const topics = (await queryAll(engine, call, { pk: topicsPk })).map(readTopic);
  return topics.filter(({ state }) => state === 'live');
}

/** As the table has it now. @throws EngineError UNKNOWN_TOPIC */
export function describeTopic(engine: Engine, call: Call, name: string): Promise<Topic> {
  return freshTopic(engine, call, name);
}

/** @throws EngineError UNKNOWN_TOPIC, INVALID_PARTITIONS when there would not be more than now. */
export async function growTopic(
  engine: Engine,
  call: Call,
  { name, partitions }: { readonly name: string; readonly partitions: number },
): Promise<Topic> {
  checkPartitions(partitions);
  return grow(engine, call, await freshTopic(engine, call, name), { partitions });
}

/** @param topic as it was read.
 * @param partitions how many there are then.
 * @param grownFrom the number that takes this back, for whoever may ask for it.
 * @throws EngineError INVALID_PARTITIONS when there would not be more than now; as changeTopic. */
export async function grow(
  engine: Engine,
  call: Call,
  topic: StoredTopic,
  { partitions, grownFrom = topic.partitions }: { partitions: number; grownFrom?: number },
): Promise<StoredTopic> {
  if (partitions <= topic.partitions) {
    const message = `partitions: ${partitions} must be above the ${topic.partitions} there are`;
    const detail = { field: 'partitions', limit: topic.partitions };
    throw new EngineError('INVALID_PARTITIONS', message, detail);
  }
  // What the topic's item says of heads is never too little: whoever deletes it finds them all.
  const heads = Math.max(partitions, topic.heads);
  const marked = await changeTopic(engine, call, topic, [
    { set: topicItem.heads, to: { value: heads } },
  ]);
  const added = { from: topic.partitions, to: partitions };
  await putHeads(engine, call, topic.id, added);
  await followGrowth(engine, call, topic.id, added);
  return changeTopic(engine, call, marked, [
    { set: topicItem.partitions, to: { value: partitions } },
    { set: topicItem.grownFrom, to: { value: grownFrom } },
  ]);
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
  const value = Object.fromEntries(configs);
  return changeTopic(engine, call, topic, [{ set: topicItem.configs, to: { value } }]);
}

/** Changes the topic's item if it is still as it was read.
 * @throws EngineError UNAVAILABLE when another change came first; OUTCOME_UNKNOWN when this one may
 *   have been made before it. */
export async function changeTopic(
  engine: Engine,
  call: Call,
  topic: StoredTopic,
  actions: readonly Action[],
): Promise<StoredTopic> {
  const version = topic.version + 1;
  const { result, maybeDone } = await repeatableWrite(engine, call, {
    update: topicKey(topic.name),
    actions: [...actions, { set: topicItem.version, to: { value: version } }],
    if: {
      all: [
        { attribute: topicItem.id, is: '=', to: topic.id },
        { attribute: topicItem.version, is: '=', to: topic.version },
      ],
    },
  });
  engine.topics.delete(topic.name);
  if (result.kind === 'done' && result.item !== undefined) return readTopic(result.item);
  const message = `topic ${topic.name} was changed by another request at the same time; try again`;
  throw maybeDone ? outcomeUnknown() : new EngineError('UNAVAILABLE', message);
}
