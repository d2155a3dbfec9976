// What focused worlds are made with.

import type { Chance } from '../../shared/engine/environment.ts';
import type { ClientKind } from './clients/client-kinds.ts';
import type { Knobs } from './knobs.ts';

/** @returns what it sets of what a seed drew. */
export type Focus = (knobs: Knobs, chance: Chance) => Partial<Knobs>;

export const calmProcesses: Partial<Knobs> = {
  requestMillis: 25_000,
  patienceMillis: 60_000,
  skewMillisMax: 0,
  crashes: 0,
  freezes: 0,
  clockJumps: 0,
};

export function repeated(kind: ClientKind, times: number): readonly ClientKind[] {
  return Array.from({ length: times }, () => kind);
}
