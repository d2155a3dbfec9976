// Passing a subscription's valve. Who finds no place for himself in the next seconds stands in
// line: another valve of the same rate, which lets nothing through and only says when to come
// again. So any number of partitions behind a slow valve come one after the other, each about once
// for each of its deliveries, instead of all of them for each. Who comes late, or out of line,
// harms nobody: what goes through is for the valve alone to say.
//
// Who has just gone through leaves those who come a part of the seconds, or he would always be
// before them.

import type { EpochMillis } from '../../ids.ts';
import {
  valveCaution,
  valveLateMillisMax,
  valveLineMillisMax,
  workerPauseMillisMax,
} from '../../trigger-limits.ts';
import { type PortionOfNow, takePortion } from '../take-portion.ts';
import type { Turn } from './turn.ts';

/** What a worker waits behind others who are waiting, once he has had his turn. */
const patienceAgainMillis = workerPauseMillisMax / 2;

/** Waits for its turn; who has come too late for it asks again, or what was late would go through
 * with what is on time. @returns when to ask again, if it is not its turn now. */
export async function passValve(turn: Turn, records: number): Promise<EpochMillis | undefined> {
  const { engine, call, subscription } = turn;
  const { recordsPerSecondMax } = subscription.settings;
  if (recordsPerSecondMax === undefined) return undefined;
  const millis = ((records * 1_000) / recordsPerSecondMax) * valveCaution;
  const again = Math.min(Math.max(patienceAgainMillis, millis), workerPauseMillisMax);
  // Another rate is another valve: what was let through at the old one is no debt of its.
  const of = `sub#${subscription.id}#${recordsPerSecondMax}`;
  const portion = { of, millis, burstMillis: 0 };
  const waitMillisMax = turn.hasPassed ? again : workerPauseMillisMax;
  const taken = await takePortion(engine, call, { ...portion, waitMillisMax });
  turn.hasPassed = taken.kind === 'taken';
  if (taken.kind === 'closed') return standInLine(turn, portion, taken.until);
  const { at } = taken;
  if (at > engine.clock.now()) await engine.clock.sleep(at - engine.clock.now());
  const now = engine.clock.now();
  return now - at > valveLateMillisMax ? now : undefined;
}

/** @returns when there is room, if all come when they are told to. */
async function standInLine(
  { engine, call }: Turn,
  portion: Omit<PortionOfNow, 'waitMillisMax'>,
  notBefore: EpochMillis,
): Promise<EpochMillis> {
  const place = await takePortion(engine, call, {
    ...portion,
    of: `line#${portion.of}`,
    waitMillisMax: valveLineMillisMax,
  });
  // The line is too long for a place in it: those for whom it is come at any time.
  const outside = () => engine.chance.fraction() * valveLineMillisMax;
  const at = place.kind === 'taken' ? place.at : place.until + outside();
  return Math.max(notBefore, Math.ceil(at + patienceAgainMillis)) as EpochMillis;
}
