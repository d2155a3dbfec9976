// What the end of a run has cut off has not failed; what fails with time left has.

import { expect, test } from 'vitest';
import { openCall } from '../../../shared/engine/engine.ts';
import { repeatable } from '../../../shared/engine/retry.ts';
import { withinTime } from '../../../shared/engine/upkeep/within-time.ts';
import { EngineError } from '../../../shared/errors.ts';
import type { EpochMillis } from '../../../shared/ids.ts';
import { retryPauseMillisMax } from '../../../shared/limits.ts';
import { StoreError } from '../../../shared/store/store-error.ts';
import { inWorld } from '../../world/world.ts';

/** Work of a run of so many milliseconds, whose store never does it. */
function throttled(runMillis: number, seed: number): Promise<'failed' | 'cut off'> {
  return inWorld(seed, async (world) => {
    const engine = world.newEngine();
    const deadline = (world.time.now() + runMillis) as EpochMillis;
    const call = openCall(engine, { deadline });
    const refuse = async () => {
      throw new StoreError('not-done', 'throttled');
    };
    const work = withinTime(engine, call, () => repeatable(engine, call, refuse));
    return work.then(
      () => 'cut off',
      () => 'failed',
    );
  });
}

test('who is told to wait until there is no time for another try was cut off', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    expect(await throttled(1 + 20 * seed, seed)).toBe('cut off');
  }
});

test('who has time left when the tries are over has failed', async () => {
  expect(await throttled(100 * retryPauseMillisMax, 1)).toBe('failed');
});

test('what another try would not change has failed, whenever it is said', () =>
  inWorld(1, async (world) => {
    const engine = world.newEngine();
    const call = openCall(engine, { deadline: world.time.now() });
    const damaged = async () => {
      throw new EngineError('DAMAGED', 'no such object');
    };
    await expect(withinTime(engine, call, damaged)).rejects.toThrow('no such object');
  }));
