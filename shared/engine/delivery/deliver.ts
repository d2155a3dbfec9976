// Delivering: a worker that was woken takes the partition's lease, gives its target what there is,
// and commits after each delivery, until nothing is left or its turn is over. Whatever it leaves,
// it leaves in the lease: how often something failed, and when it is tried again.
//
// Nothing waits for a worker that is not there: an append that it did not see has a wake-up of its
// own, sent after it; and one that it leaves for later it sends itself. What is lost of those a
// sweep finds.

import { assert } from '../../assert.ts';
import { parseRecordPattern, recordFilter } from '../../delivery/record-filter.ts';
import { type Subscription, wakeUpFor } from '../../delivery/subscription.ts';
import { behind, progressIn, takeByWorker } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import { readLease, tenureOf } from '../../group/lease.ts';
import { drawnLifeBytes, type EpochMillis, incarnationOf } from '../../ids.ts';
import type { Targets } from '../../ports/targets.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { partitionPk } from '../../store/items.ts';
import {
  leaseSlackMillis,
  subscriptionCheckMillis,
  workerPauseMillisMax,
  workerTurnMillis,
} from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { findGroup, leaseOf } from '../group/read-group.ts';
import { headIfThere } from '../heads.ts';
import { repeatableWrite } from '../retry.ts';
import { freshTopic, type Topic, topicNamed } from '../topic-cache.ts';
import { deliverOnce, type Step } from './deliver-once.ts';
import { findSubscription } from './find-subscription.ts';
import { advance, heldByAnother, type Turn, TurnLost } from './turn.ts';
import { wake } from './wake.ts';

/** Works on one wake-up. What the target does wrong is dealt with; what the stores do, is tried
 * again later. @throws EngineError THROTTLED, UNAVAILABLE: the wake-up is to be given again. */
export async function deliver(
  engine: Engine,
  call: Call,
  targets: Targets,
  wakeUp: WakeUp,
): Promise<void> {
  const subscription = await findSubscription(engine, call, wakeUp.subscription);
  const isMeant = subscription?.topicId === wakeUp.topicId;
  if (!isMeant || subscription.state !== 'running') return;
  const own = wakeUpFor(subscription, wakeUp.partition);
  // The subscription has other queues by now: in its own it is one at a time with others.
  if (own.queue !== wakeUp.queue) return wake(engine, [own]);
  const turn = await takeTurn(engine, call, targets, { subscription, wakeUp });
  if (turn === undefined) return;
  engine.workers.add(turn.tenure.owner);
  try {
    await work(turn);
  } catch (error) {
    if (error instanceof TurnLost) return;
    if (!(error instanceof EngineError)) throw error;
    // The stores, most likely: others may have more luck, and later.
    const later = engine.clock.now() + subscription.settings.retryMillisMax;
    await leave(turn, { kind: 'later', at: later as EpochMillis });
  } finally {
    engine.workers.delete(turn.tenure.owner);
  }
}

/** @returns undefined: somebody else has the partition, and comes by himself or is come for. */
async function takeTurn(
  engine: Engine,
  call: Call,
  targets: Targets,
  { subscription, wakeUp }: { readonly subscription: Subscription; readonly wakeUp: WakeUp },
): Promise<Turn | undefined> {
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
  if (waiting <= 0) return undefined;
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
  const progress = progressIn(taken, subscription, head.logStart);
  const matches = matcherOf(settings.filter);
  const awaited = progress.gatherUntil;
  const known = { engine, call, targets, wakeUp, subscription, topic, tenure, matches };
  const began = { hasPassed: false, seenAt: now, progress };
  return { ...known, endsAt, leasedUntil: until, awaited, ...began };
}

/** undefined: it is gone, or there is another of its name. */
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

async function work(turn: Turn): Promise<void> {
  const { clock, arrivals, settings } = turn.engine;
  for (;;) {
    const isOver = clock.now() >= turn.endsAt || arrivals.ended;
    if (isOver || (await hasChanged(turn))) return leave(turn, { kind: 'on' });
    const watch = arrivals.watch(partitionPk(turn.tenure.id));
    try {
      const step = await deliverOnce(turn);
      if (step.kind === 'at-rest') return;
      if (step.kind === 'on') continue;
      const millis = step.at - clock.now();
      if (millis > workerPauseMillisMax || step.at > turn.endsAt) return leave(turn, step);
      if (step.kind === 'later') await rest(turn, step.at);
      // What others append is seen by looking.
      else await clock.sleep(Math.min(millis, settings.headPollMillis ?? millis), watch.arrived);
    } finally {
      watch.close();
    }
  }
}

/** Between looks whether the process is about to stop. */
const restMillisMax = 500;

/** A process that is about to stop does not wait for the end of it. */
async function rest({ engine: { clock, arrivals } }: Turn, until: EpochMillis): Promise<void> {
  for (let left = until - clock.now(); left > 0 && !arrivals.ended; left = until - clock.now()) {
    await clock.sleep(Math.min(left, restMillisMax));
  }
}

/** Who pauses a subscription, or sets it otherwise, does not wait for the end of a turn. */
async function hasChanged(turn: Turn): Promise<boolean> {
  const { engine, call, subscription, seenAt } = turn;
  const now = engine.clock.now();
  if (now - seenAt < subscriptionCheckMillis) return false;
  const current = await findSubscription(engine, call, subscription.name);
  turn.seenAt = now;
  return current?.id !== subscription.id || current.version !== subscription.version;
}

/** Gives the partition up, to be woken again: for what can go on at once, behind others. */
async function leave(turn: Turn, step: Exclude<Step, { kind: 'at-rest' }>): Promise<void> {
  const { engine, wakeUp, progress, awaited, tenure, subscription } = turn;
  const after = step.kind === 'later' ? { ...progress, notBefore: step.at } : progress;
  try {
    await advance(turn, after, true);
  } catch (error) {
    // It ends by itself; and whoever has it instead goes on.
    if (!(error instanceof EngineError)) throw error;
  }
  // Who began to gather has sent one.
  if (step.kind === 'more-wanted' && step.at === awaited) return;
  if (step.kind !== 'on') return wake(engine, [wakeUp], step.at);
  const once = behind({ life: subscription.life, fence: tenure.fence });
  await wake(engine, [{ ...wakeUp, once }]);
}
