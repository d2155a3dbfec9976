// A worker's turn with one partition of one subscription: what it knows, what it writes, and what
// it looks at while it waits.

import type { Progress } from '../../delivery/progress.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { heldUntil, progressWrite } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import type { Lease, Tenure } from '../../group/lease.ts';
import type { EpochMillis, PartitionName } from '../../ids.ts';
import type { Targets } from '../../ports/targets.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import type { LogRecord } from '../../record/record.ts';
import { subscriptionCheckMillis } from '../../trigger-limits.ts';
import type { Call, Engine } from '../engine.ts';
import { leaseOf } from '../group/read-group.ts';
import { repeatableWrite } from '../retry.ts';
import type { Topic } from '../topic-cache.ts';
import { findSubscription } from './find-subscription.ts';

export type Turn = {
  readonly engine: Engine;
  readonly call: Call;
  readonly targets: Targets;
  readonly wakeUp: WakeUp;
  readonly subscription: Subscription;
  readonly topic: Topic;
  readonly tenure: Tenure;
  readonly matches: (record: LogRecord) => boolean;
  /** It begins nothing more after this. */
  readonly endsAt: EpochMillis;
  /** Nothing that it begins may last longer: somebody else may have the partition then. */
  readonly leasedUntil: EpochMillis;
  /** Until when somebody before has begun to gather; 0: nobody has. */
  readonly awaited: EpochMillis;
  /** It comes when it was told to, by the line of its valve. */
  isExpected: boolean;
  /** How long the valve's last answer took, if that made it late for its turn. */
  valveMillis: number;
  /** When the subscription was read last; 0: it was not any more what it is here. */
  seenAt: EpochMillis;
  /** As it stands in the lease, but that gatherUntil may be set and not written yet. */
  progress: Progress;
};

/** What is before the new progress is committed.
 * @param releases whether the partition is given up with it.
 * @throws TurnLost; EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: how far it is only the
 *   lease knows then */
export async function advance(turn: Turn, after: Progress, releases = false): Promise<void> {
  const { engine, call, subscription, tenure, progress: before } = turn;
  const now = engine.clock.now();
  const write = progressWrite(subscription, tenure, { before, after, now }, { releases });
  const { result, maybeDone } = await repeatableWrite(engine, call, write);
  // Given up, and refused by that: whether it was done matters to nobody any more.
  if (result.kind === 'refused' && !(releases && maybeDone)) throw new TurnLost();
  turn.progress = after;
}

/** Between looks whether the process is about to stop. */
const restMillisMax = 500;

/** A process that is about to stop does not wait for the end of it. */
export async function rest({ engine: { clock, arrivals } }: Turn, until: number): Promise<void> {
  for (let left = until - clock.now(); left > 0 && !arrivals.ended; left = until - clock.now()) {
    await clock.sleep(Math.min(left, restMillisMax));
  }
}

/** Who pauses a subscription, seeks it, or sets it otherwise, does not wait for the end of a turn.
 * It is looked at unless that was done in the second before.
 * @param at when something is to be done as it is set.
 * @throws TurnLost; EngineError THROTTLED, UNAVAILABLE */
export async function hasChanged(turn: Turn, at: EpochMillis): Promise<boolean> {
  const { engine, call, subscription, tenure } = turn;
  if (at - turn.seenAt < subscriptionCheckMillis) return false;
  const now = engine.clock.now();
  const [current, lease] = await Promise.all([
    findSubscription(engine, call, subscription.name),
    // A seek is in the lease alone.
    leaseOf(engine, call, subscription.group, tenure.id),
  ]);
  if (lease?.owner !== tenure.owner) throw new TurnLost();
  const isSame = current?.id === subscription.id && current.version === subscription.version;
  // Whoever asks next is to find the same.
  turn.seenAt = isSame ? now : (0 as EpochMillis);
  return !isSame;
}

/** Until when; undefined: it may be taken. */
export function heldByAnother(
  { settings, workers }: Engine,
  lease: Lease | undefined,
  now: EpochMillis,
): EpochMillis | undefined {
  const isOfThePast = settings.deliversAlone && lease?.owner && !workers.has(lease.owner);
  return isOfThePast ? undefined : heldUntil(lease, now);
}

/** Somebody else has the partition, or the subscription is gone, or sought. */
export class TurnLost extends EngineError {
  constructor() {
    super('ILLEGAL_STATE', 'the partition was taken by somebody else');
  }
}

export function placeOf({ subscription, tenure }: Turn): PartitionName {
  return { topic: subscription.topic, partition: tenure.id.partition };
}
