// Delivering: a worker that was woken takes the partition's lease, gives its target what there is,
// and commits after each delivery, until nothing is left or its turn is over. Whatever it leaves,
// it leaves in the lease: how often something failed, and when it is tried again.
//
// Nothing waits for a worker that is not there: an append that it did not see has a wake-up of its
// own, sent after it; and one that it leaves for later it sends itself. What is lost of those a
// sweep finds.

import { wakeUpFor } from '../../delivery/subscription.ts';
import { keyWhileHeld } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import type { EpochMillis } from '../../ids.ts';
import type { Targets } from '../../ports/targets.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import { partitionPk } from '../../store/items.ts';
import { workerPauseMillisMax } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { deliverOnce, type Step } from './deliver-once.ts';
import { findSubscription } from './find-subscription.ts';
import { takeTurn } from './take-turn.ts';
import { advance, hasChanged, rest, type Turn, TurnLost } from './turn.ts';
import { wake } from './wake.ts';

/** Works on one wake-up. What the target does wrong is dealt with; what the stores do, is tried
 * again later. @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the wake-up is to be
 * given again. */
export async function deliver(
  engine: Engine,
  call: Call,
  targets: Targets,
  wakeUp: WakeUp,
): Promise<void> {
  const seenAt = engine.clock.now();
  const subscription = await findSubscription(engine, call, wakeUp.subscription);
  const isMeant = subscription?.topicId === wakeUp.topicId;
  if (!isMeant || subscription.state !== 'running') return;
  const { topic, group } = subscription;
  Object.assign(call.tally, { topic, group, partition: wakeUp.partition });
  const own = wakeUpFor(subscription, wakeUp.partition);
  // The subscription has other queues by now: in its own it is one at a time with others.
  if (own.queue !== wakeUp.queue) return wake(engine, [own]);
  const { fence } = wakeUp;
  const turn = await takeTurn(engine, call, { targets, wakeUp: own, fence, subscription, seenAt });
  if (turn === undefined) return;
  engine.workers.add(turn.tenure.owner);
  try {
    await work(turn);
  } catch (error) {
    if (error instanceof TurnLost) return;
    if (!(error instanceof EngineError)) throw error;
    call.tally.failure ??= error;
    // The stores, most likely: others may have more luck, and later.
    const later = engine.clock.now() + subscription.settings.retryMillisMax;
    await leave(turn, { kind: 'later', at: later as EpochMillis });
  } finally {
    engine.workers.delete(turn.tenure.owner);
  }
}

async function work(turn: Turn): Promise<void> {
  const { clock, arrivals, settings } = turn.engine;
  for (;;) {
    const now = clock.now();
    const isOver = now >= turn.endsAt || arrivals.ended;
    if (isOver || (await hasChanged(turn, now))) return leave(turn, { kind: 'on' });
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

/** Gives the partition up, to be woken again: for what can go on at once, behind others. */
async function leave(turn: Turn, left: Exclude<Step, { kind: 'at-rest' }>): Promise<void> {
  const { engine, wakeUp, progress, awaited, tenure, subscription } = turn;
  // Its last delivery may have put it off: whoever came before that would do nothing.
  const isPutOff = left.kind === 'on' && progress.notBefore > engine.clock.now();
  const step = isPutOff ? ({ kind: 'later', at: progress.notBefore } as const) : left;
  const after = step.kind === 'later' ? { ...progress, notBefore: step.at } : progress;
  try {
    await advance(turn, after, true);
  } catch (error) {
    // It ends by itself; and whoever has it instead goes on.
    if (!(error instanceof EngineError)) throw error;
  }
  const { fence } = tenure;
  if (step.kind === 'more-wanted') {
    // Who began to gather has sent one, which is needed whoever comes before the window's end.
    if (step.at !== awaited) await wake(engine, [wakeUp], step.at);
    return;
  }
  if (step.kind === 'later') return wake(engine, [{ ...wakeUp, fence }], step.at);
  const deduplicationKey = keyWhileHeld({ life: subscription.life, fence });
  await wake(engine, [{ ...wakeUp, fence, deduplicationKey }]);
}
