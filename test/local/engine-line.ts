// Where an engine is that comes and goes.

import type { ChildEngine } from './child-engine.ts';
import type { Line } from './steady-producers.ts';

export type EngineLine = Line & { readonly connect: (engine: ChildEngine) => void };

export function engineLine(first: ChildEngine): EngineLine {
  let current = first;
  let next = Promise.withResolvers<void>();
  return {
    url: () => current.url,
    changed: () => next.promise,
    connect: (engine) => {
      current = engine;
      const before = next;
      next = Promise.withResolvers();
      before.resolve();
    },
  };
}
