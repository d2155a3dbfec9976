// Making and deleting topics. The item under a topic's name tells how far either has come, and
// whoever comes next finishes it:
//
//     (no item) ──put──> making ──heads put──> live ──> deleting ──heads deleted──> (no item)
//
// - A name is free only when all heads of its last topic are gone: nobody, however old his cache,
//   is acknowledged on a topic that has a successor. A name that is used again gets a new id.
// - To deleting it goes in one transaction with the doomed item, under which housekeeping finds
//   what is left of a deleted topic besides its heads.
// - Every step has a condition that makes it safe to send again, and harmless when it comes late: a
//   name, or a head, that was asked for before its topic was deleted is not put after that, since
//   each is put in one transaction with the question whether its topic is doomed (unlessDoomed).

import { EngineError } from '../errors.ts';
import { type EpochMillis, topicIdBytes, topicIdOf } from '../ids.ts';
import { partitionsDefault, topicMakingMillisMax } from '../limits.ts';
import type { Attributes, Condition, Item, Write } from '../store/algebra.ts';
import { doomedItem, doomedKey, topicItem, topicKey } from '../store/items.ts';
import type { Call, Engine } from './engine.ts';
import { outcomeUnknown, repeatableTransaction, repeatableWrite } from './retry.ts';
import { findTopic, readTopic, type StoredTopic, type Topic } from './topic-cache.ts';
import { checkConfigs, checkName, checkPartitions } from './topic-checks.ts';
import { deleteHeads, putHeads, unlessDoomed } from './topic-heads.ts';

export type TopicToCreate = {
  readonly name: string;
  /** @default partitionsDefault */
  readonly partitions?: number;
  readonly configs?: ReadonlyMap<string, string>;
  /** Who may end it by that (deleteTopic). @default nobody */
  readonly maker?: string;
  /** Checks everything and stores nothing. */
  readonly validateOnly?: boolean;
};

/** @throws EngineError INVALID_TOPIC_NAME, INVALID_PARTITIONS, INVALID_CONFIG, UNKNOWN_CONFIG,
 *   TOPIC_EXISTS; of unknown outcome: OUTCOME_UNKNOWN */
export async function createTopic(
  engine: Engine,
  call: Call,
  { name, partitions = partitionsDefault, configs = new Map(), maker, validateOnly }: TopicToCreate,
): Promise<Topic> {
  checkName(name);
  checkPartitions(partitions);
  checkConfigs(configs);
  const id = topicIdOf(engine.chance.bytes(topicIdBytes));
  const [createdAt, heads] = [engine.clock.now(), partitions];
  const topic = { name, id, partitions, configs, createdAt, heads };
  const before = await findTopic(engine, call, name);
  if (before !== undefined && !isLeftBehind(engine, before)) throw topicExists(name);
  if (validateOnly) return topic;
  if (before !== undefined) await clearAway(engine, call, before);
  const whose = maker === undefined ? {} : { maker };
  const making = { ...topic, ...whose, state: 'making', version: 0 } as const;
  await putName(engine, call, making);
  return afterwards(async () => {
    await putHeads(engine, call, id, { from: 0, to: partitions });
    const live: Write = {
      update: topicKey(name),
      actions: [{ set: topicItem.state, to: { value: 'live' } }],
      if: isStill({ id, state: 'making' }),
    };
    const { result } = await repeatableWrite(engine, call, live);
    const now = result.kind === 'done' ? result.item : result.current;
    // Refused: an earlier try has done it, or it took so long that another began anew, or ended it.
    const made = now && readTopic(now);
    if (made?.id !== id || made.state !== 'live') throw outcomeUnknown();
    return made;
  });
}

/** @throws EngineError TOPIC_EXISTS. */
async function putName(engine: Engine, call: Call, topic: StoredTopic): Promise<void> {
  const { result } = await repeatableTransaction(engine, call, [
    { put: itemOf(topic), if: { item: 'absent' } },
    unlessDoomed(topic.id),
  ]);
  if (result.kind === 'done') return;
  const [owner] = result.refusals;
  // Refused by what an earlier try has put: it goes on, and finds what became of that.
  if (owner?.current === undefined || readTopic(owner.current).id === topic.id) return;
  throw topicExists(topic.name);
}

/** Its records are unreachable once this returns; what is left of them is cleared away later.
 * @param of.maker only one that he has made.
 * @throws EngineError UNKNOWN_TOPIC: there is none, or none of his; of unknown outcome:
 *   OUTCOME_UNKNOWN, and then it may be asked again, until it is done. */
