// An engine in an account of its own, in virtual time. Everything follows from the seed.

import { type Call, createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { createTopic, type TopicToCreate } from '../../shared/engine/make-topics.ts';
import type { Topic } from '../../shared/engine/topic-cache.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import { type Faults, withFaults } from './faults.ts';
import { seededChance } from './seeded-chance.ts';
import { SimulatedAccount } from './simulated-account.ts';
import { VirtualTime } from './virtual-time.ts';

/** Engines, and calls of them: over whatever stores. */
export type Processes = Pick<World, 'newEngine' | 'call'>;

export type World = {
  readonly time: VirtualTime;
  readonly account: SimulatedAccount;
  readonly faults: Faults;
  /** A process of its own: its caches are cold. */
  readonly newEngine: () => Engine;
  readonly call: (engine: Engine) => Call;
  readonly createTopic: (topic: TopicToCreate) => Promise<Topic>;
};

export function newWorld(seed: number): World {
  const time = new VirtualTime();
  const chance = seededChance(seed);
  const account = new SimulatedAccount({ clock: time, chance });
  const { objects, table, faults } = withFaults(account);
  const newEngine = () => createEngine({ objects, table, clock: time, chance });
  const call = (engine: Engine) =>
    openCall(engine, { deadline: (time.now() + requestMillisMax) as EpochMillis });
  return {
    time,
    account,
    faults,
    newEngine,
    call,
    createTopic: (topic) => {
      const engine = newEngine();
      return createTopic(engine, call(engine), topic);
    },
  };
}

/** A world, and what happens in it. */
export function inWorld<Answer>(
  seed: number,
  story: (world: World) => Promise<Answer>,
): Promise<Answer> {
  const world = newWorld(seed);
  return world.time.run(story(world));
}
