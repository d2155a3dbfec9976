// Time and chance, handed in. A composition root gives the real ones, a simulation its own.

import type { EpochMillis } from '../ids.ts';

export interface Clock {
  now(): EpochMillis;
  /** Resolves after that time; earlier when `wake` resolves first. */
  sleep(millis: number, wake?: Promise<unknown>): Promise<void>;
}

export interface Chance {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable: ids are made of them. */
  bytes(length: number): Uint8Array;
}
