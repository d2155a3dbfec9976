// Passing a subscription's valve. Who finds no place for himself in the next seconds stands in
// line: another valve of the same rate, which lets nothing through and only says when to come
// again. So any number of partitions behind a slow valve come one after the other, each about once
// for each of its deliveries, instead of all of them for each. Who comes late, or out of line,
// harms nobody: what goes through is for the valve alone to say.
//
// Who comes when he was told to waits twice as long at the valve as others, or those who have just
// gone through would always be before him.

import type { Portion } from '../../delivery/valve.ts';
import type { EpochMillis } from '../../ids.ts';
import { lineOf, subscriptionValve } from '../../store/trigger-items.ts';
import {
  subscriptionCheckMillis,
  valveCaution,
  valveLateMillisMax,
  valveLineMillisMax,
  workerPauseMillisMax,
} from '../../trigger-limits.ts';
import { takePortion } from '../valves.ts';
import { hasChanged, rest, type Turn } from './turn.ts';

/** What a worker waits behind others who are waiting, if nobody has told it to come. */
const patienceUntoldMillis = workerPauseMillisMax / 2;
/** So long before its turn it looks whether there is still anything to do: a look that takes long
 * must not make it late. */
const lookBeforeMillis = subscriptionCheckMillis / 2;

/** Waits for its turn; who has come too late for it asks again, or what was late would go through
 * with what is on time. Whoever is to stop, or has something else to do now, does not go through.
 * @returns when to look again, if it is not its turn now.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: a portion is lost, perhaps */
export async function passValve(turn: Turn, records: number): Promise<EpochMillis | undefined> {
  const { engine, call, subscription } = turn;
  const { recordsPerSecondMax } = subscription.settings;
  if (recordsPerSecondMax === undefined) return undefined;
  const millis = ((records * 1_000) / recordsPerSecondMax) * valveCaution;
  const valve = subscriptionValve(subscription.id, recordsPerSecondMax);
  const portion = { valve, millis, burstMillis: 0 };
  const waitMillisMax = turn.isExpected ? workerPauseMillisMax : patienceUntoldMillis;
  const asked = { ...portion, waitMillisMax, leadMillis: turn.valveMillis };
  const askedAt = engine.clock.now();
  const taken = await takePortion(engine, call, asked);
  turn.isExpected = taken.kind === 'closed';
  if (taken.kind === 'closed') return standInLine(turn, portion, taken.until);
  const { at } = taken;
  const answeredAt = engine.clock.now();
  await rest(turn, at - lookBeforeMillis);
  const hasElse = engine.arrivals.ended || (await hasChanged(turn, at));
  if (!hasElse) await rest(turn, at);
  const now = engine.clock.now();
  const isLate = now - at > valveLateMillisMax;
  // Where answers take so long, a turn that is now is always over when it is heard of.
  if (isLate) turn.valveMillis = Math.min(2 * (answeredAt - askedAt), patienceUntoldMillis);
  return hasElse || engine.arrivals.ended || isLate ? now : undefined;
}

/** @returns when there is room, if all come when they are told to. */
async function standInLine(
  { engine, call, subscription }: Turn,
  portion: Omit<Portion, 'waitMillisMax'>,
  notBefore: EpochMillis,
): Promise<EpochMillis> {
  const place = await takePortion(engine, call, {
    ...portion,
    // Set otherwise, all come anew: the places that they had are nobody's.
    valve: lineOf(portion.valve, subscription.version),
    waitMillisMax: valveLineMillisMax,
  });
  // Beyond the line's end all would be told the same time: draw one.
  const outside = () => engine.chance.fraction() * valveLineMillisMax;
  const at = place.kind === 'taken' ? place.at : place.until + outside();
  return Math.max(notBefore, Math.ceil(at + patienceUntoldMillis)) as EpochMillis;
}
