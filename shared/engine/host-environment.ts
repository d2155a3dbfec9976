// The real time and chance of the process, for composition roots: the one file of the engine that
// names them. Nothing else in shared imports it.

import { randomBytes } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { EpochMillis } from '../ids.ts';
import type { Chance, Clock } from './environment.ts';

export const hostClock: Clock = {
  now: () => Date.now() as EpochMillis,
  async sleep(millis, wake) {
    const woken = new AbortController();
    wake?.then(() => woken.abort());
    await setTimeout(Math.max(0, millis), undefined, { signal: woken.signal }).catch(
      () => undefined,
    );
  },
  turn: () => setImmediate(),
};

export const hostChance: Chance = {
  fraction: () => Math.random(),
  bytes: (length) => randomBytes(length),
};
