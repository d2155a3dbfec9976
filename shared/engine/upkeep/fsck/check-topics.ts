// What there is of topics: those that are listed, those that were deleted, and what is left of
// them.

import type { PartitionId, TopicId } from '../../../ids.ts';
import { itemsPerQuery, topicMakingMillisMax } from '../../../limits.ts';
import type { Item } from '../../../store/algebra.ts';
import {
  doomedItem,
  doomedPk,
  partitionOfPk,
  partitionPk,
  topicsPk,
} from '../../../store/items.ts';
import { inRuns } from '../../in-runs.ts';
import { queryAll } from '../../query-all.ts';
import { repeatable } from '../../retry.ts';
import { readTopic, type StoredTopic } from '../../topic-cache.ts';
import { topicFault } from '../well-formed.ts';
import type { CheckRun } from './check-run.ts';
import { type Finding, findingOf } from './findings.ts';

const queriesInFlight = 16;

export type Topics = {
  /** In whatever state. */
  readonly listed: ReadonlyMap<TopicId, StoredTopic>;
  /** Those that were ever deleted: their items. */
  readonly doomed: ReadonlyMap<TopicId, Item>;
  /** Of those that cannot be read. Then nobody knows what is missing. */
  readonly findings: readonly Finding[];
};

/** As they are now. @throws EngineError THROTTLED, UNAVAILABLE, as all here. */
export async function readTopics({
  engine,
  call,
}: Pick<CheckRun, 'engine' | 'call'>): Promise<Topics> {
  const items = await queryAll(engine, call, { pk: topicsPk });
  // In this order: what is deleted in between was doomed before its name went.
  const doomed = await queryAll(engine, call, { pk: doomedPk });
  const listed = items.filter((item) => topicFault(item) === undefined).map(readTopic);
  const findings = items.flatMap((item) => {
    const fault = topicFault(item);
    if (fault === undefined) return [];
    return [findingOf('malformed-item', { topic: item.sk, key: item.sk }, fault)];
  });
  return {
    listed: new Map(listed.map((topic) => [topic.id, topic])),
    doomed: new Map(doomed.map((item) => [topicIdOf(item), item])),
    findings,
  };
}

/** It is there, or was deleted. */
export function isKnown({ listed, doomed }: Topics, id: TopicId): boolean {
  return listed.has(id) || doomed.has(id);
}

export type TopicsCheck = {
  readonly findings: readonly Finding[];
  /** Those that were deleted, and that housekeeping has yet to clear away. */
  readonly waiting: number;
};

/** Topics that are not whole, and what is left of those that are no more.
 * @param before what was deleted since then may wait to be cleared away. */
export async function checkTopics(
  run: CheckRun,
  topics: Topics,
  before: number,
): Promise<TopicsCheck> {
  const dead = await itemsOfCleared(run, topics);
  const uncleared = [...topics.doomed.values()].filter((item) => !(doomedItem.cleared in item));
  const late = uncleared.filter((item) => deletedAt(item) < before).map(unclearedOf);
  const rest = [...missing(run, topics), ...unfinished(run, topics), ...late, ...dead];
  return { findings: [...topics.findings, ...rest], waiting: uncleared.length - late.length };
}

/** Who was making them has made a part, and then no more. */
function unfinished({ engine }: CheckRun, { listed }: Topics): readonly Finding[] {
  const before = engine.clock.now() - topicMakingMillisMax;
  return [...listed.values()]
    .filter(({ state, createdAt }) => state === 'making' && createdAt < before)
    .map(({ name: topic, id: topicId }) => {
      const detail = 'who was making it is gone; whoever makes one of that name clears it away';
      return findingOf('unfinished-topic', { topic, topicId }, detail);
    });
}

function unclearedOf(item: Item): Finding {
  const topic = String(item[doomedItem.name] ?? '');
  const detail = `it was deleted at ${deletedAt(item)}, and is not cleared away yet`;
  return findingOf('uncleared-topic', { topic, topicId: topicIdOf(item) }, detail);
}

/** Objects are of a topic that was never deleted, and yet it is not there: its item is lost, or the
 * table is another's. */
function missing({ objects }: CheckRun, topics: Topics): readonly Finding[] {
  if (topics.findings.length > 0) return [];
  const ids = new Set([...objects.partitions].map((pk) => partitionOfPk(pk)?.topicId));
  return [...ids].flatMap((topicId) => {
    if (topicId === undefined || isKnown(topics, topicId)) return [];
    const detail = 'there are objects of it; no topic has its id, and none that was deleted had it';
    return [findingOf('missing-topic', { topicId }, detail)];
  });
}

/** What came late: a roller's chunk, say, that slept until all else was cleared away. */
async function itemsOfCleared(
  { engine, call }: CheckRun,
  { doomed }: Topics,
): Promise<readonly Finding[]> {
  const cleared = [...doomed.values()].filter((item) => doomedItem.cleared in item);
  const findings = await inRuns(cleared.flatMap(partitionsOf), queriesInFlight, async (id) => {
    const query = { pk: partitionPk(id), limit: itemsPerQuery, strong: true };
    const items = await repeatable(engine, call, () => call.table.query(query));
    if (items.length === 0) return [];
    const many = items.length < itemsPerQuery ? `${items.length}` : `${items.length} or more`;
    return [findingOf('dead-topic-items', id, `${many} items, and no such topic`)];
  });
  return findings.flat();
}

function topicIdOf({ sk }: Item): TopicId {
  return sk as TopicId;
}

function partitionsOf(doomed: Item): readonly PartitionId[] {
  const length = Number(doomed[doomedItem.partitions] ?? 0);
  return Array.from({ length }, (_, partition) => ({ topicId: topicIdOf(doomed), partition }));
}

/** Items of old do not say it. */
export function deletedAt(doomed: Item): number {
  return Number(doomed[doomedItem.deletedAt] ?? 0);
}
