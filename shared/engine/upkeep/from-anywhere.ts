// Where a run begins, when it may have no time for all: anywhere, so that none is always the last.

import type { Engine } from '../engine.ts';

/** All of them, in a circle. */
export function fromAnywhere<Of>({ chance }: Engine, all: readonly Of[]): readonly Of[] {
  const first = Math.floor(chance.fraction() * all.length);
  return [...all.slice(first), ...all.slice(0, first)];
}
