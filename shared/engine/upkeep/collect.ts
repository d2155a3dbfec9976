// Clearing away what nobody can reach any more: what deleted topics and groups, and groups that are
// forgotten, have left in the table, and then the objects that nothing names. Each has its time
// though another is not done, or fails: what a topic of a million chunks has left would keep the
// bytes of all others, and a million groups that topic's.

import type { EpochMillis } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { clearGroups } from './clear-groups.ts';
import { clearTopics } from './clear-topics.ts';
import { nothingSwept, type Swept, sweepObjects } from './sweep-objects.ts';
import { isCutOff } from './within-time.ts';

export type CollectOptions = {
  /** What was deleted, or written, since then stays as it is. */
  readonly graceMillis: number;
};

export type Collected = {
  readonly swept: Swept;
  /** Nothing was left for want of time; else the next run goes on, from anywhere. */
  readonly isDone: boolean;
};

/** Until nothing is left, or the call's time is over.
 * @throws what the first failed with, once the others are done: EngineError THROTTLED, UNAVAILABLE,
 *   OUTCOME_UNKNOWN: to be done again */
export async function collect(
  engine: Engine,
  call: Call,
  options: CollectOptions,
): Promise<Collected> {
  const failures: unknown[] = [];
  let isDone = true;
  const until = async (part: Call, work: (part: Call) => Promise<void>) => {
    await work(part).catch((error) => {
      if (isCutOff(engine, part, error)) isDone = false;
      else failures.push(error);
    });
  };
  const [quarter, half] = [partOf(engine, call, 1 / 4), partOf(engine, call, 1 / 2)];
  await until(quarter, async (part) => void (await clearTopics(engine, part, options)));
  await until(half, async (part) => void (await clearGroups(engine, part)));
  let swept = nothingSwept;
  await until(call, async () => {
    swept = await sweepObjects(engine, call, options);
    call.tally.deletedBytes = swept.bytes;
    call.tally.leftObjects = swept.left;
    call.tally.damagedPartitions += swept.damaged.size;
  });
  if (failures.length > 0) throw failures[0];
  return { swept, isDone: isDone && swept.isDone };
}

/** It ends with the call, should that end before its time. */
function partOf(engine: Engine, call: Call, share: number): Call {
  const now = engine.clock.now();
  const end = now + share * (call.deadline - now);
  return {
    ...call,
    get deadline() {
      return Math.min(end, call.deadline) as EpochMillis;
    },
  };
}

/** What a sweep could not judge, in a sentence for people; undefined: nothing. */
export function whatStays({ left, damaged }: Swept): string | undefined {
  if (left === 0 && damaged.size === 0) return undefined;
  return (
    `${left} objects that nothing names stay: they cannot be read, or are of one of ` +
    `${damaged.size} partitions whose index is damaged. Look at the store with npm run fsck.`
  );
}
