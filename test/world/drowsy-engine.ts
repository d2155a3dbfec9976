// A process that falls asleep now and then, before a call of its stores or before it hears of the
// answer, and sleeps as long as it may: what others do comes between any two of its steps.

import { createEngine, type Engine } from '../../shared/engine/engine.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { seededChance } from './seeded-chance.ts';
import type { World } from './world.ts';

export type Drowsiness = {
  readonly seed: number;
  /** Of a nap before, and after, a call. */
  readonly odds: number;
  readonly napMillisMax: number;
  /** By how much its clock is ahead. @default 0 */
  readonly aheadMillis?: number;
};

export function drowsyEngine(
  { time, account }: World,
  { seed, odds, napMillisMax, aheadMillis = 0 }: Drowsiness,
): Engine {
  const chance = seededChance(seed);
  const nap = async () => {
    if (chance.fraction() < odds) await time.sleep(chance.fraction() * napMillisMax);
  };
  const asleep = <Store extends object>(store: Store): Store => {
    const calls = Object.entries(store).map(([name, call]) => {
      const slow = async (...given: unknown[]) => {
        await nap();
        const answer: unknown = await call(...given);
        await nap();
        return answer;
      };
      return [name, slow];
    });
    return Object.fromEntries(calls);
  };
  const clock = {
    now: () => (time.now() + aheadMillis) as EpochMillis,
    sleep: time.sleep.bind(time),
    turn: time.turn.bind(time),
  };
  const { table, objects } = account;
  return createEngine({ table: asleep(table), objects: asleep(objects), clock, chance });
}
