// A worker's turn with one partition of one subscription: what it knows, and what it writes.

import type { Progress } from '../../delivery/progress.ts';
import type { Subscription } from '../../delivery/subscription.ts';
import { heldUntil, progressWrite } from '../../delivery/worker-lease.ts';
import { EngineError } from '../../errors.ts';
import type { Lease, Tenure } from '../../group/lease.ts';
import type { EpochMillis, PartitionName } from '../../ids.ts';
import type { Targets } from '../../ports/targets.ts';
import type { WakeUp } from '../../ports/wake-ups.ts';
import type { LogRecord } from '../../record/record.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatableWrite } from '../retry.ts';
import type { Topic } from '../topic-cache.ts';

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
  /** It has gone through its valve, and not waited outside since. */
  hasPassed: boolean;
  /** When the subscription was read last. */
  seenAt: EpochMillis;
  /** As it stands in the lease. */
  progress: Progress;
};

/** What is before the new progress is committed. @throws TurnLost */
export async function advance(turn: Turn, after: Progress, releases = false): Promise<void> {
  const { engine, call, subscription, tenure, progress: before } = turn;
  const now = engine.clock.now();
  const write = progressWrite(subscription, tenure, { before, after, now }, { releases });
  const { result, maybeDone } = await repeatableWrite(engine, call, write);
  // Given up, and refused by that: whether it was done matters to nobody any more.
  if (result.kind === 'refused' && !(releases && maybeDone)) throw new TurnLost();
  turn.progress = after;
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
