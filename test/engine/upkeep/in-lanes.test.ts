// Work in lanes: so many at once and no more, each thing once, and none that waits for a slow one.

import { expect, test } from 'vitest';
import { inLanes } from '../../../shared/engine/upkeep/in-lanes.ts';
import { VirtualTime } from '../../world/virtual-time.ts';

const time = new VirtualTime();

test('who is done takes the next, and what is slow keeps none waiting', () =>
  time.run(
    (async () => {
      const ended: number[] = [];
      let [atOnce, most] = [0, 0];
      await inLanes([50, 10, 10, 10, 10], 2, async (millis) => {
        most = Math.max(most, ++atOnce);
        await time.sleep(millis);
        atOnce--;
        ended.push(millis);
      });
      expect(ended).toEqual([10, 10, 10, 10, 50]);
      expect(most).toBe(2);
    })(),
  ));

test('what is taken out meanwhile is not come to', async () => {
  const things = new Set([1, 2, 3, 4]);
  const done: number[] = [];
  await inLanes(things, 3, async (thing) => {
    things.delete(4);
    done.push(thing);
  });
  expect(done).toEqual([1, 2, 3]);
});

test('one that fails ends it, and then nothing is under way', () =>
  time.run(
    (async () => {
      let atOnce = 0;
      const begun: number[] = [];
      const work = inLanes([30, 10, 30, 30, 30], 3, async (millis) => {
        begun.push(millis);
        atOnce++;
        await time.sleep(millis);
        atOnce--;
        if (millis === 10) throw new Error('no more');
      });
      await expect(work).rejects.toThrow('no more');
      expect(begun).toEqual([30, 10, 30]);
      expect(atOnce).toBe(0);
    })(),
  ));