export async function deleteTopic(
  engine: Engine,
  call: Call,
  name: string,
  { maker }: Pick<TopicToCreate, 'maker'> = {},
): Promise<void> {
  engine.topics.delete(name);
  const isMeant = (topic: StoredTopic) => maker === undefined || topic.maker === maker;
  let topic = await findTopic(engine, call, name);
  while (topic?.state === 'live' && isMeant(topic)) {
    const { id } = topic;
    topic = await doom(engine, call, topic);
    // It is gone, and whatever has the name now was made since.
    if (topic?.id !== id) return;
  }
  if (topic?.state !== 'deleting') {
    throw new EngineError('UNKNOWN_TOPIC', `topic ${name} does not exist`, { field: 'topic' });
  }
  const rest = topic;
  await afterwards(() => finishDeletion(engine, call, rest));
}

/** From now on nothing more is put for it. @returns what is under its name afterwards: refused, an
 * earlier try has done it, or the topic was changed. */
async function doom(
  engine: Engine,
  call: Call,
  topic: StoredTopic,
): Promise<StoredTopic | undefined> {
  const { name, version } = topic;
  const deleting: readonly Write[] = [
    { put: doomedItemOf(topic, engine.clock.now()) },
    {
      update: topicKey(name),
      actions: [
        { set: topicItem.state, to: { value: 'deleting' } },
        { set: topicItem.version, to: { value: version + 1 } },
      ],
      if: { all: [isStill(topic), { attribute: topicItem.version, is: '=', to: version }] },
    },
  ];
  await repeatableTransaction(engine, call, deleting);
  return afterwards(() => findTopic(engine, call, name));
}

/** Whoever made it, should he wake, must not find it still to be made. Nobody has appended to
 * it. @throws EngineError TOPIC_EXISTS: somebody has the name. */
async function clearAway(engine: Engine, call: Call, topic: StoredTopic): Promise<void> {
  const now = await doom(engine, call, topic);
  if (now === undefined) return;
  if (now.id !== topic.id || now.state !== 'deleting') throw topicExists(topic.name);
  await finishDeletion(engine, call, now);
}

/** Heads, then the name. @param topic whose state is deleting. */
export async function finishDeletion(
  engine: Engine,
  call: Call,
  topic: StoredTopic,
): Promise<void> {
  const { name, id, heads } = topic;
  await deleteHeads(engine, call, id, { from: 0, to: heads });
  await repeatableWrite(engine, call, { delete: topicKey(name), if: isStill(topic) });
}

/** A deletion that did not end, or a making whose maker must be gone. */
function isLeftBehind(engine: Engine, { state, createdAt }: StoredTopic): boolean {
  if (state === 'deleting') return true;
  return state === 'making' && engine.clock.now() - createdAt > topicMakingMillisMax;
}

/** Work that follows what is done already: that it was not finished must not be called "nothing
 * happened". */
async function afterwards<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineError && error.outcome === 'retriable') throw outcomeUnknown(error);
    throw error;
  }
}

function isStill({ id, state }: Pick<StoredTopic, 'id' | 'state'>): Condition {
  return {
    all: [
      { attribute: topicItem.id, is: '=', to: id },
      { attribute: topicItem.state, is: '=', to: state },
    ],
  };
}

function itemOf({ name, configs, ...topic }: StoredTopic): Item {
  const attributes: Attributes = {
    [topicItem.id]: topic.id,
    [topicItem.state]: topic.state,
    [topicItem.partitions]: topic.partitions,
    [topicItem.heads]: topic.heads,
    [topicItem.configs]: Object.fromEntries(configs),
    [topicItem.createdAt]: topic.createdAt,
    [topicItem.version]: topic.version,
    ...(topic.maker !== undefined && { [topicItem.maker]: topic.maker }),
  };
  return { ...topicKey(name), ...attributes };
}

function doomedItemOf({ id, name, heads }: StoredTopic, now: EpochMillis): Item {
  return {
    ...doomedKey(id),
    [doomedItem.name]: name,
    [doomedItem.partitions]: heads,
    [doomedItem.deletedAt]: now,
  };
}

function topicExists(name: string): EngineError {
  return new EngineError('TOPIC_EXISTS', `topic ${name} exists`, { field: 'topic_name' });
}
