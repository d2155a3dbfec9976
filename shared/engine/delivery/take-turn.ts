// Taking a turn: a worker that was woken looks whether there is anything for it to do, and takes
// the partition's lease if there is. Where there is nothing to do nothing is written.

import { assert } from '../../assert.ts';
import { parseRecordPattern, recordFilter } from '../../delivery/record-filter.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { isServed, progressIn, takeByWorker } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import { type Lease, readLease, tenureOf } from '../../group/lease.ts';
import { drawnLifeBytes, type EpochMillis, incarnationOf } from '../../ids.ts';
import type { Targets } from '../../ports/targets.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { leaseSlackMillis, workerPauseMillisMax, workerTurnMillis } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { findGroup, leaseOf } from '../group/read-group.ts';
import { headIfThere } from '../heads.ts';
import { repeatableWrite } from '../retry.ts';
import { freshTopic, type Topic, topicNamed } from '../topic-cache.ts';
import { heldByAnother, type Turn } from './turn.ts';
import { wake } from './wake.ts';

export type Woken = {
  readonly targets: Targets;
  readonly wakeUp: WakeUp;
  /** What the wake-up says that the lease's fence was; undefined: it says nothing. */
  readonly fence: number | undefined;
  readonly subscription: Subscription;
  /** When that was read. */
  readonly seenAt: EpochMillis;
};

/** @returns undefined: there is nothing to do, or not yet, or somebody else has the partition; a
 *   wake-up is on its way then, if one is needed. Or topic or subscription are gone.
 * @throws EngineError THROTTLED, UNAVAILABLE; OUTCOME_UNKNOWN: the lease may be taken, and ends by
 *   itself */
export async function takeTurn(
  engine: Engine,
  call: Call,
  woken: Woken,
): Promise<Turn | undefined> {
  const { subscription, wakeUp } = woken;
  const work = await findWork(engine, call, woken);
  if (work === undefined) return undefined;
  const { before, logStart, topic } = work;
  const id = { topicId: wakeUp.topicId, partition: wakeUp.partition };
  const now = engine.clock.now();
  const { settings } = subscription;
  const owner = incarnationOf(engine.chance.bytes(drawnLifeBytes));
  const endsAt = (now + workerTurnMillis) as EpochMillis;
  const lasts = workerTurnMillis + workerPauseMillisMax + settings.timeoutMillis + leaseSlackMillis;
  const until = (now + lasts) as EpochMillis;
  const write = takeByWorker(subscription, id, { owner, until }, before);
  const { result } = await repeatableWrite(engine, call, write);
  const fence = (before?.fence ?? 0) + 1;
  const tenure = tenureOf({ ...id, fence }, owner);
  const item = result.kind === 'done' ? result.item : result.current;
  // Refused, perhaps by its own success.
  const taken = item && readLease(item);
  if (taken?.owner !== owner) return undefined;
  // Who had it before may have committed since it was read.
  const progress = progressIn(taken, subscription, logStart);
  const awaited = progress.gatherUntil;
  const known = { ...woken, engine, call, topic, tenure, matches: matcherOf(settings.filter) };
  const isExpected = progress.notBefore > 0 && progress.failures === 0;
  const valve = { isExpected, valveMillis: 0 };
  return { ...known, endsAt, leasedUntil: until, awaited, ...valve, progress };
}

type Work = {
  readonly topic: Topic;
  readonly logStart: number;
  /** As it was read; undefined: there was none. */
  readonly before: Lease | undefined;
};

/** @returns undefined: nobody is to take the lease now, for what takeTurn says. */
async function findWork(
  engine: Engine,
  call: Call,
  { subscription, wakeUp, fence }: Woken,
): Promise<Work | undefined> {
  const { group, life, settings } = subscription;
  const id = { topicId: wakeUp.topicId, partition: wakeUp.partition };
  const [before, head, topic] = await Promise.all([
    leaseOf(engine, call, group, id),
    headIfThere(engine, call, id),
    topicOf(engine, call, subscription),
  ]);
  if (head === undefined || topic === undefined) return undefined;
  const now = engine.clock.now();
  const held = heldByAnother(engine, before, now);
  const { at, notBefore, gatherUntil } = progressIn(before, subscription, head.logStart);
  const waiting = head.nextOffset - at;
  if (waiting <= 0 || (before?.life === life && isServed(before, fence))) return undefined;
  // Whoever began to gather has sent a wake-up for the window's end, and it is not full before.
  const isGathering = gatherUntil > now + workerPauseMillisMax;
  if (isGathering && waiting < settings.batchRecordsMax) return undefined;
  if (before !== undefined && before.life !== life) {
    // One of both is over. Taken for a subscription that is, it would be as if nothing were
    // committed for its successor.
    const current = await findGroup(engine, call, group);
    if (current?.life !== life) return undefined;
  }
  // He may have seen the end of the log already, and not this append.
  if (held !== undefined) await wake(engine, [wakeUp], held);
  // Whoever has put it off has sent a wake-up for then. One more for each append meanwhile would
  // make as many of them, which would never grow fewer while it is put off again.
  if (held !== undefined || notBefore > now + workerPauseMillisMax) return undefined;
  return { topic, logStart: head.logStart, before };
}

/** @returns undefined: it is gone, or there is another of its name. */
async function topicOf(
  engine: Engine,
  call: Call,
  { topic: name, topicId }: Subscription,
): Promise<Topic | undefined> {
  const known = await topicNamed(engine, call, name).catch(nobodyIsThere);
  if (known?.id === topicId) return known;
  // What was remembered may be the one before.
  const topic = await freshTopic(engine, call, name).catch(nobodyIsThere);
  return topic?.id === topicId ? topic : undefined;
}

/** Whose topic is gone has nothing to do. */
function nobodyIsThere(error: unknown): undefined {
  if (error instanceof EngineError && error.code === 'UNKNOWN_TOPIC') return undefined;
  throw error;
}

/** @param filter checked when it was set. */
function matcherOf(filter: string | undefined): Turn['matches'] {
  if (filter === undefined) return () => true;
  const parsed = parseRecordPattern(JSON.parse(filter));
  assert(parsed.kind === 'pattern', 'a filter that was set can be read');
  return recordFilter(parsed.pattern);
}
