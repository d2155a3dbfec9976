// What clients have in common: each does its operations one after the other, with pauses, through
// any process or always the same one, and writes down what it asked and what it was told. When the
// faults are over it does a few more, which must all succeed.

import type { SimulatedProcess } from '../process.ts';
import type { SimulatedWorld } from '../world.ts';

export type Client = {
  readonly world: SimulatedWorld;
  readonly name: string;
  /** Which of the processes is its own, when it has one. */
  readonly home: number;
};

/** One operation of a client; it ends when the client knows what became of it, or gives up. */
export type Operation = () => Promise<void>;

const operationsAfterStorm = 3;

export async function work({ world }: Client, operation: Operation): Promise<void> {
  const { knobs, time } = world;
  for (let done = 0; done < knobs.operationsPerClient; done++) {
    await time.sleep(world.chance.fraction() * knobs.pauseMillisMax);
    await operation();
  }
  if (!knobs.liveness) return;
  await world.healed.promise;
  for (let done = 0; done < operationsAfterStorm; done++) await operation();
}

export function processFor({ world, home }: Client): SimulatedProcess {
  const { processes, knobs } = world;
  return knobs.sticky
    ? (processes[home % processes.length] as SimulatedProcess)
    : world.pick(processes);
}

/** A partition that may be there. */
export function drawPartition({ world }: Client): { topic: string; partition: number } {
  const [topic, partitions] = world.pick([...world.topics]);
  return { topic, partition: world.draw(partitions - 1) };
}
