// Clearing away what deleted topics have left. A deletion that did not end is ended, heads and then
// the name; what is left besides goes some time later, once whoever was at work on the topic when
// it was deleted is done: its chunks, rewrites and producers, routes, and what groups have
// committed of it, as in Kafka. Its objects are the sweep's.
//
// - Every delete may be sent again and may come late: no topic ever has this id again.
// - The doomed item stays for ever, marked as cleared. A name, a head or a rewrite item that was
//   asked for before the deletion may come at any time after it, and only that item says no
//   (unlessDoomed): without it a head could come back, and whoever has slept with an old cache
//   would be told "stored" by it. And it tells the sweep that a head is not lost, but deleted. It
//   is a hundred bytes.
// - What comes after the clearing all the same is put without that question: a chunk by a roller, a
//   lease by a member, that froze before the deletion. Nobody reads it; it is garbage.
// - Marks, valves, keys and producers expire by themselves.

import { sweepGraceMillis } from '../../housekeeping-limits.ts';
import type { EpochMillis, TopicId } from '../../ids.ts';
import { type Item, numberIn, textIn } from '../../store/algebra.ts';
import { groupPk, groupsPk, leaseSks, partitionOfLease } from '../../store/group-items.ts';
import { doomedItem, doomedKey, doomedPk, partitionPk } from '../../store/items.ts';
import { routesPk } from '../../store/trigger-items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { finishDeletion } from '../make-topics.ts';
import { queryAll } from '../query-all.ts';
import { repeatableWrite } from '../retry.ts';
import { findTopic } from '../topic-cache.ts';
import { clearItems } from './clear-items.ts';
import { fromAnywhere } from './from-anywhere.ts';

/** Partitions, or groups, that are gone through at once. */
const rangesAtOnce = 8;
/** Of which every group is asked at once; and none of them is cleared before all are. */
const topicsAtOnce = 32;
/** Of one group's. */
const deletesInFlight = 4;

export type ClearOptions = {
  /** Of a topic that was deleted since, nothing goes but its heads and its name.
   * @default sweepGraceMillis */
  readonly graceMillis?: number;
};

export type Cleared = {
  /** Of which nothing is left. */
  readonly topics: number;
  /** That were deleted. */
  readonly items: number;
};

type DoomedTopic = {
  readonly id: TopicId;
  readonly name: string;
  readonly partitions: number;
  readonly deletedAt: EpochMillis;
};

/** Until nothing is left, or the call's time is over; the next run goes on.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again */
export async function clearTopics(
  engine: Engine,
  call: Call,
  { graceMillis = sweepGraceMillis }: ClearOptions = {},
): Promise<Cleared> {
  const found = await queryAll(engine, call, { pk: doomedPk });
  const doomed = found.filter((item) => !(doomedItem.cleared in item)).map(readDoomed);
  let [topics, items] = [0, 0];
  for (const some of runsOf(fromAnywhere(engine, doomed), topicsAtOnce)) {
    const due: DoomedTopic[] = [];
    for (const topic of some) {
      await endDeletion(engine, call, topic);
      if (engine.clock.now() - topic.deletedAt >= graceMillis) due.push(topic);
    }
    items += await clearThem(engine, call, due);
    topics += due.length;
  }
  return { topics, items };
}

function runsOf<Of>(all: readonly Of[], length: number): readonly (readonly Of[])[] {
  const runs = Math.ceil(all.length / length);
  return Array.from({ length: runs }, (_, run) => all.slice(run * length, (run + 1) * length));
}

function readDoomed(item: Item): DoomedTopic {
  return {
    id: item.sk as TopicId,
    name: textIn(item, doomedItem.name),
    partitions: numberIn(item, doomedItem.partitions),
    // Older items do not say it.
    deletedAt: (item[doomedItem.deletedAt] ?? 0) as EpochMillis,
  };
}

/** While the name is there, heads may be. */
async function endDeletion(engine: Engine, call: Call, { id, name }: DoomedTopic): Promise<void> {
  const topic = await findTopic(engine, call, name);
  if (topic?.id === id) await finishDeletion(engine, call, topic);
}

/** @returns how many items were left of them. */
async function clearThem(
  engine: Engine,
  call: Call,
  topics: readonly DoomedTopic[],
): Promise<number> {
  if (topics.length === 0) return 0;
  const ranges = topics.flatMap(rangesOf);
  const cleared = await inRuns(ranges, rangesAtOnce, (range) => clearItems(engine, call, range));
  const leases = await clearLeases(engine, call, new Set(topics.map(({ id }) => id)));
  for (const { id } of topics) {
    await repeatableWrite(engine, call, {
      update: doomedKey(id),
      actions: [{ set: doomedItem.cleared, to: { value: true } }],
    });
  }
  return cleared.reduce((sum, items) => sum + items, leases);
}

function rangesOf({ id: topicId, partitions }: DoomedTopic): readonly { readonly pk: string }[] {
  const ofPartitions = Array.from({ length: partitions }, (_, partition) => {
    return { pk: partitionPk({ topicId, partition }) };
  });
  return [...ofPartitions, { pk: routesPk(topicId) }];
}

/** @returns how many there were. */
async function clearLeases(
  engine: Engine,
  call: Call,
  topics: ReadonlySet<TopicId>,
): Promise<number> {
  const groups = await queryAll(engine, call, { pk: groupsPk });
  const cleared = await inRuns(groups, rangesAtOnce, async ({ sk: name }) => {
    const leases = await queryAll(engine, call, { pk: groupPk(name), ...leaseSks });
    const theirs = leases.filter(({ sk }) => topics.has(partitionOfLease(sk).topicId));
    await inRuns(theirs, deletesInFlight, ({ pk, sk }) => {
      return repeatableWrite(engine, call, { delete: { pk, sk } });
    });
    return theirs.length;
  });
  return cleared.reduce((sum, items) => sum + items, 0);
}
