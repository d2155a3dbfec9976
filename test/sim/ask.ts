// How a client asks a process for something: it waits as long as its patience lasts, and learns
// nothing when the process dies first.

import { type Call, type Engine, openCall } from '../../shared/engine/engine.ts';
import { EngineError } from '../../shared/errors.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { requestMillisMax } from '../../shared/limits.ts';
import type { SimulatedProcess } from './process.ts';
import type { SimulatedWorld } from './world.ts';

export type Asked<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: EngineError }
  | { readonly kind: 'lost' };

export type Verb<Answer> = (engine: Engine, call: Call) => Promise<Answer>;

/** Longer than any process takes for a request when nothing fails. */
const patienceWhenCalmMillis = 4 * requestMillisMax;

export function ask<Answer>(
  world: SimulatedWorld,
  process: SimulatedProcess,
  verb: Verb<Answer>,
): Promise<Asked<Answer>> {
  const { knobs, isCalm } = world;
  const requestMillis = isCalm ? requestMillisMax : knobs.requestMillis;
  const patienceMillis = isCalm ? patienceWhenCalmMillis : knobs.patienceMillis;
  return askFor(world, process, { requestMillis, patienceMillis }, verb);
}

type Limits = {
  /** What the process is given for it. */
  readonly requestMillis: number;
  readonly patienceMillis: number;
};

export function askFor<Answer>(
  world: SimulatedWorld,
  process: SimulatedProcess,
  { requestMillis, patienceMillis }: Limits,
  verb: Verb<Answer>,
): Promise<Asked<Answer>> {
  const { time } = world;
  const { promise, resolve } = Promise.withResolvers<Asked<Answer>>();
  const lose = () => resolve({ kind: 'lost' });
  const patience = time.after(patienceMillis, lose);
  const forget = process.onCrash(lose);
  const end = (asked: Asked<Answer>) => {
    time.cancel(patience);
    forget();
    resolve(asked);
  };
  process.deliver(() => {
    const { engine } = process;
    const call = openCall(engine, { deadline: (process.now() + requestMillis) as EpochMillis });
    verb(engine, call).then(
      (answer) => end({ kind: 'answered', answer }),
      (error: unknown) => {
        if (error instanceof EngineError) return end({ kind: 'failed', error });
        world.blame(error);
        end({ kind: 'lost' });
      },
    );
  });
  return promise;
}
