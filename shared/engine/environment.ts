// Time and chance, handed in. A composition root gives the real ones, a simulation its own.

import type { EpochMillis } from '../ids.ts';

export interface Clock {
  now(): EpochMillis;
  /** Resolves after that time, or as soon as `wake` resolves when that comes first. */
  sleep(millis: number, wake?: Promise<unknown>): Promise<void>;
  /** Resolves once what is already due has had its turn: requests that came together are
   * together. */
  turn(): Promise<void>;
}

export interface Chance {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable: ids are made of them. */
  bytes(length: number): Uint8Array;
}
