// One step of a worker's turn: what is next is given up, passed over, waited for, or given to the
// target; and how far that went is written.

import {
  afterAnswer,
  type Circumstances,
  doneUpTo,
  heldUp,
  isGivenUp,
  type Progress,
} from '../../delivery/progress.ts';
import { EngineError } from '../../errors.ts';
import type { EpochMillis } from '../../ids.ts';
import type { Head } from '../../log/head.ts';
import { processTimesMax } from '../../told.ts';
import { overtaken } from '../fetch.ts';
import { headOf } from '../heads.ts';
import { deliveryOf, type Gathered, gather } from './gather.ts';
import { type GivenUp, giveUp } from './give-up.ts';
import { handOver } from './hand-over.ts';
import { passValve } from './pass-valve.ts';
import { advance, type Turn, TurnLost } from './turn.ts';

export type Step =
  | { readonly kind: 'on' }
  /** Nothing is left, and the partition is given up. */
  | { readonly kind: 'at-rest' }
  | { readonly kind: 'later'; readonly at: EpochMillis }
  /** The same, or as soon as there is more. */
  | { readonly kind: 'more-wanted'; readonly at: EpochMillis };

/** @throws TurnLost; EngineError as the stores fail */
export async function deliverOnce(turn: Turn): Promise<Step> {
  const { engine, call, progress, subscription } = turn;
  if (progress.notBefore > engine.clock.now()) return { kind: 'later', at: progress.notBefore };
  const head = await headOf(engine, call, turn.tenure.id);
  const gathered = await gather(turn, head).catch(overtaken);
  // The next step begins at what is left.
  if (gathered === undefined) return { kind: 'on' };
  const { records, end } = gathered;
  if (records.length === 0) return goOn(turn, doneUpTo(progress, end), head);
  const { attempts, cause: reason } = progress;
  if (isGivenUp(progress, subscription.settings)) {
    return giveUpOrWait(turn, { records, end, attempts, reason });
  }
  const old = expired(turn, gathered);
  if (old !== undefined) return giveUpOrWait(turn, { ...old, attempts, reason: tooOld });
  return untilFull(turn, gathered) ?? (await give(turn, gathered, head));
}

const tooOld = 'older than the maximum age';

/** Writes what is done with. At the end of what there is the partition is given up with it:
 * whatever is appended since wakes somebody. */
async function goOn(turn: Turn, after: Progress, { nextOffset }: Head): Promise<Step> {
  const isAtRest = after.at >= nextOffset && after.ends.length === 0 && after.failures === 0;
  await advance(turn, after, isAtRest);
  return { kind: isAtRest ? 'at-rest' : 'on' };
}

/** Records at the front that are too old; undefined: there are none, or age does not matter. */
function expired(
  { engine, subscription }: Turn,
  { records, end }: Gathered,
): Pick<GivenUp, 'records' | 'end'> | undefined {
  const { ageMillisMax, deadLetterTopic } = subscription.settings;
  if (ageMillisMax === undefined || deadLetterTopic === undefined) return undefined;
  const oldest = engine.clock.now() - ageMillisMax;
  const isYoung = ({ timestamp }: { timestamp: number }) => timestamp < 0 || timestamp >= oldest;
  const young = records.findIndex(isYoung);
  if (young === 0) return undefined;
  if (young < 0) return { records, end };
  return { records: records.slice(0, young), end: records[young]?.offset ?? end };
}

async function giveUpOrWait(turn: Turn, given: GivenUp): Promise<Step> {
  try {
    await giveUp(turn, given);
  } catch (error) {
    if (!(error instanceof EngineError) || error instanceof TurnLost) throw error;
    // How far it is only the lease knows now: the next turn begins with that.
    if (error.outcome === 'unknown') throw error;
    const reason = `the dead-letter topic takes nothing: ${error.code}`;
    await advance(turn, heldUp(turn.progress, reason, circumstances(turn)));
  }
  return { kind: 'on' };
}

function circumstances({ engine, subscription: { settings } }: Turn): Circumstances {
  return { settings, now: engine.clock.now(), fraction: engine.chance.fraction() };
}

/** Until a delivery is full, or its window is over; undefined: it is. */
function untilFull(turn: Turn, { isFull }: Gathered): Step | undefined {
  const { engine, progress, subscription } = turn;
  const { batchWindowMillis } = subscription.settings;
  if (isFull || batchWindowMillis === 0 || progress.failures > 0) return undefined;
  const now = engine.clock.now();
  const until = progress.gatherUntil || ((now + batchWindowMillis) as EpochMillis);
  if (now >= until) return undefined;
  turn.progress = { ...progress, gatherUntil: until as EpochMillis };
  return { kind: 'more-wanted', at: until as EpochMillis };
}

async function give(turn: Turn, gathered: Gathered, head: Head): Promise<Step> {
  if (gathered.isTooLarge) return refuse(turn, gathered, head);
  const closedUntil = await passValve(turn, gathered.records.length);
  if (closedUntil !== undefined) return { kind: 'later', at: closedUntil };
  const { engine, leasedUntil, subscription } = turn;
  // So late, its turn is over.
  if (engine.clock.now() + subscription.settings.timeoutMillis > leasedUntil) return { kind: 'on' };
  const { delivery, answer } = await handedOver(turn, gathered, head);
  return goOn(turn, afterAnswer(turn.progress, delivery, answer, circumstances(turn)), head);
}

/** As handOver, and noted for whoever tells of the turn. */
async function handedOver(turn: Turn, gathered: Gathered, { nextOffset }: Head) {
  const { clock } = turn.engine;
  const { tally } = turn.call;
  const givenAt = clock.now();
  const { timestamp = -1 } = gathered.records.find((record) => record.timestamp >= 0) ?? {};
  if (timestamp >= 0) tally.ageMillis = Math.max(tally.ageMillis ?? 0, givenAt - timestamp);
  const given = await handOver(turn, gathered);
  if (tally.processMillis.length < processTimesMax) tally.processMillis.push(clock.now() - givenAt);
  tally.consumedMessages += given.delivery.offsets.length;
  tally.lag = nextOffset - given.delivery.end;
  return given;
}

/** Without asking the target. */
function refuse(turn: Turn, gathered: Gathered, head: Head): Promise<Step> {
  const delivery = deliveryOf(gathered);
  const after = afterAnswer(turn.progress, delivery, { kind: 'too-large' }, circumstances(turn));
  return goOn(turn, after, head);
}
