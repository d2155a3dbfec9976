// What is done to processes: they crash, they freeze and thaw, their clocks jump. How often, and
// for how long, the seed has drawn.

import type { SimulatedProcess } from './process.ts';
import type { SimulatedWorld } from './world.ts';

const jumpMillisMax = 600_000;
/** Of a clock that jumps. Most jump back. */
export const jumpAheadMillisMax = 0.3 * jumpMillisMax;

/** Mischief falls into about the time that clients need for their work. */
const spanMillis = (world: SimulatedWorld): number => {
  const { operationsPerClient, pauseMillisMax } = world.knobs;
  return operationsPerClient * (pauseMillisMax / 2 + 300);
};

/** Goes on by itself until the storm is over. */
export function unleash(world: SimulatedWorld): void {
  const { knobs, time, chance } = world;
  const span = spanMillis(world);
  const atSomeTime = (times: number, act: (process: SimulatedProcess) => void) => {
    for (let one = 0; one < times; one++) {
      time.after(chance.fraction() * span, () => {
        if (!world.isCalm) act(world.pick(world.processes));
      });
    }
  };
  atSomeTime(knobs.crashes, (process) => crash(world, process));
  atSomeTime(knobs.freezes, (process) => freeze(world, process));
  atSomeTime(knobs.clockJumps, (process) => {
    const millis = Math.floor((chance.fraction() - 0.7) * jumpMillisMax);
    world.history.note(`${process.name}'s clock jumps by ${millis} ms`);
    process.jumpClock(millis);
  });
}

function crash(world: SimulatedWorld, process: SimulatedProcess): void {
  world.history.note(`${process.name} dies`);
  process.crash();
  world.replace(process);
}

function freeze(world: SimulatedWorld, process: SimulatedProcess): void {
  if (process.isFrozen) return;
  const millis = world.chance.fraction() ** 3 * world.knobs.freezeMillisMax;
  world.history.note(`${process.name} freezes`);
  process.freeze();
  world.time.after(millis, () => thaw(world, process));
}

/** Harmless for one that is not frozen. */
export function thaw(world: SimulatedWorld, process: SimulatedProcess): void {
  if (!process.isFrozen) return;
  world.history.note(`${process.name} thaws`);
  process.thaw();
}
